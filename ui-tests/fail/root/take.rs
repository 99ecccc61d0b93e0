// Nothing can be moved out of a rooted object.
use gc::{Mutation, Root};

fn take<'gc>(mc: &Mutation<'gc>, root: &Root<Option<String>>) -> Option<String> {
    root.get(mc).take()
}

fn main() {}
