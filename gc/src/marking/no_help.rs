//! Nobody helps to mark: the crate was built without the feature `parallel`.

use super::session::Session;
use crate::options::Options;
use crate::sync::Arc;

/// How a heap gets help: not at all.
#[derive(Debug)]
pub(crate) struct Helpers;

impl Helpers {
    pub(crate) fn new(_: &Options) -> Self {
        Self
    }

    pub(super) fn most(&self) -> usize {
        0
    }

    pub(super) fn call(&self, _: &Arc<Session>) {}

    pub(super) fn dismiss(&self) {}
}
