//! What is in the slots, counted.

use super::span::Span;
use super::sweep::ones;
use super::{Bitmap, Class, Memory};

/// The objects of a class.
#[derive(Debug)]
pub(crate) struct ClassCount<'m> {
    pub(crate) class: &'m Class,
    /// Slots with an object that nobody has found dead.
    pub(crate) objects: u64,
    /// Slots whose objects wait for their destructors.
    pub(crate) doomed: u64,
    /// The objects, doomed ones left out, if they may own something elsewhere.
    pub(crate) owners: Vec<*const u8>,
}

impl Memory {
    /// Counts the objects of every class. No code of the program runs here, under the locks: who asks looks at the owners.
    ///
    /// The world is stopped, and every span is swept. Destructors may run meanwhile, but their slots are buried under the
    /// class's lock, which is held.
    pub(crate) fn count(&self) -> Vec<ClassCount<'_>> {
        let count = |class| {
            let mut count = ClassCount { class, objects: 0, doomed: 0, owners: Vec::new() };
            for span in class.lock().all.iter() {
                for word in 0..span.n_words() {
                    let objects = span.slot_word(word).objects();
                    let doomed = span.load(Bitmap::Doomed, word);
                    count.objects += u64::from(objects.count_ones());
                    count.doomed += u64::from(doomed.count_ones());
                    if class.owned.is_some() {
                        let slots = ones(objects).map(|bit| span.slot(word * 64 + bit).cast_const());
                        count.owners.extend(slots);
                    }
                }
            }
            count
        };
        self.all_classes().into_iter().map(count).collect()
    }

    /// How many objects of each class wait for their destructors, of those that have some.
    ///
    /// The world is stopped, and every span is swept. Destructors may run meanwhile: it is one moment of each class.
    pub(crate) fn count_doomed(&self) -> Vec<(&Class, u64)> {
        let of_span = |span: &Span| {
            (0..span.n_words()).map(|word| span.load(Bitmap::Doomed, word).count_ones()).sum::<u32>()
        };
        let count = |class: &Class| class.lock().all.iter().map(|span| u64::from(of_span(span))).sum();
        let counts = self.all_classes().into_iter().map(|class| (class, count(class)));
        counts.filter(|&(_, n)| n > 0).collect()
    }
}
