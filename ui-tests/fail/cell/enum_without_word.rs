// An enum that is small enough for a `GcCell` has to say so.
use gc::{GcCell, Trace};

#[derive(Clone, Copy, Trace)]
enum State {
    Open,
    Closed,
}

#[derive(Trace)]
struct Door {
    state: GcCell<State>,
}

fn set(door: &Door, mc: &gc::Mutation<'_>) {
    door.state.set(mc, State::Open);
}

fn main() {}
