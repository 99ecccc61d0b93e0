// A guard for writing is invariant: what is written through it goes into the lock.
use gc::WriteGuard;

fn shorten<'a>(guard: WriteGuard<'a, &'static str>) -> WriteGuard<'a, &'a str> {
    guard
}

fn main() {}
