//! Elements: a tree that can be walked in both directions, changed while it is walked, and listened to.

use std::collections::HashMap;

use gc::{Gc, GcCell, GcRefCell, GcStr, Mutation, Trace, WeakGc};

use crate::listener::Listener;

/// An element. It points to its parent as it does to its children: cycles are freed, so no link has to be weak for that.
#[derive(Trace)]
pub(crate) struct Element<'gc> {
    pub(crate) name: String,
    pub(crate) text: GcCell<Option<GcStr<'gc>>>,
    parent: GcCell<Option<Gc<'gc, Element<'gc>>>>,
    children: GcRefCell<Vec<Gc<'gc, Element<'gc>>>>,
    listeners: GcRefCell<Vec<(&'static str, Gc<'gc, dyn Listener<'gc>>)>>,
}

/// What has happened, and where.
#[derive(Trace)]
pub(crate) struct Event<'gc> {
    pub(crate) kind: &'static str,
    pub(crate) target: Gc<'gc, Element<'gc>>,
}

impl<'gc> Element<'gc> {
    pub(crate) fn new(mc: &Mutation<'gc>, name: &str) -> Gc<'gc, Self> {
        let element = Self {
            name: name.to_owned(),
            text: GcCell::new(None),
            parent: GcCell::new(None),
            children: GcRefCell::default(),
            listeners: GcRefCell::default(),
        };
        Gc::new(mc, element)
    }

    /// Adds an element at the end, and takes it away from where it was.
    pub(crate) fn append(this: Gc<'gc, Self>, mc: &Mutation<'gc>, child: Gc<'gc, Self>) {
        Self::remove(child, mc);
        child.parent.set(mc, Some(this));
        this.children.borrow_mut(mc).push(child);
    }

    /// Takes an element, with all that is below it, out of the tree.
    pub(crate) fn remove(this: Gc<'gc, Self>, mc: &Mutation<'gc>) {
        if let Some(parent) = this.parent.take(mc) {
            parent.children.borrow_mut(mc).retain(|child| !Gc::ptr_eq(*child, this));
        }
    }

    /// Has a listener called for each event of a kind at this element or below it.
    pub(crate) fn listen(
        &self,
        mc: &Mutation<'gc>,
        kind: &'static str,
        listener: Gc<'gc, dyn Listener<'gc>>,
    ) {
        self.listeners.borrow_mut(mc).push((kind, listener));
    }

    /// Tells the listeners here, then those of the parent, and so on.
    pub(crate) fn dispatch(this: Gc<'gc, Self>, mc: &Mutation<'gc>, kind: &'static str) {
        let event = Event { kind, target: this };
        // The way up is fixed before the first listener is called, as in browsers: it may change the tree.
        let way: Vec<_> = std::iter::successors(Some(this), |element| element.parent.get()).collect();
        for element in way {
            // A copy, because a listener may add others here; a borrow would still be out, and `borrow_mut` panic.
            let listeners = element.listeners.borrow(mc).clone();
            for (_, listener) in listeners.into_iter().filter(|(of, _)| *of == kind) {
                listener.call(mc, &event);
            }
        }
    }

    pub(crate) fn set_text(&self, mc: &Mutation<'gc>, text: &str) {
        self.text.set(mc, Some(GcStr::new(mc, text)));
    }

    /// The element and what is below it, a line for each.
    pub(crate) fn outline(&self, mc: &Mutation<'gc>, depth: usize) -> String {
        let text = self.text.get().map_or_else(String::new, |text| format!(" {text:?}"));
        let own = format!("{:indent$}{}{text}\n", "", self.name, indent = 4 + 2 * depth);
        let below = self.children.borrow(mc);
        below.iter().fold(own, |all, child| all + &child.outline(mc, depth + 1))
    }
}

/// A document: its elements, and which of them has a name or the focus.
#[derive(Trace)]
pub(crate) struct Document<'gc> {
    pub(crate) body: Gc<'gc, Element<'gc>>,
    /// Finds elements, and keeps none: who is removed and lost vanishes from here.
    ids: GcRefCell<HashMap<String, WeakGc<'gc, Element<'gc>>>>,
    pub(crate) focus: GcCell<WeakGc<'gc, Element<'gc>>>,
}

impl<'gc> Document<'gc> {
    pub(crate) fn new(mc: &Mutation<'gc>) -> Gc<'gc, Self> {
        let (body, ids) = (Element::new(mc, "body"), GcRefCell::default());
        Gc::new(mc, Self { body, ids, focus: GcCell::new(WeakGc::dangling()) })
    }

    /// Lets an element be found by a name.
    pub(crate) fn set_id(&self, mc: &Mutation<'gc>, id: &str, element: Gc<'gc, Element<'gc>>) {
        self.ids.borrow_mut(mc).insert(id.to_owned(), Gc::downgrade(element, mc));
    }

    /// The element with a name, as long as it exists.
    pub(crate) fn by_id(&self, mc: &Mutation<'gc>, id: &str) -> Option<Gc<'gc, Element<'gc>>> {
        self.ids.borrow(mc).get(id)?.upgrade(mc)
    }
}
