//! The whole memory against a slow, obviously right second opinion.

use std::collections::HashSet;

use super::Memory;
use super::arena::Bitmap;
use crate::object::DropKind;

impl Memory {
    /// Asserts every invariant of pages, classes and spans.
    ///
    /// # Panics
    ///
    /// An invariant does not hold: a fault of this crate, or an `unsafe impl Trace` that breaks its duties.
    pub(crate) fn verify(&self) {
        self.pages.check();
        let mut contents = HashSet::new();
        let mut pages = 0;
        for class in self.classes() {
            assert!(contents.insert(&class.content), "class invariant 1: two classes for one content");
            for (index, span) in class.spans.iter().enumerate() {
                span.check();
                pages += span.n_pages();
                let name = (class.name)();
                assert!(core::ptr::eq(span.class(), class), "a span of {name} is in another class's list");
                if index < class.next_span {
                    assert_eq!(span.next_word, span.n_words(), "class invariant 2");
                }
                if class.drop_kind != DropKind::User {
                    let doomed = (0..span.n_words()).any(|word| span.load(Bitmap::Doomed, word) != 0);
                    assert!(!doomed, "{name} is doomed, but no destructor of the program would run");
                }
            }
        }
        assert_eq!(pages, self.pages.pages_in_use(), "pages in use are the pages of spans");
    }
}
