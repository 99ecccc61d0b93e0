//! The walk over a stopped heap: what keeps objects, as synthetic nodes, then every object.
//!
//! Nodes are numbered as they are written: the root, the groups below it, the nodes of each group, the objects in the order of their
//! [numbers](Numbering).

use core::any::type_name;
use core::ops::ControlFlow;
use core::ptr;
use std::collections::BTreeMap;

use super::file::{EdgeKind, Node, NodeKind, SnapshotFile};
use crate::collector::edges::each_edge;
use crate::collector::retaining::{Held, kept};
use crate::error::SnapshotError;
use crate::layout::FIRST_EDGE_ADDRESS;
use crate::memory::{AddressMap, Class, NumberedObject, Numbering};
use crate::mutator::Core;
use crate::retaining_path::Keeper;
use crate::special::Handle;
use crate::trace::{Parts, PartsFn};

/// Nodes that are no objects, and hang on the root together.
struct Group {
    name: &'static str,
    nodes: Vec<Outside>,
}

/// A node that is no object.
struct Outside {
    name: String,
    kind: NodeKind,
    self_size: u64,
    leads_to: Targets,
}

/// What a node that is no object leads to.
enum Targets {
    /// Objects, by addresses in them.
    Objects(Vec<*const u8>),
    /// What objects refer to.
    ContentsOf(Vec<*const u8>),
    /// What weak pointers point to.
    Handles,
}

/// Writes what there is. The world is stopped, and all is swept.
///
/// # Panics
///
/// A `Trace` implementation panics.
pub(super) fn walk(core: &Core) -> Result<SnapshotFile, SnapshotError> {
    let numbering = core.memory.number_objects().ok_or(SnapshotError::TooLarge)?;
    let groups = groups(core);
    let n_outside = 1 + groups.len() + groups.iter().map(|group| group.nodes.len()).sum::<usize>();
    if u32::try_from(n_outside + numbering.len()).is_err() {
        return Err(SnapshotError::TooLarge);
    }
    let mut walk = Walk {
        map: core.memory.map(),
        classes: core.memory.all_classes(),
        tells_apart: core.memory.tells_apart,
        numbering: &numbering,
        first_object: small(n_outside),
        written: 0,
        file: SnapshotFile::default(),
    };
    // Whoever breaks off has noted why.
    let _ = walk.all(&core.roots.describe(), &groups);
    walk.file.finish()
}

/// What keeps objects, and what is dead.
fn groups(core: &Core) -> Vec<Group> {
    let [mut roots, mut pins, mut finalizers, mut due] = [const { BTreeMap::<String, Vec<_>>::new() }; 4];
    let classes = core.memory.all_classes();
    let map = core.memory.map();
    for Held { keeper, target, .. } in kept(core) {
        let (group, name) = match keeper {
            Keeper::ByRoot { .. } => (&mut roots, keeper.to_string()),
            Keeper::ByPin { .. } => (&mut pins, keeper.to_string()),
            Keeper::ByDueFinalizer => (&mut due, keeper.to_string()),
            Keeper::ByFinalizer => {
                // SAFETY: the world is stopped; what is kept is an object.
                let slot = unsafe { map.slot_of(target) };
                (&mut finalizers, format!("Finalizer of {}", (classes[slot.scan.class()].name)()))
            }
        };
        group.entry(name).or_default().push(target);
    }
    let synthetic = |name, leads_to| Outside { name, kind: NodeKind::Synthetic, self_size: 0, leads_to };
    let objects = |named: BTreeMap<_, _>| {
        named.into_iter().map(|(name, objects)| synthetic(name, Targets::Objects(objects))).collect()
    };
    let contents = |(name, objects)| synthetic(name, Targets::ContentsOf(objects));
    let doomed = |(class, n): (&Class, u64)| Outside {
        name: format!("{n} doomed {}", (class.name)()),
        kind: NodeKind::Native,
        self_size: n * class.slot_bytes as u64,
        leads_to: Targets::Objects(Vec::new()),
    };
    vec![
        Group { name: "(roots)", nodes: objects(roots) },
        Group { name: "(pins)", nodes: objects(pins) },
        Group { name: "(finalizers)", nodes: finalizers.into_iter().map(contents).collect() },
        Group { name: "(finalizers that are due)", nodes: objects(due) },
        Group { name: "(weak pointers)", nodes: vec![synthetic("Weak pointers".into(), Targets::Handles)] },
        Group { name: "(doomed)", nodes: core.memory.count_doomed().into_iter().map(doomed).collect() },
    ]
}

