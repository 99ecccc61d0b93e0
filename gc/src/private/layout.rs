//! The masks of derived types. Where fields lie is asked of the compiler, in constants, at a value that is never read
//! but for its tag.

use core::mem::MaybeUninit;

use crate::layout::WORD_BYTES;
use crate::object::{Mask, Shape};
use crate::trace::Derived;

/// What is known of a field of a struct.
#[derive(Clone, Copy, Debug)]
pub struct FieldShape {
    shape: Shape,
    at: *const u8,
}

impl Derived {
    /// The empty mask.
    pub const fn no_edges(self) -> Mask {
        Mask::EMPTY
    }

    /// The shape of a type without edges.
    pub const fn no_shape(self) -> Shape {
        Shape::new(Mask::EMPTY, false, false)
    }

    /// A value for the addresses of its fields.
    pub const fn place<T>(self) -> MaybeUninit<T> {
        MaybeUninit::uninit()
    }

    /// Its address.
    pub const fn address<T>(self, place: &MaybeUninit<T>) -> *const T {
        place.as_ptr()
    }

    /// The mask with that of a field.
    ///
    /// # Safety
    ///
    /// The field lies in the value. Evaluated in constants, where the compiler checks that.
    pub const unsafe fn or_field<T, F>(
        self,
        mask: Mask,
        of_field: Mask,
        place: &MaybeUninit<T>,
        field: *const F,
    ) -> Mask {
        // SAFETY: both point into the value.
        let offset = unsafe { field.cast::<u8>().offset_from(place.as_ptr().cast::<u8>()) };
        mask.or_at(of_field, offset.cast_unsigned())
    }

    /// A field of type `F`, which has this shape and is there.
    pub const fn field<F>(self, shape: Shape, at: *const F) -> FieldShape {
        FieldShape { shape, at: at.cast() }
    }

    /// The shape of a struct that has these fields. With a [`POINTER`](crate::Trace::POINTER) field it is one itself if it has
    /// room for nothing else, and `Option` finds its `None` in it, for which there is only the null.
    ///
    /// # Safety
    ///
    /// The fields lie in the value. Evaluated in constants, where the compiler checks that.
    pub const unsafe fn of_struct<T>(self, place: &MaybeUninit<T>, fields: &[FieldShape]) -> Shape {
        let (mut mask, mut tail, mut pointer) = (Mask::EMPTY, false, false);
        let mut i = 0;
        while i < fields.len() {
            let FieldShape { shape, at } = fields[i];
            // SAFETY: the caller's duty.
            mask = unsafe { self.or_field(mask, shape.mask, place, at) };
            tail = tail || shape.tail;
            pointer = pointer || shape.pointer;
            i += 1;
        }
        let is_one_word = mask.equals(Mask::WORD) && size_of::<T>() == WORD_BYTES;
        let pointer = pointer && is_one_word && size_of::<Option<T>>() == WORD_BYTES;
        Shape::new(mask, tail, pointer)
    }

    /// Whether no value of an empty type exists: `Option` of it then has one value only and needs no room. False
    /// for types without values that are not empty, `(u8, Infallible)` for one.
    pub const fn is_absent<F>(self) -> bool {
        size_of::<Option<F>>() == 0
    }

    /// A value of which only the tag is written.
    ///
    /// # Safety
    ///
    /// For constant evaluation only, which fails if anything else of the value is read.
    pub const unsafe fn tagged<T, Tag>(self, tag: Tag) -> MaybeUninit<T> {
        let mut value = MaybeUninit::<T>::uninit();
        assert!(size_of::<Tag>() <= size_of::<T>() && align_of::<Tag>() <= align_of::<T>());
        // SAFETY: the tag fits into the value, as just asserted.
        unsafe { value.as_mut_ptr().cast::<Tag>().write(tag) };
        value
    }

    /// That value, to be matched.
    ///
    /// # Safety
    ///
    /// As for [`tagged`](Self::tagged).
    pub const unsafe fn tagged_ref<T>(self, value: &MaybeUninit<T>) -> &T {
        // SAFETY: the caller's duty.
        unsafe { value.assume_init_ref() }
    }

    /// Where the constant evaluation of an enum's layout ends if the `repr` was taken away from it.
    pub const fn layout_is_not_as_documented(self) -> ! {
        panic!("the layout of the enum is not the one that its `repr` promises")
    }

    /// What the masks of all variants have in common, but for those that are absent.
    pub const fn common_mask(self, variants: &[Mask], absent: &[bool]) -> Mask {
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
    pub const fn exceed(self, variants: &[Mask], common: Mask) -> bool {
        let mut i = 0;
        while i < variants.len() {
            if !variants[i].fits() || !variants[i].minus(common).is_empty() {
                return true;
            }
            i += 1;
        }
        !common.fits()
    }
}
