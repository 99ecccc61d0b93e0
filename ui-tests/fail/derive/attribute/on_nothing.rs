// The attribute belongs to a derive.
#[trace(static)]
struct Plain;

fn main() {}
