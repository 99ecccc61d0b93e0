//! Threads that share a heap, which is that of the process, for peers of [`counted!`](super::counted) that have some.

macro_rules! mutators {
    () => {
        use $crate::workloads::mutators;

        struct Forest;

        impl mutators::Shared for Forest {
            type Mutator = Trees;

            fn new() -> Self {
                Self
            }

            fn mutator(&self) -> Trees {
                binary_trees::BinaryTrees::new()
            }
        }
    };
}
pub(in crate::peers) use mutators;
