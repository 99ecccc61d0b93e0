// A closure that is not said to be `Send` and `Sync`, in a type that holds no `Gc`.
use gc::Trace;

#[derive(Trace)]
struct Listeners {
    on_change: Vec<Box<dyn Fn(u8)>>,
    // A lock makes it fit for all threads.
    once: std::sync::Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

fn main() {}
