// A root of a slice is more than one word: root what has a size and points to it.
use std::ffi::c_void;
use std::ptr::NonNull;

use gc::Root;

fn hand_over(root: Root<[u64]>) -> NonNull<c_void> {
    root.into_raw()
}

fn main() {}
