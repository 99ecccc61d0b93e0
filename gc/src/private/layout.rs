//! Where the fields of enums lie, asked of the compiler in constants.

use core::mem::MaybeUninit;

use crate::object::Mask;

/// Whether no value of an empty type exists: `Option` of it then has one value only and needs no room. False
/// for types without values that are not empty, `(u8, Infallible)` for one.
pub const fn is_absent<T>() -> bool {
    size_of::<Option<T>>() == 0
}

/// A value of which only the tag is written.
///
/// # Safety
///
/// For constant evaluation only, which fails if anything else of the value is read.
pub const unsafe fn tagged<T, Tag>(tag: Tag) -> MaybeUninit<T> {
    let mut value = MaybeUninit::<T>::uninit();
    assert!(size_of::<Tag>() <= size_of::<T>() && align_of::<Tag>() <= align_of::<T>());
    // SAFETY: the tag fits into the value, as just asserted.
    unsafe { value.as_mut_ptr().cast::<Tag>().write(tag) };
    value
}

/// Bytes from the start of the value to its field.
///
/// # Safety
///
/// The field lies in the value.
pub const unsafe fn offset_in<T, F>(value: &MaybeUninit<T>, field: &F) -> usize {
    let (value, field) = (core::ptr::from_ref(value), core::ptr::from_ref(field));
    // SAFETY: both point into the value.
    let offset = unsafe { field.cast::<u8>().offset_from(value.cast::<u8>()) };
    offset.cast_unsigned()
}

/// Where the constant evaluation of an enum's layout ends if the `repr` was taken away from it.
pub const fn layout_is_not_as_documented() -> ! {
    panic!("the layout of the enum is not the one that its `repr` promises")
}

/// What the masks of all variants have in common, but for those that are absent.
pub const fn common_mask(variants: &[Mask], absent: &[bool]) -> Mask {
    let (mut common, mut found, mut i) = (Mask::EMPTY, false, 0);
    while i < variants.len() {
        if !absent[i] {
            common = if found { common.intersect(variants[i]) } else { variants[i] };
            found = true;
        }
        i += 1;
    }
    common
}

/// Whether a variant has edges that are not in the common mask.
pub const fn exceed(variants: &[Mask], common: Mask) -> bool {
    let mut i = 0;
    while i < variants.len() {
        if !variants[i].fits() || !variants[i].minus(common).is_empty() {
            return true;
        }
        i += 1;
    }
    !common.fits()
}

/// The words of a variant that are not in the common mask.
#[inline]
pub const fn excess(variants: &[Mask], index: usize, common: Mask) -> [u64; 4] {
    variants[index].minus(common).words()
}
