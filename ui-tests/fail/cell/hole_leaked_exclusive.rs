// Exploit: an exclusive borrow is leaked, to change contents beside a pointer that was projected out of it.
use std::marker::PhantomData;

use gc::{Gc, GcRefCell, Mutation};

fn both<'gc>(mc: &'gc Mutation<'gc>, cell: Gc<'gc, (GcRefCell<u64>, PhantomData<Gc<'gc, u8>>)>) {
    let number: &'gc mut u64 = &mut *Box::leak(Box::new(Gc::as_ref(cell).0.borrow_mut(mc)));
    let shared: Gc<'gc, u64> = Gc::project(cell, |_| number);
    *number = 2;
    println!("{shared}");
}

fn main() {}
