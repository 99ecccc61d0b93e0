//! The whole memory against a slow, obviously right second opinion.

use std::collections::HashSet;

use super::Memory;
use super::arena::Bitmap;
use super::class::Class;
use super::sweep_state::Progress;
use crate::object::DropKind;

impl Memory {
    /// Asserts every invariant of pages, classes and spans.
    ///
    /// # Panics
    ///
    /// An invariant does not hold: a fault of this crate, or an `unsafe impl Trace` that breaks its duties.
    pub(crate) fn verify(&self, marks_clear: bool) {
        let mut contents = HashSet::new();
        let mut taken = 0;
        for class in self.all_classes() {
            assert!(contents.insert(&class.content), "class invariant 1: two classes for one content");
            taken += self.verify_class(class, marks_clear);
        }
        self.pages.lock().check();
        let _ = taken;
    }

    /// Every marked object, with its class and the name of a type of the class. The world is stopped.
    pub(crate) fn marked_objects(&self) -> Vec<(&Class, &'static str, *mut u8)> {
        let mut objects = Vec::new();
        for class in self.all_classes() {
            for span in class.lock().all.iter() {
                for word in 0..span.n_words() {
                    let marked = super::sweep::ones(span.load(Bitmap::Marks, word));
                    objects.extend(marked.map(|bit| (class, (class.name)(), span.slot(word * 64 + bit))));
                }
            }
        }
        objects
    }

    /// Asserts the invariants of a class; returns how many slots are taken.
    fn verify_class(&self, class: &Class, marks_clear: bool) -> u64 {
        let name = (class.name)();
        let spans = class.lock();
        let mut taken = 0;
        let known: HashSet<_> = spans.all.as_slice().iter().copied().collect();
        assert_eq!(known.len(), spans.all.as_slice().len(), "class invariant 2: {name} has a span twice");
        for (at, span) in spans.all.iter().enumerate() {
            assert!(core::ptr::eq(span.class(), class), "a span of {name} belongs to another class");
            let progress = span.sweep.progress(spans.generation);
            span.check(marks_clear && progress == Progress::Swept);
            let listed = spans.to_sweep.contains(&spans.all.as_slice()[at]);
            assert!(
                progress != Progress::ToSweep || listed,
                "class invariant 2: {name} forgot to sweep a span"
            );
            for word in 0..span.n_words() {
                taken += u64::from(span.load(Bitmap::Allocs, word).count_ones());
                let doomed = span.load(Bitmap::Doomed, word) != 0;
                assert!(
                    !doomed || class.drop_kind == DropKind::User,
                    "{name} is doomed without a destructor"
                );
            }
        }
        for partial in spans.partial.as_slice() {
            assert!(known.contains(partial), "class invariant 2: {name} lists a span that is gone");
        }
        let mut free = HashSet::new();
        for run in &spans.free_runs {
            for bit in super::sweep::ones(run.slots) {
                assert!(free.insert((run.start, bit)), "class invariant 3: {name} has a free slot twice");
            }
            assert!(!run.is_taken(), "class invariant 3: a free run of {name} is taken");
        }
        taken
    }
}
