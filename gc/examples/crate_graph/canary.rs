//! Values that notice their own death.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use gc::Trace;

/// The labels of canaries that died, in order of death.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deaths(Arc<Mutex<Vec<String>>>);

impl Deaths {
    /// A canary that reports here.
    pub(crate) fn canary(&self, label: String) -> Canary {
        Canary { label, deaths: self.clone() }
    }

    /// Those who died since the last call, sorted.
    pub(crate) fn take(&self) -> Vec<String> {
        let mut labels = mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        labels.sort();
        labels
    }
}

/// Reports its label when it is dropped, which is when the collector frees the object that it lies in.
///
/// It holds no `Gc`, so it may have a destructor and own what it likes, here something shared with the world
/// outside the heap.
#[derive(Debug, Trace)]
pub(crate) struct Canary {
    label: String,
    deaths: Deaths,
}

impl Canary {
    /// What it is called.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        let label = mem::take(&mut self.label);
        self.deaths.0.lock().unwrap_or_else(PoisonError::into_inner).push(label);
    }
}
