// `Rebrand` by hand is a promise: `unsafe impl`.
use gc::Rebrand;

struct Node<'gc>(&'gc u8);
impl<'gc> Rebrand for Node<'gc> {
    type Static = u64;
    type At<'a> = u64;
}

fn main() {}
