//! What a heap tells of its pins.

use core::fmt;
use core::panic::Location;

/// An object that the program has pinned: see [`Pinned`](crate::Pinned).
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, PinnedObject};
///
/// let heap = Heap::new();
/// let pinned = heap.mutate(|mc| mc.pin(Gc::new(mc, 7_u64)));
/// let pins: Vec<PinnedObject> = heap.pins();
/// assert_eq!((pins[0].address, pins[0].count), (pinned.as_ptr().addr(), 1));
/// println!("{}", pins[0]); // u64 at 0x.., pinned at src/main.rs:4:38 (1 pin)
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PinnedObject {
    /// Address of the object.
    pub address: usize,
    /// The type at which it was pinned first.
    pub type_name: &'static str,
    /// Where that was.
    pub pinned: &'static Location<'static>,
    /// Its pins that have not ended.
    pub count: u64,
}

impl fmt::Display for PinnedObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, type_name, pinned, count } = self;
        let pins = if *count == 1 { "pin" } else { "pins" };
        write!(f, "{type_name} at {address:#x}, pinned at {pinned} ({count} {pins})")
    }
}

/// The last handle of a heap is gone, and objects are pinned, which keep it. See
/// [`HeapBuilder::on_pins_left`](crate::HeapBuilder::on_pins_left).
///
/// # Examples
///
/// ```
/// use std::sync::mpsc::channel;
///
/// use gc::{Gc, Heap, PinsLeft};
///
/// let (told, reports) = channel();
/// let heap = Heap::builder().on_pins_left(move |left: &PinsLeft| told.send(left.clone()).unwrap()).build();
/// let pinned = heap.mutate(|mc| mc.pin(Gc::new(mc, 7_u64)));
/// drop(heap); // does not end: it is pinned
/// assert_eq!(reports.recv().unwrap().objects.len(), 1);
/// # drop(pinned);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PinsLeft {
    /// The heap, as messages name it.
    pub heap: String,
    /// The objects, by address.
    pub objects: Vec<PinnedObject>,
}

impl fmt::Display for PinsLeft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { heap, objects } = self;
        write!(f, "the last handle of {heap} is gone, and {} of its objects are pinned: ", objects.len())?;
        objects.iter().enumerate().try_for_each(|(index, object)| {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{object}")
        })
    }
}
