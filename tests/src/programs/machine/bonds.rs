//! The operations on ephemerons, each on heap and model.

use gc::{Gc, Mutation};

use super::{Local, Machine};
use crate::programs::bond::{Bond, Dowry};
use crate::programs::handle::Handle;
use crate::programs::objects::{Link, Tag};
use crate::programs::oracle::{Held, Node, Shape};
use crate::programs::program::Kind;
use crate::programs::records::Weak;
use crate::programs::sight::Sight;

impl Machine {
    /// Makes an ephemeron of key and value and stores it, if there is room, and the key is of a kind for that.
    pub(super) fn bind<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        (from, at): Local<'gc>,
        key: Local<'gc>,
        (to, target): Local<'gc>,
    ) {
        let (Handle::Link(Link::Pact(pact)), Some(link)) = (from, to.link()) else { return };
        let Some(handle) = Sight::of(mc, key.0) else { return };
        let Some((_, handle)) = self.handle_of(world, key, handle) else { return };
        let id = self.next_id;
        self.next_id += 2;
        let Some(Ok(bond)) = Bond::of(mc, key.0, Dowry { tag: Tag::new(id), link }) else { return };
        let world = &mut self.worlds[world];
        world.made.set(world.made.get() + 1);
        let ephemeron = Node {
            shape: Shape::HeldBy(Kind::Pact),
            size: 0,
            address: bond.address().expect("it was made"),
            edges: vec![Some(target)],
            canaries: vec![],
            sees: Some(Weak { handle, edge: key.1, slot: None }),
            bond: None,
            held: Held::default(),
        };
        world.model.nodes.insert(id, ephemeron);
        Gc::as_ref(pact).bond.set(mc, bond);
        world.model.nodes.get_mut(&at.to).expect("known").bond = Some(id);
    }

    /// Key and value of the ephemeron in an object, if they are there. `still`: as for a weak pointer.
    pub(super) fn consult<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        (from, at): Local<'gc>,
        still: bool,
    ) -> Option<[Local<'gc>; 2]> {
        let Handle::Link(Link::Pact(pact)) = from else { return None };
        let (bond, model) = (Gc::as_ref(pact).bond.get(), &self.worlds[world].model);
        let id = model.nodes[&at.to].bond;
        let address = id.map(|id| model.nodes[&id].address);
        assert_eq!(bond.address(), address, "the ephemeron in object {}", at.to);
        let found = bond.look(mc);
        let key = model.nodes[&id?].sees;
        let key = self.check_upgraded(world, key, found.map(|(key, _)| key), still)?;
        let (_, value) = found.expect("it has a key");
        Some([key, self.worlds[world].dowry(id?, value)])
    }
}

impl super::World {
    /// The value of an ephemeron, which is as in the model.
    pub(super) fn dowry<'gc>(&self, id: u64, value: &Dowry<'gc>) -> Local<'gc> {
        assert_eq!(value.tag, Tag::new(id), "the value of ephemeron {id} was overwritten");
        let edge = self.model.nodes[&id].edges[0].expect("an ephemeron has a value");
        let handle = Handle::Link(value.link);
        handle.check(edge.to, &self.model.nodes[&edge.to]);
        (handle, edge)
    }
}
