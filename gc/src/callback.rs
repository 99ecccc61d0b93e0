//! Code of the program that a heap runs by itself, and what becomes of a panic in it.

use core::any::Any;
use core::fmt;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

/// Which code of the program.
///
/// # Examples
///
/// ```
/// use gc::CallbackKind;
///
/// // To count panics of destructors apart, say.
/// let heap = gc::Heap::builder().on_panic(|panic| match panic.kind() {
///     CallbackKind::Destructor => eprintln!("a `Drop` is wrong: {panic}"),
///     kind => eprintln!("a {kind} has failed: {panic}"),
/// });
/// # drop(heap);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallbackKind {
    /// The destructor of an object.
    Destructor,
    /// A finalizer.
    Finalizer,
    /// A cleanup.
    Cleanup,
}

impl fmt::Display for CallbackKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Destructor => "destructor",
            Self::Finalizer => "finalizer",
            Self::Cleanup => "cleanup",
        })
    }
}

/// A panic of a destructor, finalizer or cleanup, which was caught. See
/// [`HeapBuilder::on_panic`](crate::HeapBuilder::on_panic).
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use gc::{CallbackPanic, Gc, Heap};
///
/// let (told, panics) = channel();
/// let heap = Heap::builder().on_panic(move |panic: &CallbackPanic<'_>| told.send(panic.to_string()).unwrap()).build();
/// heap.mutate(|mc| _ = mc.add_cleanup(Gc::new(mc, 7), (), |()| panic!("no such file")));
/// heap.collect()?;
/// assert!(panics.recv()?.ends_with("panicked: no such file"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct CallbackPanic<'p> {
    pub(crate) kind: CallbackKind,
    pub(crate) heap: &'p str,
    pub(crate) payload: &'p (dyn Any + Send),
}

impl<'p> CallbackPanic<'p> {
    /// What has panicked.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    ///
    /// use gc::{CallbackKind, Gc, Heap};
    ///
    /// let (told, panics) = channel();
    /// let heap = Heap::builder().on_panic(move |panic| told.send(panic.kind()).unwrap()).build();
    /// heap.mutate(|mc| _ = mc.add_cleanup(Gc::new(mc, 7), (), |()| panic!("no such file")));
    /// heap.collect()?;
    /// assert_eq!(panics.recv()?, CallbackKind::Cleanup);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kind(&self) -> CallbackKind {
        self.kind
    }

    /// The heap, as messages call it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    ///
    /// use gc::{Gc, Heap};
    ///
    /// let (told, panics) = channel();
    /// let heap = Heap::builder().name("files").on_panic(move |panic| told.send(panic.heap().to_owned()).unwrap()).build();
    /// heap.mutate(|mc| _ = mc.add_cleanup(Gc::new(mc, 7), (), |()| panic!("no such file")));
    /// heap.collect()?;
    /// assert!(panics.recv()?.contains("files"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn heap(&self) -> &'p str {
        self.heap
    }

    /// What the panic was thrown with.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    ///
    /// use gc::{Gc, Heap};
    ///
    /// let (told, panics) = channel();
    /// let heap = Heap::builder().on_panic(move |panic| told.send(panic.payload().downcast_ref::<u32>().copied()).unwrap()).build();
    /// heap.mutate(|mc| _ = mc.add_cleanup(Gc::new(mc, 7), (), |()| std::panic::panic_any(404_u32)));
    /// heap.collect()?;
    /// assert_eq!(panics.recv()?, Some(404));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn payload(&self) -> &'p (dyn Any + Send) {
        self.payload
    }

    /// The message, if the panic was thrown with one.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    ///
    /// use gc::{Gc, Heap};
    ///
    /// let (told, panics) = channel();
    /// let heap = Heap::builder().on_panic(move |panic| told.send(panic.message().map(str::to_owned)).unwrap()).build();
    /// heap.mutate(|mc| _ = mc.add_cleanup(Gc::new(mc, 7), (), |()| panic!("no such file")));
    /// heap.collect()?;
    /// assert_eq!(panics.recv()?, Some("no such file".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn message(&self) -> Option<&'p str> {
        let text = self.payload.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| self.payload.downcast_ref::<&'static str>().copied())
    }
}

impl fmt::Display for CallbackPanic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} of {} panicked", self.kind, self.heap)?;
        match self.message() {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for CallbackPanic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallbackPanic({self})")
    }
}

/// Calls a hook of the program, under no lock, on a thread that has better to do than to unwind.
pub(crate) fn call_hook(hook: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(hook)) {
        discard_payload(payload);
    }
}

/// Drops what a panic was thrown with, under no lock. It is a value of the program, and may panic in turn.
pub(crate) fn discard_payload(payload: Box<dyn Any + Send>) {
    if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // It could go on like that for ever.
        core::mem::forget(next);
    }
}
