//! Many tasks of an async runtime that share one heap.
//!
//! A task may be on another thread after each `.await`, and a mutation belongs to a thread. So the rule is: **roots are
//! held across an `.await`, mutations are not**. The compiler sees to it: a `Gc` cannot leave the closure of its
//! mutation, and an `.await` cannot be in one. A root is `Send`, and so is a task that holds some.
//!
//! Each task is a member of a room: it posts, reads what others have posted, waits for something, and goes on from what
//! it has seen. Posts that nobody can reach any more are garbage, and the heap collects by itself at the end of a
//! mutation, which keeps the tasks on other threads waiting for as long as it takes to mark.

mod board;
mod run;
mod times;

pub use run::{Plan, Problem, Report, run};
pub use times::Times;
