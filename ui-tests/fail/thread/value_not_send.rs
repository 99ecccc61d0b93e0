// An object may be dropped on another thread than the one that made it: a value must be `Send`.
use gc::Trace;

#[derive(Trace)]
struct Guarded {
    guard: std::sync::MutexGuard<'static, u8>,
}

fn main() {}
