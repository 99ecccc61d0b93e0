//! A heap with several mutators.

use gc::Heap;

use super::Trees;
use crate::workloads::mutators::Shared;

pub(super) struct Forest(Heap);

impl Shared for Forest {
    type Mutator = Trees;

    fn new() -> Self {
        Self(Heap::new())
    }

    fn mutator(&self) -> Trees {
        Trees { heap: self.0.attach(), kept: None }
    }
}
