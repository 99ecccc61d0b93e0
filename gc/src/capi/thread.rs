//! What a thread has open: the heaps that it is attached to, and its mutations.
//!
//! A table of the thread's own, so that nothing is locked where objects are used, and what another thread asks for is not
//! there. Mutations are left in the opposite order. What a callback attaches and enters is its own, and ends with it.

use core::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use super::heap::HeapHandle;
use super::mutator::MutatorHandle;
use super::status::{Fault, Outcome, Status};
use super::table::KIND_BITS;
use crate::heap::Heap;
use crate::heap::passage::{enter as enter_record, leave as leave_record};
use crate::memory::KnownArenas;
use crate::mutator::{Core, Inside, Mutation, Record};

/// A thread attached to a heap.
#[derive(Debug)]
pub(super) struct Attached {
    id: u64,
    pub(super) handle: HeapHandle,
    pub(super) record: Rc<Record>,
    /// Mutations that it has open.
    open: Cell<u32>,
    pub(super) known: KnownArenas,
    _heap: Heap,
    _counted: Counted,
}

/// One more thread that is attached to a heap.
#[derive(Debug)]
pub(super) struct Counted(Arc<AtomicUsize>);

impl Counted {
    pub(super) fn new(threads: &Arc<AtomicUsize>) -> Self {
        // Relaxed: guarded by the lock of the table of heaps, under which it is only raised.
        threads.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(threads))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        // Release: pairs with the acquire where a heap is closed.
        self.0.fetch_sub(1, Ordering::Release);
    }
}

/// A mutation that is open.
#[derive(Debug)]
struct Opened {
    /// There until it ends.
    inside: Option<Inside<Rc<Record>>>,
    attached: Rc<Attached>,
}

impl Opened {
    /// Ends the mutation: a safepoint if it is the outermost.
    fn leave(mut self) {
        if let Some(inside) = self.take() {
            leave_record(inside);
        }
    }

    /// Takes out the mutation, which counts as open no more: a callback that runs when it is left has not opened it.
    fn take(&mut self) -> Option<Inside<Rc<Record>>> {
        let inside = self.inside.take()?;
        self.attached.open.set(self.attached.open.get() - 1);
        Some(inside)
    }
}

impl Drop for Opened {
    /// The thread ends inside the mutation, if it was not left.
    fn drop(&mut self) {
        drop(self.take());
    }
}

/// What this thread has.
#[derive(Debug)]
struct Here {
    /// The number of the thread, in all its handles; zero before it has one.
    number: u32,
    /// Handles that the thread has made.
    made: u32,
    attached: Vec<Rc<Attached>>,
    /// The innermost is the last.
    open: Vec<Opened>,
    /// Mutations that were open when the present callback began.
    base: usize,
}

impl Drop for Here {
    fn drop(&mut self) {
        while let Some(opened) = self.open.pop() {
            drop(opened);
        }
    }
}

/// What handles of mutators end with, so that no handle of a table is one.
const KIND: u64 = 7;
/// The last handle that a thread makes: so many bits are between its number and the kind.
const LAST_HANDLE: u32 = u32::MAX >> KIND_BITS;

thread_local! {
    static HERE: RefCell<Here> = const {
        RefCell::new(Here { number: 0, made: 0, attached: Vec::new(), open: Vec::new(), base: 0 })
    };
}

/// Runs `look` on what this thread has. It runs no code of the program, and drops nothing that could.
fn here<R>(look: impl FnOnce(&mut Here) -> Outcome<R>) -> Outcome<R> {
    HERE.try_with(|here| look(&mut here.borrow_mut())).unwrap_or_else(|_| {
        let text = "this thread is ending: what it has was ended with its thread-locals";
        Err(Fault::new(Status::WrongThread, text))
    })
}

/// Attaches this thread.
pub(super) fn attach(heap: Heap, handle: HeapHandle, counted: Counted) -> Outcome<MutatorHandle> {
    // Numbers of threads are not used again.
    static THREADS: AtomicU32 = AtomicU32::new(1);
    let record = heap.record();
    here(|here| {
        if here.number == 0 {
            // Relaxed: only uniqueness matters.
            here.number = THREADS.fetch_add(1, Ordering::Relaxed);
        }
        if here.made == LAST_HANDLE {
            return Err(Fault::new(Status::NoMemory, "this thread has attached too often"));
        }
        here.made += 1;
        let id = u64::from(here.number) << 32 | u64::from(here.made) << KIND_BITS | KIND;
        let (open, known) = (Cell::new(0), KnownArenas::default());
        here.attached.push(Rc::new(Attached {
            id,
            handle,
            record,
            open,
            known,
            _heap: heap,
            _counted: counted,
        }));
        Ok(MutatorHandle { id })
    })
}

