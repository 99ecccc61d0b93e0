//! Types that hold no edge whatever they mention.

macro_rules! leaf {
    ($($T:ty),* $(,)?) => {$(
        // SAFETY: the type owns no `Gc`, is `'static`, and its drop runs library code at most.
        unsafe impl<'gc> $crate::trace::Trace<'gc> for $T {
            const MASK: $crate::object::Mask = $crate::object::Mask::EMPTY;
            const TAIL: bool = false;
            const LEAF: bool = true;
            fn trace(&self, _: &mut $crate::trace::Tracer) {}
            fn trace_tail(&self, _: &mut $crate::trace::Tracer) {}
            fn drop_kind(_: &mut $crate::object::DropWalk) -> $crate::object::DropKind {
                $crate::object::DropKind::Library
            }
        }
        // SAFETY: the type mentions no brand.
        unsafe impl $crate::trace::Rebrand for $T {
            type Static = Self;
            type At<'a> = Self;
        }
    )*};
}
pub(crate) use leaf;

leaf!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, bool, char, (), String);
