//! What is computed on another thread, by a machine of its own in the same heap.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use gc::{Gc, GcOnce, Mutation, Root};

use super::Machine;
use super::session::{Finish, drive};
use super::world::World;
use crate::value::Value;
use crate::value::condition::Fault;
use crate::value::object::{Future, Object, Outcome};

/// Tells threads outside of the heap that something is done.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    done: Mutex<bool>,
    told: Condvar,
}

impl Signal {
    /// Waits, outside of mutations, for the thread that computes the future.
    pub(crate) fn wait(&self) {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let _done = self.told.wait_while(done, |done| !*done).unwrap_or_else(PoisonError::into_inner);
    }

    fn tell(&self) {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.told.notify_all();
    }
}

/// Tells, however the thread ends.
struct TellAtEnd(Arc<Signal>);

impl Drop for TellAtEnd {
    fn drop(&mut self) {
        self.0.tell();
    }
}

/// Has a thread call a procedure without arguments, and gives the future of the result.
pub(crate) fn spawn<'gc>(mc: &Mutation<'gc>, world: Gc<'gc, World<'gc>>, thunk: Value<'gc>) -> Value<'gc> {
    let signal = Arc::new(Signal::default());
    let future = Gc::new(mc, Object::Future(Future { result: GcOnce::new(), signal: Arc::clone(&signal) }));
    let machine = Machine::new(mc, world);
    machine.start(mc, thunk);
    let machine: Root<Machine<'static>> = mc.root(machine);
    let root: Root<Object<'static>> = mc.root(future);
    let heap = mc.heap();
    thread::spawn(move || {
        let _told = TellAtEnd(signal);
        let finish = drive(&heap, &machine);
        heap.mutate(|mc| {
            let value = machine.get(mc).result(mc);
            let outcome = match finish {
                Finish::Done => Outcome::Returned(value),
                Finish::Uncaught(_) => Outcome::Raised(value),
                Finish::Exit(_) => {
                    let fault = Fault::new("a future cannot end the program", &[]);
                    Outcome::Raised(fault.into_value(mc, None))
                }
            };
            if let Object::Future(future) = &*root.get(mc) {
                // Nobody else sets it.
                let _ = future.result.set(mc, outcome);
            }
        });
    });
    Value::Object(future)
}
