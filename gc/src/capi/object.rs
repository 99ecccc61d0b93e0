//! Making objects, and what a pointer to one is checked for.

use core::ffi::c_void;
use core::ptr::NonNull;

use super::layout::{Head, Layout};
use super::mutator::MutatorHandle;
use super::object_type::{TypeHandle, layout_of};
use super::status::{Fault, Out, Outcome, Status, call};
use super::thread::{Attached, inside};
use super::{heap, layout};
use crate::error::AllocError;
use crate::layout::WORD_BYTES;
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Lookup, Mask};
use crate::pointer::Gc;
use crate::trace::{Rebrand, Trace, Tracer};
use crate::zeal;

/// What handles of Rust point to that are made of a pointer of C: of no size, at the address of an object.
#[derive(Debug)]
pub(super) struct Opaque;

// SAFETY: duties 1 to 5: a value has no edge and no drop. What the object has that it is the address of is known from
// the object's slot.
unsafe impl Trace<'_> for Opaque {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = false;
    const LEAF: bool = true;

    fn trace(&self, _: &mut Tracer) {}

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: the type mentions no brand.
unsafe impl Rebrand for Opaque {
    type Static = Self;
    type At<'a> = Self;
}

/// An object that was found at a pointer of the program.
#[derive(Debug)]
pub(super) struct Object<'m> {
    payload: NonNull<u8>,
    kind: Kind<'m>,
}

#[derive(Debug)]
enum Kind<'m> {
    Plain { mask: &'m [u64], bytes: usize },
    Described(&'m Head),
}

impl Object<'_> {
    /// The object at a pointer.
    pub(super) fn at<'m>(
        mc: &'m Mutation<'_>,
        attached: &Attached,
        pointer: *mut c_void,
    ) -> Outcome<Object<'m>> {
        let Some(payload) = NonNull::new(pointer.cast::<u8>()) else {
            return Err(Fault::new(Status::Null, "the pointer to the object is NULL"));
        };
        let memory = &mc.record().core.memory;
        // SAFETY: the thread is inside; `known` was cleared when it entered.
        let found = unsafe { memory.object_at(payload.as_ptr(), &attached.known) };
        let Some((slot, class)) = found else { return Err(stranger(attached, payload.as_ptr())) };
        let is_described = class.tail.is_some() || class.has_drop();
        let (kind, starts_at) = if is_described {
            // SAFETY: objects of such classes have a head: a heap of C has no others.
            let head = unsafe { slot.cast::<Head>().as_ref() };
            (Kind::Described(head), head.layout.payload_at)
        } else {
            (Kind::Plain { mask: class.mask, bytes: class.slot_bytes }, 0)
        };
        let offset = payload.addr().get() - slot.addr().get();
        if offset != starts_at {
            let text = format!(
                "{payload:p} does not point to the start of an object, but {} bytes from that of the one it is in",
                offset.cast_signed() - starts_at.cast_signed()
            );
            return Err(Fault::new(Status::NotAnObject, text));
        }
        Ok(Object { payload, kind })
    }

    /// The object, at the brand of the mutation that it was found in.
    pub(super) fn gc<'gc>(&self, _: &Mutation<'gc>) -> Gc<'gc, Opaque> {
        // SAFETY: it was found to be alive in this mutation; a value without size is valid anywhere.
        unsafe { Gc::from_non_null(self.payload.cast()) }
    }

    /// Its word at an offset, if that is a pointer.
    pub(super) fn word(&self, offset: usize) -> Outcome<NonNull<*mut c_void>> {
        let size = self.size();
        if offset.checked_add(WORD_BYTES).is_none_or(|end| end > size) {
            let text = format!("offset {offset} is beyond the {size} bytes of the object");
            return Err(Fault::new(Status::OutOfRange, text));
        }
        let index = offset / WORD_BYTES;
        let is_pointer = offset.is_multiple_of(WORD_BYTES)
            && match self.kind {
                Kind::Plain { mask, .. } => layout::has(mask, index),
                Kind::Described(Head { layout, .. }) => match offset.checked_sub(layout.elements_at) {
                    Some(offset) => layout.is_pointer_of_element(offset),
                    None => layout::has(&layout.shape.pointers, index),
                },
            };
        if !is_pointer {
            let text = format!("the word at offset {offset} of the object is no pointer, as its type says");
            return Err(Fault::new(Status::NotAPointer, text));
        }
        // SAFETY: in bounds of the object.
        Ok(unsafe { self.payload.add(offset) }.cast())
    }

    /// Bytes that the program may use.
    fn size(&self) -> usize {
        match self.kind {
            Kind::Plain { bytes, .. } => bytes,
            Kind::Described(Head { layout, length }) => layout.payload_bytes(*length).unwrap_or(0),
        }
    }
}

