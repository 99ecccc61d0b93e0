// A static outlives every mutation, so it cannot keep a `Gc`.
use std::sync::Mutex;

use gc::{Gc, Heap};

static KEPT: Mutex<Option<Gc<'static, u32>>> = Mutex::new(None);

fn main() {
    Heap::new().mutate(|mc| *KEPT.lock().unwrap() = Some(Gc::new(mc, 1_u32)));
}
