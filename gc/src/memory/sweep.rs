//! Sweeping: mark bits become alloc bits.
//!
//! After a cycle has marked, [`Memory::start_sweep`] makes every span one to sweep. Spans are swept one by one,
//! each by the thread that begins ([`sweep_state`](super::sweep_state)): a mutator that needs slots of the class,
//! the heap's service thread, or `collect`. The next cycle starts by sweeping what is left.
//!
//! What happens to a dead object depends on how its contents are dropped ([`DropKind`]). **No code of the
//! program runs here**, so anyone may sweep anywhere, inside a mutation too.
//!
//! 1. *None*: nothing. The slot is free.
//! 2. *Library*: it is dropped now. The slot is free.
//! 3. *User*: the slot becomes doomed and is handed out in a [`DeadSlots`]. It stays taken, is neither
//!    marked nor traced, and becomes free after [`Memory::bury`] was told that its destructor has run.

use core::ptr::NonNull;
use std::time::Instant;

use super::Memory;
use super::arena::Bitmap;
use super::class::{Claim, Class, Spans};
use super::span::Span;
use super::sweep_state::{Generation, Progress, SweepState};
use crate::object::{DropFn, DropKind};
use crate::owned::summand;
use crate::special::Pending;
use crate::sync::{MutexGuard, Ordering, Pauses, is_left_out};

/// Dead objects of one span whose destructors have to run.
#[derive(Debug)]
pub(crate) struct DeadSlots {
    span: NonNull<Span>,
    drop: DropFn,
    /// Bitmap words and their doomed slots.
    words: Vec<(usize, u64)>,
    /// What they own elsewhere.
    owned: i64,
    /// What is due when their destructors have run.
    cleanups: Vec<Pending>,
}

// SAFETY: doomed slots belong to whoever holds this list; a span with doomed slots is not given up.
unsafe impl Send for DeadSlots {}

impl DeadSlots {
    fn span(&self) -> &Span {
        // SAFETY: a span with doomed slots is not given up.
        unsafe { self.span.as_ref() }
    }

    /// The function that drops an object, and the addresses of the objects.
    pub(crate) fn objects(&self) -> (DropFn, impl Iterator<Item = *mut u8>) {
        let slots = self.words.iter().flat_map(|&(word, bits)| ones(bits).map(move |bit| word * 64 + bit));
        (self.drop, slots.map(|index| self.span().slot(index)))
    }

    /// Takes out what is due when the destructors have run, and is never to run.
    pub(crate) fn take_cleanups(&mut self) -> Vec<Pending> {
        core::mem::take(&mut self.cleanups)
    }

    /// Number of objects.
    pub(crate) fn len(&self) -> usize {
        self.words.iter().map(|(_, bits)| bits.count_ones() as usize).sum()
    }
}

impl Memory {
    /// Makes every span one to sweep. Claims are void, free runs are forgotten: the sweep finds them again.
    ///
    /// # Safety
    ///
    /// The world is stopped, mutators have committed and given up their claims, no span is unswept, and every
    /// object that can be reached is marked.
    pub(crate) unsafe fn start_sweep(&self) {
        self.specials.profiler.end_marking();
        // Release: pairs with the acquire in `sweep_all`: whoever waits for the last sweep sees what it did.
        self.generation.fetch_add(2, Ordering::Release);
        for class in self.all_classes() {
            let mut spans = class.lock();
            let Spans { generation, all, to_sweep, partial, free_runs } = &mut *spans;
            debug_assert!(to_sweep.is_empty(), "a cycle starts with all spans swept");
            *generation = self.generation();
            // Counted before anyone can take them out and sweep them: the service thread is never stopped. Relaxed:
            // read to know when a sweep has ended, by threads that took the class's lock.
            self.unswept.fetch_add(all.as_slice().len(), Ordering::Relaxed);
            to_sweep.extend_from_slice(all.as_slice());
            partial.clear();
            free_runs.clear();
        }
    }

    /// Sweeps a span of the class for a mutator that needs slots; false if none is left to sweep.
    pub(super) fn sweep_for(&self, class: &Class) -> bool {
        let started = Instant::now();
        let swept = self.sweep_one(class);
        if swept {
            self.counters.note_sweep(started);
        }
        swept
    }

    /// Sweeps a span of the class; false if none is left to sweep.
    fn sweep_one(&self, class: &Class) -> bool {
        let mut spans = class.lock();
        let now = spans.generation;
        // Under the lock: a span to sweep is in the list, whenever one looks. One that is in the list may have been
        // swept for a weak pointer, and given up since.
        // SAFETY: descriptors in the list are not freed (invariant 2 of the pool).
        let Some(span) = core::iter::from_fn(|| spans.to_sweep.pop())
            .find(|&span| unsafe { Span::sweep(span) }.begin(now))
        else {
            return false;
        };
        drop(spans);
        self.sweep_span(span, class, now);
        true
    }

