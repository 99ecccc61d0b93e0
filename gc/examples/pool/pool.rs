//! The pool: connections that are lent, and come back when nobody has them any more.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gc::{Gc, GcCell, GcRefCell, GcRwLock, Heap, Mutation, Root, Trace};

/// An error of a worker: `heap.collect()` and `heap.wait_for_pending()` have two types of them.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// A connection of some library. The type is plain, so it may have a destructor, which closes it.
#[derive(Trace)]
pub(crate) struct Connection {
    requests: GcCell<u64>,
    closed: Arc<AtomicUsize>,
}

impl Connection {
    /// Answers a request.
    pub(crate) fn ask(&self, mc: &Mutation<'_>, number: u64) -> u64 {
        self.requests.fetch_add(mc, 1);
        number * number
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Relaxed: a number, which is read when the heap, and with it every destructor, has ended.
        self.closed.fetch_add(1, Ordering::Relaxed);
    }
}

/// What is lent: it has the finalizer, which brings the connection back.
///
/// It leads to the connection only. An object with a finalizer on a cycle would never be finalized, so it is not the session
/// that has one.
#[derive(Trace)]
pub(crate) struct Lease<'gc> {
    connection: Gc<'gc, Connection>,
}

/// What a worker works with. Its log leads back to it.
#[derive(Trace)]
pub(crate) struct Session<'gc> {
    lease: Gc<'gc, Lease<'gc>>,
    log: GcRefCell<Vec<(Gc<'gc, Session<'gc>>, u64)>>,
}

impl<'gc> Session<'gc> {
    /// Asks the connection, and writes it down.
    pub(crate) fn ask(this: Gc<'gc, Self>, mc: &Mutation<'gc>, number: u64) -> u64 {
        let answer = this.lease.connection.ask(mc, number);
        this.log.borrow_mut(mc).push((this, answer));
        answer
    }
}

/// Connections that nobody has.
#[derive(Trace)]
pub(crate) struct Pool<'gc> {
    idle: GcRwLock<Vec<Gc<'gc, Connection>>>,
    opened: GcCell<usize>,
    limit: usize,
    closed: Arc<AtomicUsize>,
}

impl<'gc> Pool<'gc> {
    /// A pool of that many connections at most; `closed` counts those that are closed.
    pub(crate) fn new(mc: &Mutation<'gc>, limit: usize, closed: Arc<AtomicUsize>) -> Gc<'gc, Self> {
        Gc::new(mc, Self { idle: GcRwLock::default(), opened: GcCell::new(0), limit, closed })
    }

    /// How many connections were opened.
    pub(crate) fn opened(&self) -> usize {
        self.opened.get()
    }

    /// How many requests the connections have answered that are in the pool.
    pub(crate) fn requests(&self, mc: &Mutation<'gc>) -> Vec<u64> {
        self.idle.read(mc).iter().map(|connection| connection.requests.get()).collect()
    }

    /// An idle connection, or a new one if there may be another.
    fn connection(&self, mc: &Mutation<'gc>) -> Option<Gc<'gc, Connection>> {
        let mut idle = self.idle.write(mc);
        if idle.is_empty() && self.opened.get() < self.limit {
            self.opened.fetch_add(mc, 1);
            idle.push(Gc::new(mc, Connection { requests: GcCell::new(0), closed: Arc::clone(&self.closed) }));
        }
        idle.pop()
    }
}

/// A session that has a connection for as long as anybody has the session. It is not given back by any call.
pub(crate) fn lend(heap: &Heap, pool: &Root<Pool<'static>>) -> Result<Root<Session<'static>>, Failure> {
    loop {
        let session: Option<Root<Session<'static>>> = heap.mutate(|mc| {
            let lease = Gc::new(mc, Lease { connection: pool.get(mc).connection(mc)? });
            let home = pool.clone();
            mc.set_finalizer_in(lease, move |mc, lease| home.get(mc).idle.write(mc).push(lease.connection))
                .expect("the lease is new");
            Some(mc.root(Gc::new(mc, Session { lease, log: GcRefCell::default() })))
        });
        if let Some(session) = session {
            return Ok(session);
        }
        // Those that nobody has any more are found by a collection, outside of the mutation.
        heap.collect()?;
        heap.wait_for_pending()?;
    }
}
