// The mutation that a seed opens is of one brand: pointers of another heap's do not enter.
use gc::{Gc, GcCell, Heap};

fn main() {
    let (a, b) = (Heap::new(), Heap::new());
    a.mutate(|ma| {
        let cell = Gc::new(ma, GcCell::new(None));
        let seed = ma.fork();
        b.mutate(|mb| {
            let other = Gc::new(mb, 1_u64);
            seed.enter(|mc| cell.set(mc, Some(other)));
        });
    });
}
