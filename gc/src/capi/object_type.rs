//! Types of objects.

use core::cell::RefCell;
use core::ffi::c_void;
use std::collections::HashMap;

use super::callbacks::Destructor;
use super::layout::{Layout, Shape};
use super::status::{Fault, Out, Outcome, Status, argument, call};
use crate::layout::{PAGE_BYTES, WORD_BYTES};
use crate::per_process::PerProcess;
use crate::sync::{Mutex, MutexGuard, Rank};

/// A type of objects. Types are for all heaps and threads of the process, and stay to its end.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeHandle {
    /// Not to be looked at.
    pub id: u64,
}

/// What objects of a type are like: a fixed part, and after it, if `element_size` is not zero, any number of elements, as
/// many as are asked for when the object is made. Elements begin at `size`, rounded up to a multiple of 8.
///
/// Words of 8 bytes that are pointers are given by masks: bit `i % 64` of `pointers[i / 64]` for the word at offset
/// `8 * i`. They are read by `gc_get` and written by `gc_set` only; all other bytes are the program's.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct TypeOptions {
    /// Bytes of the fixed part; may be zero.
    pub size: usize,
    /// Alignment of the fixed part: zero for 8, or a power of two of at most 4096.
    pub align: usize,
    /// Which words of the fixed part are pointers; NULL for none.
    pub pointers: *const u64,
    /// Elements of `pointers`. Words beyond are no pointers.
    pub pointers_length: usize,
    /// Bytes of an element; zero if objects have none. If it has pointers, a multiple of 8.
    pub element_size: usize,
    /// Which words of an element are pointers; NULL for none.
    pub element_pointers: *const u64,
    /// Elements of `element_pointers`. Words beyond are no pointers.
    pub element_pointers_length: usize,
    /// Is called when an object is dead; NULL for none.
    pub destructor: Destructor,
    /// The last argument of the destructor.
    pub destructor_argument: *mut c_void,
}

/// Objects that are larger have no type.
const MAX_BYTES: usize = 1 << 46;

/// All types, by handle and by content.
#[derive(Debug, Default)]
struct Types {
    all: Vec<&'static Layout>,
    by_shape: HashMap<Shape, usize>,
}

static TYPES: PerProcess<Mutex<Types>> = PerProcess::new();

thread_local! {
    /// The first of all types, as far as this thread has needed them.
    static KNOWN: RefCell<Vec<&'static Layout>> = const { RefCell::new(Vec::new()) };
}

/// A type is added as a whole, so a panic leaves them as they should be.
fn types() -> MutexGuard<'static, Types> {
    TYPES.get_or_make(|| Mutex::new(Rank::Types, Types::default())).lock()
}

/// Numbers of types are none of other handles.
const FIRST_ID: u64 = 0x7479_7065 << 32;

/// The type of a handle.
pub(super) fn layout_of(TypeHandle { id }: TypeHandle) -> Outcome<&'static Layout> {
    let index = usize::try_from(id.wrapping_sub(FIRST_ID)).unwrap_or(usize::MAX);
    let known = KNOWN.try_with(|known| known.borrow().get(index).copied()).unwrap_or(None);
    known
        .or_else(|| look_up(index))
        .ok_or_else(|| Fault::new(Status::InvalidHandle, "this is no handle of a type"))
}

#[cold]
fn look_up(index: usize) -> Option<&'static Layout> {
    let types = types();
    let found = types.all.get(index).copied()?;
    let _ = KNOWN.try_with(|known| known.borrow_mut().clone_from(&types.all));
    Some(found)
}

/// A mask of the program, without zeros at the end, of at most `bytes` bytes of words.
///
/// # Safety
///
/// The pointer is null, or there are as many numbers.
unsafe fn mask(pointer: *const u64, length: usize, bytes: usize, of: &str) -> Outcome<Vec<u64>> {
    let refuse = |text: &str| Err(Fault::new(Status::InvalidArgument, format!("the mask of {of} {text}")));
    if length > MAX_BYTES / WORD_BYTES {
        return refuse("is too long");
    }
    // SAFETY: the caller's duty.
    let Some(first) = (unsafe { argument(pointer) })? else {
        return if length == 0 { Ok(Vec::new()) } else { refuse("is NULL, and its length is not zero") };
    };
    // SAFETY: the caller's duty.
    let mut mask = unsafe { core::slice::from_raw_parts(first, length) }.to_vec();
    let used = mask.iter().rposition(|&bits| bits != 0).map_or(0, |last| last + 1);
    mask.truncate(used);
    let n_words = mask.last().map_or(0, |&last| mask.len() * 64 - last.leading_zeros() as usize);
    if n_words > bytes / WORD_BYTES {
        return refuse(&format!(
            "says that word {} is a pointer, which does not lie in its {bytes} bytes",
            n_words - 1
        ));
    }
    Ok(mask)
}

/// # Safety
///
/// Pointers in the options are as the documentation says.
unsafe fn shape_of(options: &TypeOptions) -> Outcome<Shape> {
    let TypeOptions { size, align, element_size, .. } = *options;
    let refuse = |text| Err(Fault::new(Status::InvalidArgument, text));
    let align = if align == 0 { WORD_BYTES } else { align };
    if !align.is_power_of_two() || align > PAGE_BYTES {
        return refuse("the alignment is no power of two, or more than 4096");
    }
    if size > MAX_BYTES || element_size > MAX_BYTES {
        return refuse("no object is so large");
    }
    // SAFETY: the caller's duty.
    let pointers = unsafe { mask(options.pointers, options.pointers_length, size, "the fixed part") }?;
    let (of_element, length) = (options.element_pointers, options.element_pointers_length);
    // SAFETY: the caller's duty.
    let element_pointers = unsafe { mask(of_element, length, element_size, "an element") }?;
    if !element_pointers.is_empty() && !element_size.is_multiple_of(WORD_BYTES) {
        return refuse("the size of elements with pointers is no multiple of 8");
    }
    let destructor =
        options.destructor.map(|f| (f as usize, options.destructor_argument.expose_provenance()));
    Ok(Shape { size, align: align.max(WORD_BYTES), pointers, element_size, element_pointers, destructor })
}

/// Makes a type. It needs no heap, and is never ended; equal descriptions give the same type. Make each type once: what
/// a type takes is never given back. Any thread may call this.
///
/// # Safety
///
/// `options` and `out` are NULL, which is an error, or valid; so are the masks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_type_new(options: *const TypeOptions, out: *mut TypeHandle) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        // SAFETY: the caller's duty.
        let options = unsafe { argument(options) }?;
        let options = options.ok_or_else(|| Fault::new(Status::Null, "a type needs options"))?;
        // SAFETY: the caller's duty.
        let shape = unsafe { shape_of(options) }?;
        let destructor = options.destructor.map(|f| (f, options.destructor_argument.expose_provenance()));
        let mut types = types();
        let Types { all, by_shape } = &mut *types;
        let index = *by_shape.entry(shape).or_insert_with_key(|shape| {
            all.push(Layout::make(shape.clone(), destructor));
            all.len() - 1
        });
        out.set(TypeHandle { id: FIRST_ID + index as u64 });
        Ok(())
    })
}