/// Why there is no object at an address.
#[cold]
fn stranger(attached: &Attached, address: *const u8) -> Fault {
    let text = |what: &str| format!("{address:p} is no object of the mutator's heap: {what}");
    if attached.record.core.memory.owns(address) {
        return Fault::new(Status::NotAnObject, text("it is free memory, perhaps of an object that is gone"));
    }
    if heap::is_of_any(address) {
        return Fault::new(Status::WrongHeap, text("it is another heap's"));
    }
    Fault::new(Status::NotAnObject, text("it lies in no heap"))
}

pub(super) fn no_memory(error: &AllocError) -> Fault {
    Fault::new(Status::NoMemory, error.to_string())
}

/// Makes an object, all of whose bytes are zero.
fn allocate(mc: &Mutation<'_>, layout: &'static Layout, length: usize) -> Outcome<NonNull<u8>> {
    let Some(bytes) = layout.payload_bytes(length) else {
        return Err(Fault::new(Status::NoMemory, "no address space has so many bytes"));
    };
    let slot_bytes = layout.slot_bytes(bytes);
    let record = mc.record();
    // SAFETY: the thread is inside, and nothing else uses `local` meanwhile.
    let local = unsafe { record.local() };
    let info = layout.info();
    let slot = match info.lookup {
        _ if info.slot_bytes == 0 => local.slice(info, slot_bytes, record),
        Lookup::Leaf => local.leaf(info, slot_bytes, record),
        // What a destructor frees is not told.
        _ => local.object(info, record),
    };
    let slot = slot.map_err(|kind| no_memory(&mc.failed(kind.of(slot_bytes))))?;
    let all = layout.payload_at + bytes.max(1);
    // A plain object does not remember its size.
    let all = if layout.is_described() { all } else { slot_bytes };
    // SAFETY: the slot is free, the thread's own, and of this size.
    unsafe { zeal::take_slot(slot.as_ptr(), slot_bytes, all) };
    // SAFETY: as above.
    unsafe { slot.write_bytes(0, all) };
    if layout.is_described() {
        // SAFETY: as above; slots are aligned to words, and this one has room for a head.
        unsafe { slot.cast().write(Head { layout, length }) };
    }
    // SAFETY: handed out above, and written.
    unsafe { record.core.memory.tell_of(slot) };
    // SAFETY: in bounds of the slot.
    Ok(unsafe { slot.add(layout.payload_at) })
}

/// Makes an object of a type, with `length` elements, which is zero if the type has none. All its bytes are zero: its
/// pointers are NULL.
///
/// The pointer is valid until the thread has left all mutations of the heap; beyond that the object lives as long as a
/// root, a pin or another object leads to it, and its address stays the same. Allocating never runs a collection.
/// `mutator` must be inside a mutation, on its thread.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_alloc(
    mutator: MutatorHandle,
    object_type: TypeHandle,
    length: usize,
    out: *mut *mut c_void,
) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        let layout = layout_of(object_type)?;
        if length > 0 && layout.shape.element_size == 0 {
            return Err(Fault::new(Status::InvalidArgument, "objects of this type have no elements"));
        }
        let object = inside(mutator, |mc, _| allocate(mc, layout, length))?;
        out.set(object.as_ptr().cast());
        Ok(())
    })
}

/// Whether a pointer is the start of an object of the mutator's heap that is alive: `GC_OK`, or why not. All functions
/// that are given one check that themselves. `mutator` must be inside a mutation, on its thread.
#[unsafe(no_mangle)]
pub extern "C" fn gc_object_check(mutator: MutatorHandle, object: *mut c_void) -> Status {
    call(|| inside(mutator, |mc, attached| Object::at(mc, attached, object).map(|_| ())))
}

/// How many bytes from an object's start the program may use. Of a type with a destructor, or with pointers in its
/// elements, that is what was asked for; of others it may be more. `mutator` must be inside a mutation, on its thread.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_object_size(
    mutator: MutatorHandle,
    object: *mut c_void,
    out: *mut usize,
) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        out.set(inside(mutator, |mc, attached| Ok(Object::at(mc, attached, object)?.size()))?);
        Ok(())
    })
}
