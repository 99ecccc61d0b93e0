//! What destructors, finalizers and cleanups note, all of which are functions as C has them.

use core::ffi::c_void;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gc::capi::{HeapHandle, RootHandle, gc_detach, gc_enter, gc_leave};
use tests::programs::Action;

use crate::calls::{attach, done, finalizer_set, root_clone, root_get};

/// That a callback has run.
#[derive(Debug)]
pub(crate) enum Event {
    Finalized { number: u64, address: usize, intact: bool, root: Option<RootHandle> },
    Cleaned { number: u64, dropped: bool },
}

/// What has happened in a heap.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// How often objects with destructors were destroyed, by number.
    drops: Mutex<BTreeMap<usize, u32>>,
    events: Mutex<Vec<Event>>,
    /// Arguments that were not released.
    pub(crate) arguments: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Notes {
    /// How often an object was destroyed.
    pub(crate) fn drops(&self, canary: usize) -> u32 {
        lock(&self.drops)[&canary]
    }

    /// An object with a destructor is made.
    pub(crate) fn expect(&self, canary: usize) {
        lock(&self.drops).insert(canary, 0);
    }

    /// Objects with destructors that were not destroyed.
    pub(crate) fn alive(&self) -> usize {
        lock(&self.drops).values().filter(|&&n| n == 0).count()
    }

    /// Whether no object was destroyed twice.
    pub(crate) fn once(&self) -> bool {
        lock(&self.drops).values().all(|&n| n <= 1)
    }

    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *lock(&self.events))
    }

    /// The argument of a callback, which [`release`] takes back.
    pub(crate) fn argument(self: &Arc<Self>, code: Code) -> *mut c_void {
        self.arguments.fetch_add(1, Ordering::Relaxed);
        Box::into_raw(Box::new((Arc::clone(self), code))).cast()
    }
}

/// What a callback is to do.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) number: u64,
    pub(crate) action: Action,
    /// The objects with destructors that are its object: one or none.
    pub(crate) canaries: Vec<usize>,
}

/// What an object with a destructor has in it.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Canary {
    pub(crate) notes: *const Notes,
    pub(crate) number: usize,
}

/// The destructor of all types that have one: a [`Canary`] is where their fixed part begins.
pub(crate) unsafe extern "C" fn destroy(object: *mut c_void, _length: usize, argument: *mut c_void) {
    assert_eq!(argument.addr(), ARGUMENT, "the argument of the destructor");
    // SAFETY: what the type says.
    let Canary { notes, number } = unsafe { &*object.cast::<Canary>() };
    // SAFETY: they stay until all objects are destroyed.
    *lock(&unsafe { &**notes }.drops).get_mut(number).expect("known") += 1;
}

/// The argument of destructors.
pub(crate) const ARGUMENT: usize = 0x6172_6775;

/// # Safety
///
/// An argument of this module that was not released.
unsafe fn code<'a>(argument: *mut c_void) -> &'a (Arc<Notes>, Code) {
    // SAFETY: the caller's duty.
    unsafe { &*argument.cast() }
}

pub(crate) unsafe extern "C" fn finalize(heap: HeapHandle, root: RootHandle, argument: *mut c_void) {
    // SAFETY: it was set with such an argument.
    let (notes, code) = unsafe { code(argument) };
    let mutator = attach(heap);
    done(gc_enter(mutator));
    let object = root_get(mutator, root);
    let intact = code.canaries.iter().all(|&canary| notes.drops(canary) == 0);
    if code.action.sets_another {
        let next = Code { number: code.number + 1, action: code.action.next(), ..code.clone() };
        // SAFETY: as before.
        done(unsafe { finalizer_set(mutator, object, Some(finalize), notes.argument(next), Some(release)) });
    }
    let root = code.action.keeps.then(|| root_clone(root));
    // Now and then nothing is ended.
    if code.number % 4 < 2 {
        done(gc_leave(mutator));
        done(gc_detach(mutator));
    }
    lock(&notes.events).push(Event::Finalized { number: code.number, address: object.addr(), intact, root });
}

pub(crate) unsafe extern "C" fn clean(argument: *mut c_void) {
    // SAFETY: it was added with such an argument.
    let (notes, code) = unsafe { code(argument) };
    let dropped = code.canaries.iter().all(|&canary| notes.drops(canary) == 1);
    lock(&notes.events).push(Event::Cleaned { number: code.number, dropped });
}

pub(crate) unsafe extern "C" fn release(argument: *mut c_void) {
    // SAFETY: made by `argument`, and released once.
    let (notes, _) = *unsafe { Box::from_raw(argument.cast::<(Arc<Notes>, Code)>()) };
    notes.arguments.fetch_sub(1, Ordering::Relaxed);
}
