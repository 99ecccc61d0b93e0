//! Objects with a finalizer, for peers of [`counted!`](super::counted) that call one before they free an object. The module
//! that calls this says that what is finalized leads to nothing.

macro_rules! finalizers {
    (rest: $rest:path) => {
        use $crate::workloads::finalizers::finalize;

        struct Watchful(u64);

        impl Finalize for Watchful {
            fn finalize(&self) {
                finalize(self.0);
            }
        }

        struct Finalized(Vec<Ptr<Watchful>>);

        impl Replacing for Finalized {
            fn new() -> Self {
                Self(Vec::new())
            }

            fn batch(&mut self, steps: &mut Steps) {
                steps.each(&mut self.0, |number| Ptr::new(Watchful(number)), |object| object.0);
                $rest();
            }
        }
    };
}
pub(in crate::peers) use finalizers;
