// A word is derived together with `Trace`.
use gc::Word;

#[derive(Clone, Copy, Word)]
struct Handle(u64);

fn main() {}
