// A vector whose memory is in the heap does not leave the mutation.
use gc::{GcVec, Heap};

fn main() {
    let vec = Heap::new().mutate(|mc| GcVec::from_iter(mc, [1, 2]));
    println!("{vec:?}");
}
