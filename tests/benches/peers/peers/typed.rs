//! typed-arena: places of one type, taken and never given back.
#![forbid(unsafe_code)]

use typed_arena::Arena;

use super::never_freed::{self, List, Node, Places, Tree};
use super::{Peer, run};

pub(super) const PEER: Peer = Peer {
    is_limit: true,
    ..Peer::new("typed-arena, never freed", &[run!(binary_trees), run!(gcbench), run!(short_lists)])
};

impl<T: 'static> Places<T> for Arena<T> {
    fn put(&'static self, value: T) -> &'static T {
        self.alloc(value)
    }
}

type Trees = never_freed::Trees<Arena<Tree>>;
type Bench = never_freed::Bench<Arena<Node>>;
type Lists = never_freed::Lists<Arena<List>>;
