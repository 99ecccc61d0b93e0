//! Threads that run a machine in turns, each attached to its heaps all the while: what one has claimed stays
//! its own while another works.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::panics::{is_quiet, quietly};
use crate::programs::machine::Machine;

/// What a machine wants next: another thread, or nothing.
type Outcome = std::thread::Result<(Box<Machine>, Option<u8>)>;

struct Member {
    work: Sender<Box<Machine>>,
    done: Receiver<Outcome>,
    thread: JoinHandle<()>,
}

/// Threads by number. Number 0 is the calling thread.
#[derive(Default)]
pub(crate) struct Crew {
    members: Vec<Member>,
}

impl Crew {
    /// Runs a machine to the end of its program.
    pub(crate) fn run(&mut self, machine: Machine) -> Box<Machine> {
        let mut machine = Box::new(machine);
        let mut on = machine.run();
        while let Some(number) = on {
            (machine, on) = match usize::from(number).checked_sub(1) {
                None => {
                    let next = machine.run();
                    (machine, next)
                }
                Some(index) => self.run_on(index, machine),
            };
        }
        machine
    }

    fn run_on(&mut self, index: usize, machine: Box<Machine>) -> (Box<Machine>, Option<u8>) {
        while self.members.len() <= index {
            self.members.push(hire());
        }
        let member = &self.members[index];
        member.work.send(machine).expect("the thread waits for work");
        member.done.recv().expect("the thread answers").unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Ends the threads, which detaches them.
    pub(crate) fn dismiss(self) {
        for Member { work, done: _, thread } in self.members {
            drop(work);
            thread.join().expect("panics were caught");
        }
    }
}

fn hire() -> Member {
    let (work, todo) = channel::<Box<Machine>>();
    let (report, done) = channel();
    let quiet = is_quiet();
    let work_on = move || {
        for machine in todo {
            // A machine that failed is not dropped: its heap may be in any state.
            let mut machine = std::mem::ManuallyDrop::new(machine);
            let run = catch_unwind(AssertUnwindSafe(|| machine.run()));
            let outcome = run.map(|next| (std::mem::ManuallyDrop::into_inner(machine), next));
            if report.send(outcome).is_err() {
                return;
            }
        }
    };
    let thread = std::thread::spawn(move || quietly(quiet, work_on));
    Member { work, done, thread }
}
