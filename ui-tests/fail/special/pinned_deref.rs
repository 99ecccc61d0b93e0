// A pin keeps an object; to look at it needs a mutation, or `as_ptr` and `unsafe`.
use gc::Pinned;

fn read(pinned: &Pinned<u64>) -> u64 {
    **pinned
}

fn main() {}
