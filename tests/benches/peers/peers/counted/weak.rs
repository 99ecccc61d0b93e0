//! Weak pointers, for peers of [`counted!`](super::counted) that have some.

/// `weak` names their type, `downgrade` what makes one.
macro_rules! weak {
    (weak: $weak:ident, downgrade: $downgrade:path, rest: $rest:path) => {
        use $crate::workloads::weak;

        struct Watched(Vec<(Ptr<u64>, $weak<u64>)>);

        impl weak::Table for Watched {
            fn put(&mut self, place: usize, number: u64) {
                let object = Ptr::new(number);
                let weak = $downgrade(&object);
                match self.0.get_mut(place) {
                    Some(known) => *known = (object, weak),
                    None => self.0.push((object, weak)),
                }
            }

            fn follow(&self, place: usize) -> u64 {
                *self.0[place].1.upgrade().expect("the object lives")
            }
        }

        impl weak::Weak for Watched {
            fn new() -> Self {
                Self(Vec::new())
            }

            fn batch(&mut self, steps: &mut weak::Steps) {
                steps.each(self);
                $rest();
            }
        }
    };
}
pub(in crate::peers) use weak;
