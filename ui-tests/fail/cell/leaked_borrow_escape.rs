// A leaked borrow lives as long as its brand, also where the cell lives for ever.
use gc::{GcRefCell, Heap};

fn main() {
    let cell: &'static GcRefCell<u64> = Box::leak(Box::new(GcRefCell::new(1)));
    let number: &'static u64 = Heap::new().mutate(|mc| Box::leak(Box::new(cell.borrow(mc))));
    println!("{number}");
}
