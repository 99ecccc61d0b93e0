// A projection cannot go through a guard: it would look at the contents without the lock.
use gc::{Gc, GcRwLock, Mutation};

fn contents<'gc>(mc: &Mutation<'gc>, lock: Gc<'gc, GcRwLock<String>>) -> Gc<'gc, String> {
    Gc::project(lock, |lock| &*lock.read(mc))
}

fn main() {}
