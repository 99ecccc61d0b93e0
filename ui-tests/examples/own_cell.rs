//! Types of the program may be called `Cell` and `Mutex`: they are written with a path.
use gc::{Gc, Heap, Trace};

#[derive(Trace)]
struct Cell<T> {
    value: T,
}
#[derive(Trace)]
struct Mutex<T>(T);

#[derive(Trace)]
struct Board<'gc> {
    cells: Vec<self::Cell<u8>>,
    lock: self::Mutex<Gc<'gc, u8>>,
}

fn main() {
    Heap::new().mutate(|mc| {
        let board = Board { cells: vec![Cell { value: 1 }], lock: Mutex(Gc::new(mc, 2)) };
        let board = Gc::new(mc, board);
        assert_eq!(board.cells[0].value + *board.lock.0, 3);
    });
}
