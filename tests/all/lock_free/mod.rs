//! The structures without locks of the example `lock_free`: one thread against std, many against what must add up, and
//! short histories of three threads against every order that the calls may have had.

mod histories;
mod linearizable;
mod models;
mod recorder;
mod sequential;
mod threads;

#[path = "../../../gc/examples/lock_free/list.rs"]
mod list;
#[path = "../../../gc/examples/lock_free/queue.rs"]
mod queue;
#[path = "../../../gc/examples/lock_free/stack.rs"]
mod stack;