    /// Sees to it that a span that a weak pointer knows is swept.
    #[inline]
    pub(crate) fn settle(&self, home: NonNull<()>) {
        // SAFETY: an upgrade asks, whose mutation keeps the descriptor (invariant 1 of the pool).
        let state = unsafe { Span::sweep(home.cast()) };
        match state.progress(self.generation()) {
            Progress::Swept | Progress::Retired => {}
            Progress::ToSweep | Progress::BeingSwept if is_left_out("settling") => {}
            Progress::ToSweep | Progress::BeingSwept => self.settle_slow(home.cast(), state),
        }
    }

    /// The generation stays as long as the caller's mutation lasts.
    #[cold]
    fn settle_slow(&self, span: NonNull<Span>, state: &SweepState) {
        let now = self.generation();
        if state.begin(now) {
            let started = Instant::now();
            // SAFETY: it is to be swept, hence alive, and nobody but this thread gives it up.
            let class = unsafe { span.as_ref() }.class();
            self.sweep_span(span, class, now);
            self.counters.note_sweep(started);
        }
        // Ended by the thread that sweeps it, which runs nothing but library code, and waits for nobody.
        let mut pauses = Pauses::new("another thread to sweep a span");
        while state.progress(now) == Progress::BeingSwept {
            pauses.pause();
        }
    }

    /// Sweeps every span that the last cycle left to sweep, and waits for those that other threads are sweeping, who
    /// run nothing but library code meanwhile.
    ///
    /// A thread that is no mutator may be here while a cycle begins to sweep. Nothing is left of the cycle before then,
    /// which is the end; what this one leaves is in the lists by and by, so one looks there again.
    pub(crate) fn sweep_all(&self) {
        // Acquire, both: pairs with the release in `start_sweep`, before which all was swept.
        let generation = self.generation.load(Ordering::Acquire);
        let mut pauses = Pauses::new("other threads to sweep spans");
        loop {
            self.sweep_lists();
            // Acquire: pairs with the release in `sweep_span`: what other sweepers did is seen.
            while is_left_out("looking again") && self.unswept.load(Ordering::Acquire) != 0 {
                pauses.pause();
            }
            let is_over = self.unswept.load(Ordering::Acquire) == 0;
            if is_over || self.generation.load(Ordering::Acquire) != generation {
                break;
            }
            pauses.pause();
        }
    }

    /// Sweeps what the lists of all classes have when they are looked at.
    fn sweep_lists(&self) {
        let (started, mut swept) = (Instant::now(), false);
        for class in self.all_classes() {
            while self.sweep_one(class) {
                swept = true;
            }
        }
        if swept {
            self.counters.note_sweep(started);
        }
    }

    /// Sweeps a span that this thread has begun to sweep, and puts it where it belongs now.
    fn sweep_span(&self, span: NonNull<Span>, class: &Class, now: Generation) {
        // SAFETY: given up by nobody else.
        let found = unsafe { span.as_ref() };
        let due = self.sweep_records(found, class);
        let (swept, dead_words) = sweep_words(found, class);
        self.counters.note_freed(swept.freed, class.slot_bytes as u64);
        self.counters.note_doomed(swept.doomed, class.slot_bytes as u64);
        self.counters.note_dead(swept.freed + swept.doomed);
        self.counters.owned.note_doomed(swept.owned_doomed);
        if !class.owns_changing {
            self.counters.owned.note_gone(swept.owned_freed + swept.owned_doomed);
        }
        if let (Some(drop), false) = (class.drop, dead_words.is_empty()) {
            self.doomed.lock().push(DeadSlots {
                span,
                drop,
                words: dead_words,
                owned: swept.owned_doomed,
                cleanups: due.after_destructors,
            });
        }
        let mut spans = class.lock();
        found.sweep_state().finish(now);
        if found.is_empty() {
            self.give_up(spans, span);
        } else {
            spans.partial.push(span);
            drop(spans);
        }
        // Not before: who runs them may look at the span.
        self.specials.queue(due.now);
        // Release: pairs with the acquire in `sweep_all`.
        if self.unswept.fetch_sub(1, Ordering::Release) == 1 {
            self.counters.owned.note_swept();
        }
    }

    /// Takes a span that was found empty under the lock out of its class, and gives its pages back.
    fn give_up(&self, mut spans: MutexGuard<'_, Spans>, span: NonNull<Span>) {
        spans.partial.remove(span);
        spans.all.remove(span);
        drop(spans);
        // SAFETY: the caller has found it, and now nobody else can.
        self.unlist_records(unsafe { span.as_ref() });
        let run = self.spare_spans.give(span);
        self.give_pages(run);
    }

    /// Clears all marks: the cycle failed and nothing is freed.
    pub(crate) fn forget_marks(&self) {
        for class in self.all_classes() {
            for span in class.lock().all.iter() {
                (0..span.n_words()).for_each(|word| span.store(Bitmap::Marks, word, 0));
            }
        }
    }

    /// Takes a list of objects whose destructors have to run.
    pub(crate) fn take_doomed(&self) -> Option<DeadSlots> {
        self.doomed.lock().pop()
    }

