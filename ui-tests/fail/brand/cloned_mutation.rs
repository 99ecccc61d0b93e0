// A mutation cannot be copied out of its reference.
use gc::Mutation;

fn copy<'gc>(mc: &Mutation<'gc>) -> Mutation<'gc> {
    mc.clone()
}

fn main() {}
