// A mutation is invariant in its brand, too.
use gc::Mutation;

fn shorten<'a: 'b, 'b>(mc: &'b Mutation<'a>) -> &'b Mutation<'b> {
    mc
}

fn main() {}