impl Here {
    fn place(&self, mutator: MutatorHandle) -> Outcome<usize> {
        let place = self.attached.iter().position(|attached| attached.id == mutator.id);
        place.ok_or_else(|| self.unknown(mutator))
    }

    #[cold]
    fn unknown(&self, MutatorHandle { id }: MutatorHandle) -> Fault {
        if id == 0 || id >> 32 == u64::from(self.number) {
            return Fault::new(
                Status::InvalidHandle,
                "this is no handle of a mutator: it was detached, or never was one",
            );
        }
        let text = "this mutator is another thread's: a thread attaches for itself, with `gc_attach`";
        Fault::new(Status::WrongThread, text)
    }
}

/// Detaches this thread.
pub(super) fn detach(mutator: MutatorHandle) -> Outcome {
    let attached = here(|here| {
        let place = here.place(mutator)?;
        if here.attached[place].open.get() > 0 {
            return Err(Fault::new(
                Status::Inside,
                "the thread is inside a mutation: leave it before you detach",
            ));
        }
        Ok(here.attached.remove(place))
    })?;
    // Code of the program may run, if its heap ends.
    drop(attached);
    Ok(())
}

/// The thread as it is attached by this handle.
pub(super) fn find(mutator: MutatorHandle) -> Outcome<Rc<Attached>> {
    here(|here| here.place(mutator).map(|place| Rc::clone(&here.attached[place])))
}

/// Opens a mutation.
pub(super) fn enter(mutator: MutatorHandle) -> Outcome {
    let attached = find(mutator)?;
    check_threads(&attached.record.core)?;
    let inside = enter_record(Rc::clone(&attached.record));
    if attached.open.get() == 0 {
        attached.known.clear();
    }
    attached.open.set(attached.open.get() + 1);
    let opened = Opened { inside: Some(inside), attached };
    here(|here| {
        here.open.push(opened);
        Ok(())
    })
}

/// Leaves the innermost mutation, which is to be one of this mutator.
pub(super) fn leave(mutator: MutatorHandle) -> Outcome {
    let opened = here(|here| {
        let place = here.place(mutator)?;
        if here.attached[place].open.get() == 0 {
            return Err(outside());
        }
        if here.open.len() <= here.base {
            let text = "the mutation was entered before this callback began, which must not leave it";
            return Err(Fault::new(Status::NotInside, text));
        }
        match here.open.pop_if(|opened| opened.attached.id == mutator.id) {
            Some(opened) => Ok(opened),
            None => Err(Fault::new(
                Status::NotInnermost,
                "the thread has entered a mutation of another mutator since: leave that one first",
            )),
        }
    })?;
    // Cycles, and code of the program, may run.
    opened.leave();
    Ok(())
}

/// Checks that the process is none that was forked off, and lacks threads that the heap knows.
pub(super) fn check_threads(core: &Core) -> Outcome {
    if !core.is_lost() {
        return Ok(());
    }
    let text = "the heap was made before this process was forked off: its other threads do not exist here, and may have \
                left it half-way through a change";
    Err(Fault::new(Status::Forked, text))
}

#[cold]
fn outside() -> Fault {
    Fault::new(Status::NotInside, "the thread is inside no mutation of this mutator: call `gc_enter` first")
}

/// Runs `run` inside the mutation of a mutator.
pub(super) fn inside<R>(
    mutator: MutatorHandle,
    run: impl for<'gc> FnOnce(&Mutation<'gc>, &Attached) -> Outcome<R>,
) -> Outcome<R> {
    let attached = find(mutator)?;
    if attached.open.get() == 0 {
        return Err(outside());
    }
    check_threads(&attached.record.core)?;
    // SAFETY: the thread is inside through the record until `run` has ended: callbacks leave what they have entered,
    // and nothing else. `run` works for any brand.
    let mc = unsafe { Mutation::new(&attached.record) };
    run(&mc, &attached)
}

/// Runs code of the program, which cannot leave or end what was there before, and ends what it has left.
pub(super) fn as_callback(run: impl FnOnce()) {
    let before = here(|here| {
        let base = core::mem::replace(&mut here.base, here.open.len());
        Ok((base, here.made))
    });
    run();
    let Ok((base, made)) = before else { return };
    while let Ok(Some(opened)) =
        here(|here| Ok(if here.open.len() > here.base { here.open.pop() } else { None }))
    {
        drop(opened);
    }
    let left = here(|here| {
        here.base = base;
        let is_new =
            |attached: &mut Rc<Attached>| (attached.id & u64::from(u32::MAX)) >> KIND_BITS > u64::from(made);
        Ok(here.attached.extract_if(.., is_new).collect::<Vec<_>>())
    });
    drop(left);
}
