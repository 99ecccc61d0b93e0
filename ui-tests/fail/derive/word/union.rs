// Which field of a union is live is not known.
use gc::Word;

#[derive(Clone, Copy, Word)]
union Either {
    int: u64,
    float: f64,
}

fn main() {}
