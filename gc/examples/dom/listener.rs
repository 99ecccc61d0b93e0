//! Listeners: what is called when something happens, with what it has captured.
//!
//! The collector cannot see into a closure of Rust, so a closure that captured a `Gc` cannot lie in the heap. Here it is taken
//! apart: what is captured is a value that is traced, often a tuple; the function beside it is a closure that gets it as its
//! first argument and captures nothing of the heap. That it does not is said by `'static`, since no `Gc` is: a closure that
//! captures one after all does not compile.

use gc::{DynTrace, Gc, Mutation, Trace, dyn_trace};

use crate::element::Event;

/// What can be told of an event.
pub(crate) trait Listener<'gc>: DynTrace<'gc> + 'gc {
    fn call(&self, mc: &Mutation<'gc>, event: &Event<'gc>);
}
dyn_trace!(dyn Listener<'gc>);

/// A closure, taken apart.
#[derive(Trace)]
struct Closure<C, #[trace(static)] F> {
    captured: C,
    #[trace(static)]
    function: F,
}

impl<'gc, C, F> Listener<'gc> for Closure<C, F>
where
    C: Trace<'gc>,
    F: Fn(&C, &Mutation<'gc>, &Event<'gc>) + Send + Sync + 'static,
{
    fn call(&self, mc: &Mutation<'gc>, event: &Event<'gc>) {
        (self.function)(&self.captured, mc, event);
    }
}

/// Makes a listener of what is captured and of a function that gets it.
pub(crate) fn listener<'gc, C, F>(mc: &Mutation<'gc>, captured: C, function: F) -> Gc<'gc, dyn Listener<'gc>>
where
    C: Trace<'gc>,
    F: Fn(&C, &Mutation<'gc>, &Event<'gc>) + Send + Sync + 'static,
{
    let closure = Gc::new(mc, Closure { captured, function });
    Gc::unsize::<dyn Listener<'gc>>(closure, |closure| closure)
}
