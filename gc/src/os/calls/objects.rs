//! What is loaded: the program, its shared libraries, and how each describes the frames of its functions.

use core::ffi::{c_int, c_void};
use core::ops::Range;

use framehop::{ExplicitModuleSectionInfo, Module};

use super::loader;

/// What the loader has done so far.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Loads {
    loaded: u64,
    unloaded: u64,
}

impl Loads {
    pub(super) fn now() -> Option<Self> {
        let mut loads = None;
        each(&mut |object| {
            loads = Some(Self { loaded: object.dlpi_adds, unloaded: object.dlpi_subs });
            false // Each object is told the same.
        });
        loads
    }
}

/// A loaded object, by addresses.
pub(super) struct Object {
    pub(super) all: Range<u64>,
    /// What is added to what the object says of itself.
    bias: u64,
    /// From addresses in code to descriptions of frames.
    index: Range<u64>,
    /// These, and whatever follows in the same part of the object; they say themselves where they end.
    frames: Range<u64>,
}

impl Object {
    /// Those that describe their frames the way in which all linkers do it.
    pub(super) fn all() -> Vec<Self> {
        let mut n = 0;
        each(&mut |_| {
            n += 1;
            true
        });
        // Under the lock of the loader nothing is allocated: the program's allocator may ask the loader, too.
        let mut objects = Vec::with_capacity(n);
        each(&mut |object| {
            objects.extend(Self::of(object));
            objects.len() < objects.capacity()
        });
        objects
    }

    fn of(object: &libc::dl_phdr_info) -> Option<Self> {
        let bias = object.dlpi_addr;
        // SAFETY: the loader's description has so many headers.
        let headers = unsafe { core::slice::from_raw_parts(object.dlpi_phdr, object.dlpi_phnum.into()) };
        // Addresses of the kernel's own object once wrapped.
        let range = |header: &libc::Elf64_Phdr| {
            let start = bias.wrapping_add(header.p_vaddr);
            start..start.wrapping_add(header.p_memsz)
        };
        let loaded = || headers.iter().filter(|header| header.p_type == libc::PT_LOAD);
        let all = loaded().map(range).map(|part| part.start).min()?
            ..loaded().map(range).map(|part| part.end).max()?;
        let index = headers.iter().find(|header| header.p_type == libc::PT_GNU_EH_FRAME).map(range)?;
        if all.start >= all.end
            || index.start < all.start
            || index.end > all.end
            || index.end < index.start + 8
        {
            return None;
        }
        // SAFETY: the part of the object is loaded, and such a part is never written.
        let start_of_index = unsafe { bytes(&index) };
        // Its version; how the place of the frames' descriptions is said: from here on, by 32 bits with a sign.
        let &[1, 0x1b, _, _, a, b, c, d, ..] = start_of_index else { return None };
        let from_here = i64::from(i32::from_le_bytes([a, b, c, d]));
        let start = (index.start + 4).checked_add_signed(from_here)?;
        let constant = loaded().filter(|header| header.p_flags & libc::PF_W == 0);
        let frames = start..constant.map(range).find(|part| part.contains(&start))?.end;
        Some(Self { all, bias, index, frames })
    }
}

impl From<Object> for Module<&'static [u8]> {
    fn from(Object { all, bias, index, frames }: Object) -> Self {
        let stated = |range: &Range<u64>| Some(range.start.wrapping_sub(bias)..range.end.wrapping_sub(bias));
        let sections = ExplicitModuleSectionInfo {
            eh_frame_hdr_svma: stated(&index),
            // SAFETY: as it was when the object was described.
            eh_frame_hdr: Some(unsafe { bytes(&index) }),
            eh_frame_svma: stated(&frames),
            // SAFETY: a part of the object that the loader has said not to be written.
            eh_frame: Some(unsafe { bytes(&frames) }),
            ..ExplicitModuleSectionInfo::default()
        };
        Self::new(String::new(), all, bias, sections)
    }
}

/// Calls a function for each object that is loaded, as long as it says so.
fn each(mut visit: &mut dyn FnMut(&libc::dl_phdr_info) -> bool) {
    unsafe extern "C" fn call(object: *mut libc::dl_phdr_info, _bytes: usize, visit: *mut c_void) -> c_int {
        // SAFETY: it is what `each` has passed, whose borrow lasts.
        let visit = unsafe { &mut *visit.cast::<&mut dyn FnMut(&libc::dl_phdr_info) -> bool>() };
        // SAFETY: the loader shows a description of an object, until this function returns.
        c_int::from(!visit(unsafe { &*object }))
    }
    let _loader = loader();
    // SAFETY: the function takes what it is passed for what it is.
    unsafe { libc::dl_iterate_phdr(Some(call), (&raw mut visit).cast()) };
}

/// # Safety
///
/// The range is a part of an object that is loaded and never written. It may be unloaded: what remains is not looked at,
/// as an unwinder looks at objects to which a call returns, which are not unloaded meanwhile, and objects that are gone are
/// noticed before.
#[expect(clippy::cast_possible_truncation, reason = "addresses of this platform have 64 bits")]
unsafe fn bytes(range: &Range<u64>) -> &'static [u8] {
    let (start, bytes) = (range.start as usize, (range.end - range.start) as usize);
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(start), bytes) }
}
