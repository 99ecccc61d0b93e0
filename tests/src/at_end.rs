//! A closure that runs when a thread ends.

use std::cell::RefCell;
use std::fmt;

/// Runs a closure when it is dropped: as a thread-local, when the thread ends.
#[derive(Default)]
pub struct AtEnd(RefCell<Option<Box<dyn FnOnce()>>>);

impl AtEnd {
    /// Says what is to run.
    pub fn set(&self, run: impl FnOnce() + 'static) {
        self.0.replace(Some(Box::new(run)));
    }
}

impl fmt::Debug for AtEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.borrow().is_some() { "AtEnd(..)" } else { "AtEnd" })
    }
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        if let Some(run) = self.0.get_mut().take() {
            run();
        }
    }
}
