//! Tests that could wait for ever.

use std::io::Write as _;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::patience::Since;

/// How often it is looked whether the limit is reached.
const LOOK: Duration = Duration::from_millis(100);

/// Runs a test that could hang: after a minute the process ends with a message.
pub fn watched<R>(test: &str, run: impl FnOnce() -> R) -> R {
    within(Duration::from_secs(60), test, run)
}

/// Runs a test that could hang: when it takes longer than `limit` the process ends with a message.
pub fn within<R>(limit: Duration, test: &str, run: impl FnOnce() -> R) -> R {
    let _dog = Dog::watch(limit, test);
    run()
}

/// A thread that ends the process when something takes too long.
struct Dog {
    /// Closed when it is done; the thread waits for that.
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Dog {
    fn watch(limit: Duration, test: &str) -> Self {
        let (done, wait) = channel::<()>();
        let name = test.to_owned();
        let thread = std::thread::spawn(move || {
            let since = Since::now();
            while wait.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if since.elapsed() >= limit {
                    bark(&name, limit);
                }
            }
        });
        Self { done: Some(done), thread: Some(thread) }
    }
}

impl Drop for Dog {
    fn drop(&mut self) {
        drop(self.done.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Past whoever captures what tests print: the process ends, and nobody else can say why.
fn bark(test: &str, limit: Duration) -> ! {
    let _ = writeln!(std::io::stderr(), "{test}: not done after {limit:?}: a deadlock");
    std::process::abort();
}