    /// Whether destructors have to run.
    pub(crate) fn has_doomed(&self) -> bool {
        !self.doomed.lock().is_empty()
    }

    /// Spans that are not swept. Relaxed: a hint.
    pub(crate) fn n_unswept(&self) -> usize {
        self.unswept.load(Ordering::Relaxed)
    }

    /// Takes back slots whose destructors have run: they are free at once, unless the span is to sweep or being swept;
    /// then they are found after that.
    pub(crate) fn bury(&self, mut dead: DeadSlots) {
        let cleanups = core::mem::take(&mut dead.cleanups);
        let span = dead.span();
        let class = span.class();
        for slot in dead.objects().1 {
            // SAFETY: the object in it was dropped, and the slot is still doomed: ours.
            unsafe { crate::zeal::poison(slot, class.slot_bytes) };
        }
        let spans = class.lock();
        for &(word, bits) in &dead.words {
            span.slot_word(word).bury(bits);
        }
        // One that is swept is not to be swept again before the next cycle has marked, which takes the class's lock to say so.
        if span.sweep_state().progress(spans.generation) == Progress::Swept
            || is_left_out("leaving slots to the sweep")
        {
            self.list_buried(spans, &dead);
        } else {
            drop(spans);
        }
        self.specials.queue(cleanups);
        // Last: who sees that nothing is doomed sees all of the above (`verify`).
        self.counters.owned.note_doomed(-dead.owned);
        self.counters.note_buried(dead.len() as u64, class.slot_bytes as u64);
    }

    /// Makes buried slots of a span that is swept known as free.
    fn list_buried(&self, mut spans: MutexGuard<'_, Spans>, dead: &DeadSlots) {
        let span = dead.span();
        if span.is_empty() {
            self.give_up(spans, dead.span);
            return;
        }
        // The others are found when their word is claimed.
        let claimed = dead.words.iter().filter(|&&(word, _)| word < span.next_word());
        spans.free_runs.extend(claimed.map(|&(word, bits)| Claim::new(span, word, bits)));
        if span.next_word() < span.n_words() && !spans.partial.contains(dead.span) {
            spans.partial.push(dead.span);
        }
    }

    /// Takes out every object that has a destructor, at the end of the heap. Claims are committed.
    pub(crate) fn take_all(&self) -> Vec<DeadSlots> {
        let mut all = Vec::new();
        for class in self.all_classes() {
            let Some(drop) = class.drop else { continue };
            for span in class.lock().all.iter() {
                let objects = |word| (word, span.slot_word(word).objects());
                let words = (0..span.n_words()).map(objects).filter(|&(_, bits)| bits != 0).collect();
                all.push(DeadSlots {
                    span: NonNull::from(span),
                    drop,
                    words,
                    owned: 0,
                    cleanups: Vec::new(),
                });
            }
        }
        all
    }
}

/// What the sweep of a span found.
#[derive(Debug, Default)]
pub(crate) struct SpanSwept {
    /// Objects that are free now.
    pub(crate) freed: u64,
    /// Objects that became doomed.
    pub(crate) doomed: u64,
    /// What those owned elsewhere that were freed.
    owned_freed: i64,
    /// What those own that became doomed.
    owned_doomed: i64,
}

/// Turns mark bits into alloc bits. The caller has begun to sweep the span.
fn sweep_words(span: &Span, class: &Class) -> (SpanSwept, Vec<(usize, u64)>) {
    let (mut swept, mut dead_words) = (SpanSwept::default(), Vec::new());
    let needs_visit = class.drop.is_some() || crate::zeal::POISONS;
    for word in 0..span.n_words() {
        let slots = span.slot_word(word);
        let dead = slots.find_dead();
        if dead == 0 {
            continue;
        }
        if class.drop_kind == DropKind::User {
            slots.doom(dead);
            dead_words.push((word, dead));
            swept.doomed += u64::from(dead.count_ones());
            if let Some(owned) = class.owned {
                // SAFETY: objects, which nothing reaches any more.
                let all = ones(dead).map(|bit| summand(unsafe { owned(span.slot(word * 64 + bit)) }));
                swept.owned_doomed += all.sum::<i64>();
            }
            continue;
        }
        let visited = if needs_visit { dead } else { 0 };
        for slot in ones(visited).map(|bit| span.slot(word * 64 + bit)) {
            if let Some(drop) = class.drop {
                // SAFETY: the slot holds an object, which nothing reaches any more.
                swept.owned_freed += summand(unsafe { drop(slot) });
            }
            // SAFETY: the object in the slot is dead and dropped.
            unsafe { crate::zeal::poison(slot, class.slot_bytes) };
        }
        swept.freed += u64::from(dead.count_ones());
        slots.remove(dead);
    }
    span.set_next_word(0);
    (swept, dead_words)
}

/// The indexes of the bits that are set.
pub(super) fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let index = bits.trailing_zeros() as usize;
        (bits != 0).then(|| {
            bits &= bits - 1;
            index
        })
    })
}
