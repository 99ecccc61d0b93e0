//! Heaps.

use core::ffi::{CStr, c_char};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::status::{Fault, Out, Outcome, Status, argument, call};
use super::table::Table;
use super::thread::{Counted, check_threads};
use crate::heap::Heap;
use crate::mutator::inside_any_mutation;

/// A heap. It is made by `gc_heap_new` and ended by `gc_heap_close`. Any thread may use the handle.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeapHandle {
    /// Not to be looked at.
    pub id: u64,
}

/// For `flags` of `gc_heap_options`: no cycle starts by itself, only `gc_heap_collect` frees.
pub const GC_HEAP_MANUAL: u32 = 1;
/// For `flags` of `gc_heap_options`: destructors, finalizers and cleanups run only in `gc_heap_run_pending`,
/// `gc_heap_wait_for_pending` and `gc_heap_close`.
pub const GC_HEAP_BY_HAND: u32 = 2;

/// Options of a heap. `{0}` is the default of all.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HeapOptions {
    /// A name for messages; NULL for none.
    pub name: *const c_char,
    /// The most bytes of memory that objects may take; zero for no limit.
    pub limit_bytes: usize,
    /// Bytes that cycles should keep below, by starting earlier; zero for none.
    pub soft_limit_bytes: usize,
    /// Bytes below which no cycle starts by itself; zero for 4 MiB.
    pub min_heap_bytes: usize,
    /// By how many percent the heap grows over what the last cycle found alive before the next one starts; zero for a
    /// balance of time and memory, from 25 to 100.
    pub growth_percent: u32,
    /// Milliseconds without a mutation after which a heap that has something worth freeing runs one cycle and gives memory
    /// back; zero for 5000, `UINT32_MAX` for never.
    pub idle_after_ms: u32,
    /// `GC_HEAP_MANUAL`, `GC_HEAP_BY_HAND`, both or none.
    pub flags: u32,
}

/// What a handle names.
#[derive(Debug)]
struct Entry {
    heap: Heap,
    /// Handles of mutators that are attached.
    attached: Arc<AtomicUsize>,
}

static HEAPS: Table<Entry> = Table::new(1, "heap");

/// The heap of a handle.
pub(super) fn heap_of(HeapHandle { id }: HeapHandle) -> Outcome<Heap> {
    HEAPS.with(id, |entry| check_threads(entry.heap.core()).map(|()| entry.heap.clone()))?
}

/// The heap of a handle, for a thread that is about to attach.
pub(super) fn to_attach(HeapHandle { id }: HeapHandle) -> Outcome<(Heap, Counted)> {
    let open = |entry: &Entry| {
        check_threads(entry.heap.core())?;
        Ok((entry.heap.clone(), Counted::new(&entry.attached)))
    };
    HEAPS.with(id, open)?
}

/// Whether an address lies in memory of some heap.
pub(super) fn is_of_any(address: *const u8) -> bool {
    HEAPS.any(|entry| entry.heap.core().memory.owns(address))
}

/// # Safety
///
/// The name in the options is null or a string.
unsafe fn build(options: &HeapOptions) -> Outcome<Heap> {
    let HeapOptions {
        name,
        limit_bytes,
        soft_limit_bytes,
        min_heap_bytes,
        growth_percent,
        idle_after_ms,
        flags,
    } = *options;
    if flags & !(GC_HEAP_MANUAL | GC_HEAP_BY_HAND) != 0 {
        return Err(Fault::new(
            Status::InvalidArgument,
            format!("there are no such flags of a heap: {flags:#x}"),
        ));
    }
    let mut builder = Heap::builder();
    if !name.is_null() {
        // SAFETY: the caller's duty.
        builder = builder.name(unsafe { CStr::from_ptr(name) }.to_string_lossy());
    }
    if limit_bytes != 0 {
        builder = builder.limit_bytes(limit_bytes);
    }
    if soft_limit_bytes != 0 {
        builder = builder.soft_limit_bytes(soft_limit_bytes);
    }
    if min_heap_bytes != 0 {
        builder = builder.min_heap_bytes(min_heap_bytes);
    }
    if growth_percent != 0 {
        builder = builder.growth_percent(growth_percent);
    }
    match idle_after_ms {
        0 => {}
        u32::MAX => builder = builder.idle_after(Duration::MAX),
        ms => builder = builder.idle_after(Duration::from_millis(ms.into())),
    }
    builder = builder.automatic(flags & GC_HEAP_MANUAL == 0).run_by_hand(flags & GC_HEAP_BY_HAND != 0);
    Ok(builder.build())
}

/// Makes a heap, which lives until `gc_heap_close`. `options` may be NULL. Any thread may call this.
///
/// # Safety
///
/// `options` is NULL or valid, and so is the name in it; `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_heap_new(options: *const HeapOptions, out: *mut HeapHandle) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        // SAFETY: the caller's duty.
        let heap = match unsafe { argument(options) }? {
            None => Heap::new(),
            // SAFETY: the caller's duty.
            Some(options) => unsafe { build(options) }?,
        };
        let id = HEAPS.insert(Entry { heap, attached: Arc::default() })?;
        out.set(HeapHandle { id });
        Ok(())
    })
}

/// Ends a heap: its destructors run, all memory is given back, and the handle is none any more. Finalizers and cleanups do
/// not run; their arguments are released. Roots and weak pointers of the heap can still be dropped, and nothing else.
///
/// `GC_BUSY` if a thread is attached to the heap, or an object is pinned; `GC_INSIDE` if the calling thread is inside a
/// mutation of any heap. Else any thread may call this, once. In a process that was forked off, and lacks threads of the
/// heap's, nothing runs, and the memory is given back with the process.
#[unsafe(no_mangle)]
pub extern "C" fn gc_heap_close(heap: HeapHandle) -> Status {
    call(|| {
        let allows = |entry: &Entry| {
            if inside_any_mutation().is_some() {
                return Err(Fault::new(
                    Status::Inside,
                    "a heap ends outside of mutations: call `gc_leave` first",
                ));
            }
            if entry.heap.core().is_lost() {
                return Ok(());
            }
            let busy = |what| Err(Fault::new(Status::Busy, what));
            // Acquire: pairs with the release of who detaches.
            match (entry.attached.load(Ordering::Acquire), entry.heap.core().memory.specials.n_pins()) {
                (0, 0) => Ok(()),
                (0, pins) => busy(format!("{pins} pins of the heap have not ended")),
                (attached, _) => {
                    busy(format!("{attached} mutators are attached to the heap: detach them first"))
                }
            }
        };
        // Its destructors run under no lock.
        drop(HEAPS.remove_if(heap.id, allows)?);
        Ok(())
    })
}
