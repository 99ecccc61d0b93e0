// `Word` by hand is a promise: `unsafe impl`.
use gc::{Trace, Word};

#[derive(Clone, Copy, Trace)]
struct Handle(u64);
impl Word<'_> for Handle {
    const EDGE: bool = false;
    fn into_word(self) -> *mut () {
        std::ptr::null_mut()
    }
    unsafe fn from_word(_: *mut ()) -> Self {
        Handle(0)
    }
}

fn main() {}
