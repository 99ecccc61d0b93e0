//! Who serves packages, and forgets to forget.

use gc::{Gc, GcRefCell, Mutation, Trace, WeakRoot};

use crate::packages::{Package, Packages};

#[derive(Trace)]
pub(crate) struct Server<'gc> {
    packages: Gc<'gc, Packages<'gc>>,
    /// Sessions that are open.
    open: GcRefCell<Vec<Gc<'gc, Session<'gc>>>>,
    /// Sessions that are to be told when a package changes. The leak: nobody takes them out.
    listeners: GcRefCell<Vec<Gc<'gc, Session<'gc>>>>,
}

/// A client's.
#[derive(Trace)]
pub(crate) struct Session<'gc> {
    server: Gc<'gc, Server<'gc>>,
    looks_at: Gc<'gc, Package<'gc>>,
    /// What the client has seen.
    seen: GcRefCell<Vec<String>>,
}

impl<'gc> Server<'gc> {
    pub(crate) fn new(mc: &Mutation<'gc>, packages: Gc<'gc, Packages<'gc>>) -> Gc<'gc, Self> {
        Gc::new(mc, Self { packages, open: GcRefCell::default(), listeners: GcRefCell::default() })
    }

    pub(crate) fn open(this: Gc<'gc, Self>, mc: &Mutation<'gc>, client: usize) -> Gc<'gc, Session<'gc>> {
        let all = &this.packages.all;
        let looks_at = all[client % all.len()];
        let session = Gc::new(mc, Session { server: this, looks_at, seen: GcRefCell::default() });
        this.open.borrow_mut(mc).push(session);
        // A client in a hundred wants to hear of changes.
        if client.is_multiple_of(100) {
            this.listeners.borrow_mut(mc).push(session);
        }
        session
    }

    /// The session that was last to listen.
    pub(crate) fn last_session(
        this: Gc<'gc, Self>,
        mc: &Mutation<'gc>,
    ) -> Option<WeakRoot<Session<'static>>> {
        let last = this.listeners.borrow(mc).last().copied()?;
        Some(WeakRoot::new(mc, Gc::downgrade(last, mc)))
    }
}

impl<'gc> Session<'gc> {
    /// Notes the names of what is near.
    pub(crate) fn look_around(&self, mc: &Mutation<'gc>) {
        let near = [&self.looks_at.needs, &self.looks_at.needed_by];
        let names = near.into_iter().flat_map(|edges| edges.get().into_iter().flatten());
        self.seen.borrow_mut(mc).extend(names.map(|package| package.name.clone()));
    }

    pub(crate) fn close(this: Gc<'gc, Self>, mc: &Mutation<'gc>) {
        this.server.open.borrow_mut(mc).retain(|&other| !Gc::ptr_eq(other, this));
    }
}
