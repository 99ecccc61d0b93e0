//! Objects that point to themselves from their birth.
use gc::{Gc, GcOnce, Heap, Mutation, Trace};

#[derive(Trace)]
struct Node<'gc> {
    name: &'static str,
    me: Gc<'gc, GcOnce<Node<'gc>>>,
    children: Vec<Gc<'gc, Node<'gc>>>,
}

fn node<'gc>(mc: &Mutation<'gc>, name: &'static str, depth: u32) -> Gc<'gc, Node<'gc>> {
    Gc::new_cyclic(mc, |me| {
        let children = (0..depth).map(|child| node(mc, name, child)).collect();
        assert!(me.get().is_none());
        Node { name, me, children }
    })
}

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| mc.root(node(mc, "node", 4)));
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let node = root.get(mc);
        let me: &Node<'_> = Gc::as_ref(node).me.get().unwrap();
        assert!(std::ptr::eq(me, &*node) && me.children.len() == 4 && me.name == "node");
    });
}
