//! Objects whose type has a `Drop`, for peers of [`counted!`](super::counted). Where types are traced, the module that calls
//! this says that a resource leads to nothing.

macro_rules! destructors {
    (rest: $rest:path) => {
        use $crate::workloads::destructors::Resource;
        use $crate::workloads::replacing::{Replacing, Steps};

        struct Resources(Vec<Ptr<Resource>>);

        impl Replacing for Resources {
            fn new() -> Self {
                Self(Vec::new())
            }

            fn batch(&mut self, steps: &mut Steps) {
                steps.each(&mut self.0, |number| Ptr::new(Resource(number)), |object| object.0);
                $rest();
            }
        }
    };
}
pub(in crate::peers) use destructors;
