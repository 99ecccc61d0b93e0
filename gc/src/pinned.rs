//! Pins: an object for code that knows no mutations.

use core::fmt;
use core::mem::ManuallyDrop;
use core::panic::Location;
use core::ptr::NonNull;

use crate::heap::{Heap, Open};
use crate::mutator::{Mutation, RootSlot};
use crate::pointer::{Gc, Root};
use crate::special::Pin;
use crate::sync::Arc;
use crate::trace::{AtBrand, RebrandDst};

/// Keeps an object, its address and its heap for code that knows no mutations: a C library, the kernel, a thread that
/// was started elsewhere.
///
/// A heap moves no object; what a pin adds to a [`Root`] is a pointer. It says nothing of other objects that this one
/// points to: pin them, too, if they are looked at. An object may be pinned any number of times. What the last pin lets
/// go of is garbage as ever.
///
/// The heap stays open, with its objects, as long as there is a pin. A pin that is forgotten keeps it for ever:
/// [`Heap::pins`] lists them, and [`HeapBuilder::on_pins_left`](crate::HeapBuilder::on_pins_left) is told of those that
/// outlive the heap's last handle.
///
/// Pinning and ending a pin take a lock, and the time to look into a hash table, about 30 ns.
///
/// (Go's `runtime.Pinner` pins any number of objects, and panics when it is garbage with pins in it. A `Pinned` is one
/// pin, and ends when it is dropped.)
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap};
///
/// /// What a C library does with bytes that it is given.
/// unsafe extern "C" fn sum(bytes: *const u8, n: usize) -> u64 {
///     // SAFETY: the duty of the caller.
///     unsafe { std::slice::from_raw_parts(bytes, n) }.iter().map(|&byte| u64::from(byte)).sum()
/// }
///
/// let heap = Heap::new();
/// let pinned = heap.mutate(|mc| mc.pin(Gc::from_slice(mc, &[1_u8, 2, 3])));
/// heap.collect()?; // the slice is nowhere but in `pinned`
/// let bytes = pinned.as_ptr();
/// // SAFETY: the slice is pinned, and nobody writes to it.
/// assert_eq!(unsafe { sum(bytes.cast(), bytes.len()) }, 6);
/// drop(pinned);
/// assert_eq!(heap.collect()?.live_objects, 0);
/// # Ok::<(), gc::CollectError>(())
/// ```
pub struct Pinned<T: ?Sized> {
    /// Into an object with a pin record, which counts this pin.
    object: NonNull<T>,
    open: Arc<Open>,
}

// SAFETY: as for `Root`: shared access to the target, from any thread.
unsafe impl<T: ?Sized + Send + Sync> Send for Pinned<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send + Sync> Sync for Pinned<T> {}

impl<'gc> Mutation<'gc> {
    /// Pins an object, or a part of one: [`Pinned`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Pinned};
    ///
    /// let heap = Heap::new();
    /// let pinned: Pinned<[u8; 4]> = heap.mutate(|mc| mc.pin(Gc::new(mc, [1_u8, 2, 3, 4])));
    /// assert_eq!(heap.collect()?.live_objects, 1);
    /// # drop(pinned);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn pin<T: ?Sized + AtBrand<'gc>>(&self, gc: Gc<'gc, T>) -> Pinned<T::Static> {
        // SAFETY: the `Gc` points into an object of this heap, which lives as long as the mutation.
        unsafe { Pinned::of(self, Root::target_of(gc)) }
    }
}

impl<T: ?Sized> Pinned<T> {
    /// # Safety
    ///
    /// `object` points into an object of the heap of the mutation, which lives as long as that.
    #[track_caller]
    unsafe fn of(mc: &Mutation<'_>, object: NonNull<T>) -> Self {
        let core = &mc.record().core;
        // Roots are made in mutations, and not under a lock.
        let mut root = Some(Root::insert(mc, object));
        let pinned = Location::caller();
        let mut make = || {
            let slot = root.take().expect("made once").into_slot();
            Pin { count: 0, slot, type_name: core::any::type_name::<T>(), pinned }
        };
        // SAFETY: the caller's duty.
        unsafe { core.memory.pin(object.cast(), &mut make) };
        let door = core.door().expect("a mutation borrows a handle");
        Self { object, open: Heap::of_door(door).open() }
    }

    /// Address of the object, or of the part of it that was pinned.
    ///
    /// What it points to may be read as long as a pin of the object exists, inside and outside of mutations, and as
    /// far as nobody writes to it meanwhile. Cells in it are the program's, which may use them in any mutation; a `Gc`
    /// in it leads to an object only while that one is kept by something.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let pinned = heap.mutate(|mc| mc.pin(Gc::new(mc, 7_u64)));
    /// // SAFETY: the object is pinned, and nobody writes to it.
    /// assert_eq!(unsafe { *pinned.as_ptr() }, 7);
    /// ```
    pub fn as_ptr(&self) -> *const T {
        self.object.as_ptr()
    }