/// A number of a node that is no object, of which there are few.
fn small(number: usize) -> u32 {
    u32::try_from(number).expect("it was looked at how many nodes there are")
}

/// What the walk knows.
struct Walk<'m> {
    map: AddressMap,
    classes: Vec<&'m Class>,
    /// Whether a class is one type.
    tells_apart: bool,
    numbering: &'m Numbering<'m>,
    /// The number of the node that is the first object.
    first_object: u32,
    /// Nodes that are written.
    written: u32,
    file: SnapshotFile,
}

impl Walk<'_> {
    fn all(&mut self, root: &str, groups: &[Group]) -> ControlFlow<()> {
        let n_groups = small(groups.len());
        self.lead_to(1, n_groups)?;
        self.outside(root, NodeKind::Synthetic, 0)?;
        let mut first = 1 + n_groups;
        for group in groups {
            let n_nodes = small(group.nodes.len());
            self.lead_to(first, n_nodes)?;
            self.outside(group.name, NodeKind::Synthetic, 0)?;
            first += n_nodes;
        }
        for Outside { name, kind, self_size, leads_to } in groups.iter().flat_map(|group| &group.nodes) {
            self.targets(leads_to)?;
            self.outside(name, *kind, *self_size)?;
        }
        let numbering = self.numbering;
        let mut name = (ptr::null(), 0);
        numbering.each(
            |_| true,
            |object| {
                if name.0 != ptr::from_ref(object.class) {
                    name = (ptr::from_ref(object.class), self.file.strings.intern((object.class.name)()));
                }
                self.object(object, name.1)
            },
        )
    }

    /// Edges to nodes that follow each other.
    fn lead_to(&mut self, first: u32, n: u32) -> ControlFlow<()> {
        (0..n).try_for_each(|index| self.file.edge(EdgeKind::Element, index, first + index))
    }

    /// A node that is no object.
    fn outside(&mut self, name: &str, kind: NodeKind, bytes: u64) -> ControlFlow<()> {
        let name = self.file.strings.intern(name);
        // Some readers begin ways at the node whose id is 1, as the root's is in V8.
        let id = self.written.saturating_mul(2).max(1);
        self.node(kind, name, id, bytes)
    }

    fn node(&mut self, kind: NodeKind, name: u32, id: u32, bytes: u64) -> ControlFlow<()> {
        self.written += 1;
        let (self_size, name) = match u32::try_from(bytes) {
            Ok(bytes) => (bytes, name),
            // There are few so large.
            Err(_) => (u32::MAX, self.file.strings.intern_with(name, &format!(" of {bytes} bytes"))),
        };
        self.file.node(Node { kind, name, id, self_size })
    }

    fn targets(&mut self, targets: &Targets) -> ControlFlow<()> {
        match targets {
            Targets::Objects(objects) => (0..).zip(objects).try_for_each(|(index, &object)| {
                // SAFETY: what is kept is an object.
                let to = unsafe { self.number_of(object) };
                self.file.edge(EdgeKind::Element, index, to)
            }),
            Targets::ContentsOf(objects) => objects.iter().try_for_each(|&object| {
                // SAFETY: an address in an object.
                let slot = unsafe { self.map.slot_of(object) };
                // SAFETY: as above, of this class; the world is stopped.
                unsafe { self.edges(self.classes[slot.scan.class()], slot.start()) }
            }),
            Targets::Handles => {
                let (numbering, tells_apart) = (self.numbering, self.tells_apart);
                let mut index = 0;
                numbering.each(
                    |class| tells_apart && is_of_handles(class),
                    |NumberedObject { start, .. }| {
                        // SAFETY: the start of an object.
                        let to = unsafe { self.number_of(start) };
                        index += 1;
                        self.file.edge(EdgeKind::Element, index - 1, to)
                    },
                )
            }
        }
    }

    fn object(&mut self, object: NumberedObject<'_>, name: u32) -> ControlFlow<()> {
        let NumberedObject { class, start, id } = object;
        // SAFETY: an object of its class; the world is stopped.
        unsafe { self.edges(class, start) }?;
        if self.tells_apart && is_of_handles(class) {
            // SAFETY: types are told apart.
            let handle = unsafe { &*start.cast::<Handle>() };
            if let Some(target) = handle.target() {
                let name = self.file.strings.intern("target");
                // SAFETY: all is swept, which has cleared handles whose targets are dead.
                let to = unsafe { self.number_of(target.as_ptr()) };
                self.file.edge(EdgeKind::Weak, name, to)?;
            }
        }
        // SAFETY: as above.
        let owned = class.owned.map_or(0, |owned| unsafe { owned(start) });
        let bytes = (class.slot_bytes as u64).saturating_add(owned as u64);
        self.node(NodeKind::Object, name, 2 * id + 1, bytes)
    }

    /// The number of the node of the object at or around an address.
    ///
    /// # Safety
    ///
    /// The address lies in an object.
    unsafe fn number_of(&self, address: *const u8) -> u32 {
        // SAFETY: the caller's duty.
        let slot = unsafe { self.map.slot_of(address) };
        self.first_object + self.numbering.number_of(slot)
    }

    /// The edges of an object, with the names that its type gives them.
    ///
    /// # Safety
    ///
    /// `object` is an object of the class; the world is stopped.
    unsafe fn edges(&mut self, class: &Class, object: *const u8) -> ControlFlow<()> {
        // What a `Trace` by hand says of its parts is believed if it comes to the same.
        let is_right = |&parts: &PartsFn| {
            // SAFETY: the caller's duty.
            let traced = unsafe { sum_of_edges(class, object) };
            // SAFETY: as above.
            traced == unsafe { sum_of_parts(parts, object) }
        };
        let parts = class.parts.filter(is_right);
        let mut goes_on = ControlFlow::Continue(());
        let mut show = |walk: &mut Self, way: &[_], edge| {
            let (kind, name) = walk.file.strings.edge_name(way);
            // SAFETY: edges of an object lead to objects.
            let to = unsafe { walk.number_of(edge) };
            goes_on = walk.file.edge(kind, name, to);
            goes_on
        };
        match parts {
            Some(parts) => {
                let sink = |way: &[_], edge: *const u8| {
                    if edge.addr() < FIRST_EDGE_ADDRESS {
                        ControlFlow::Continue(())
                    } else {
                        show(self, way, edge)
                    }
                };
                // SAFETY: the caller's duty.
                unsafe { Parts::walk(object, parts, sink) }
            }
            // SAFETY: as above.
            None => unsafe {
                each_edge(class, object, |edge| _ = show(self, &[], edge));
            },
        }
        goes_on
    }
}

/// Whether objects of a class are what weak pointers point to, if types are told apart.
fn is_of_handles(class: &Class) -> bool {
    (class.name)() == type_name::<Handle>()
}

/// How many edges, and the sum of their addresses.
type Sum = (u64, usize);

/// # Safety
///
/// `object` is an object of the class; the world is stopped.
unsafe fn sum_of_edges(class: &Class, object: *const u8) -> Sum {
    let mut sum = (0, 0);
    // SAFETY: the caller's duty.
    unsafe { each_edge(class, object, |edge| add(&mut sum, edge)) };
    sum
}

/// # Safety
///
/// `parts` is of the object's type; the world is stopped.
unsafe fn sum_of_parts(parts: PartsFn, object: *const u8) -> Sum {
    let mut sum = (0, 0);
    let sink = |_: &[_], edge: *const u8| {
        if edge.addr() >= FIRST_EDGE_ADDRESS {
            add(&mut sum, edge);
        }
        ControlFlow::Continue(())
    };
    // SAFETY: the caller's duty.
    unsafe { Parts::walk(object, parts, sink) };
    sum
}

fn add((n, addresses): &mut Sum, edge: *const u8) {
    *n += 1;
    *addresses = addresses.wrapping_add(edge.addr());
}