    /// How often the object is pinned now, this pin included.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let object = Gc::new(mc, 7_u64);
    ///     let pins = [mc.pin(object), mc.pin(object)];
    ///     assert_eq!(pins[0].count(), 2);
    /// });
    /// ```
    pub fn count(&self) -> u64 {
        // SAFETY: the pin keeps the object.
        unsafe { self.open.core().memory.pin_count(self.object.cast()) }
    }

    /// Hands the pin over to foreign code, as the address of the object: it does not end before
    /// [`from_raw`](Self::from_raw) takes it back.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Pinned};
    ///
    /// let heap = Heap::new();
    /// let address = heap.mutate(|mc| mc.pin(Gc::new(mc, 7_u64))).into_raw();
    /// assert_eq!(heap.collect()?.live_objects, 1);
    /// // SAFETY: made above, of a pin of this heap and type, and taken back once.
    /// drop(unsafe { Pinned::<u64>::from_raw(&heap, address) });
    /// assert_eq!(heap.collect()?.live_objects, 0);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn into_raw(self) -> *const T {
        ManuallyDrop::new(self).object.as_ptr()
    }

    /// Takes a pin back.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Pinned};
    ///
    /// let heap = Heap::new();
    /// let address = heap.mutate(|mc| mc.pin(Gc::new(mc, 7_u64))).into_raw();
    /// assert_eq!(heap.collect()?.live_objects, 1);
    /// // SAFETY: made above, of a pin of this heap and type, and taken back once.
    /// drop(unsafe { Pinned::<u64>::from_raw(&heap, address) });
    /// assert_eq!(heap.collect()?.live_objects, 0);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    ///
    /// # Safety
    ///
    /// The pointer was made by [`into_raw`](Self::into_raw) of a pin of this heap and this type, and is taken back
    /// once.
    pub unsafe fn from_raw(heap: &Heap, object: *const T) -> Self {
        // SAFETY: `into_raw` has left a count, which is this pin's from now on.
        let open = unsafe { Arc::from_raw(Arc::as_ptr(&heap.open())) };
        // SAFETY: the address of an object.
        let object = unsafe { NonNull::new_unchecked(object.cast_mut()) };
        Self { object, open }
    }
}

impl<T: ?Sized + RebrandDst> Pinned<T> {
    /// Pins an object, or a part of one.
    ///
    /// Its type is the one that is expected, as with [`Root::new`]. Where none is written, [`Mutation::pin`] takes it from
    /// the object.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Pinned};
    ///
    /// /// What foreign code reads as long as it is there.
    /// struct Buffer {
    ///     bytes: Pinned<[u8]>,
    /// }
    ///
    /// let heap = Heap::new();
    /// let buffer = heap.mutate(|mc| Buffer { bytes: Pinned::new(mc, Gc::from_slice(mc, b"text")) });
    /// assert_eq!(heap.collect()?.live_objects, 1);
    /// assert_eq!(buffer.bytes.as_ptr().len(), 4);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn new<'gc>(mc: &Mutation<'gc>, gc: Gc<'gc, T::At<'gc>>) -> Self {
        // SAFETY: the `Gc` points into an object of this heap, which lives as long as the mutation.
        unsafe { Self::of(mc, Root::target_at(gc)) }
    }

    /// The object, at the brand of the mutation.
    ///
    /// # Panics
    ///
    /// The pin is of another heap.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let pinned = heap.mutate(|mc| mc.pin(Gc::new(mc, 7_u64)));
    /// heap.mutate(|mc| assert_eq!(*pinned.get(mc), 7));
    /// ```
    #[track_caller]
    pub fn get<'gc>(&self, mc: &Mutation<'gc>) -> Gc<'gc, T::At<'gc>> {
        let (ours, theirs) = (self.open.core(), &mc.record().core);
        assert!(
            ours.id == theirs.id,
            "Pinned::get: this pin is of {}, and the mutation of {}; a pin can be used only with the heap that it was \
             made in",
            ours.roots.describe(),
            theirs.roots.describe()
        );
        // SAFETY: an object of this heap, kept by this pin until now and by the mutation from now on.
        unsafe { Root::<T>::at_brand(self.object) }
    }
}

impl<T: ?Sized> Drop for Pinned<T> {
    fn drop(&mut self) {
        // SAFETY: this is a pin of the object.
        let last = unsafe { self.open.core().memory.unpin(self.object.cast()) };
        if let Some(pin) = last {
            // Outside of the lock, and when the record is gone: nothing keeps the object now.
            // SAFETY: the pin owned a count of the slot.
            let slot = unsafe { RootSlot::at(pin.slot) };
            // SAFETY: as above; it is not used any more.
            unsafe { slot.drop_clone() };
        }
    }
}

impl<T: ?Sized> fmt::Debug for Pinned<T> {
    /// Prints the address and the heap.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pinned({:p} of {})", self.object, self.open.core().roots.describe())
    }
}
