//! Where in a value its edges lie, in words: for reports.
//!
//! A value is walked by [`Trace::trace_parts`] with a [`Parts`], which keeps the way from the object to the part that is being
//! looked at, and hands out every edge with it. A type that says nothing of its parts is traced as ever, and its edges lie
//! where it lies. So the words are never needed for anything but reports, and what they say of an object that a report does
//! not name is never asked.
//!
//! What it costs who never asks: a function for each type with edges, of a few instructions for each field that has some,
//! which nothing but the type's descriptor names. Leaves have none.
//!
//! Nothing recurses without bound: parts nest at most [`MAX_DEPTH`] calls deep, the rest is put off, and looked at from the
//! loop in [`Parts::walk`].

use core::fmt;
use core::ops::ControlFlow;

use super::conditional::Conditional;
use super::{Trace, Tracer};
use crate::retaining_path::Step;

/// Parts that are looked at by recursion before the rest is put off.
const MAX_DEPTH: u32 = 32;
/// Steps of a way that is put off; what is beyond has no name.
const MAX_STEPS: usize = 64;

/// Walks the parts of the value at the address.
pub(crate) type PartsFn = unsafe fn(*const u8, &mut Parts<'_>);

/// Takes the edges of a walk, each with the way to it, and says whether it wants more.
type Sink<'w> = dyn FnMut(&[Step], *const u8) -> ControlFlow<()> + 'w;

/// Receives what [`Trace::trace_parts`] says of the parts of a value.
///
/// As a [`Tracer`] it is made by the collector only, while no thread is inside a mutation.
///
/// # Examples
///
/// ```
/// use gc::implement::Parts;
/// use gc::{Gc, Trace};
///
/// /// What a pair that wrote its `Trace` by hand would do.
/// fn parts<'gc>(pair: &(Gc<'gc, String>, Vec<Gc<'gc, String>>), parts: &mut Parts<'_>) {
///     parts.field("name", &pair.0);
///     parts.field("aliases", &pair.1); // whose elements follow
/// }
/// ```
pub struct Parts<'w> {
    sink: &'w mut Sink<'w>,
    /// From the object to the value that is being looked at.
    way: Vec<Step>,
    /// Calls of [`enter`](Self::enter) that are active.
    depth: u32,
    put_off: Vec<PutOff>,
    tracer: Tracer,
    /// Whether the sink wants no more.
    is_over: bool,
}

/// A part that lies too deep.
struct PutOff {
    way: Vec<Step>,
    at: *const u8,
    parts: PartsFn,
}

impl Parts<'_> {
    /// Hands out the edges of the value at an address, until `sink` breaks.
    ///
    /// # Safety
    ///
    /// `parts` is of the type of the value, and nobody changes that meanwhile: the world is stopped.
    ///
    /// # Panics
    ///
    /// A `Trace` implementation panics.
    pub(crate) unsafe fn walk(
        at: *const u8,
        parts: PartsFn,
        mut sink: impl FnMut(&[Step], *const u8) -> ControlFlow<()>,
    ) {
        let mut walk = Parts {
            sink: &mut sink,
            way: Vec::new(),
            depth: 0,
            put_off: vec![PutOff { way: Vec::new(), at, parts }],
            tracer: Tracer::new(),
            is_over: false,
        };
        while !walk.is_over
            && let Some(PutOff { way, at, parts }) = walk.put_off.pop()
        {
            walk.way = way;
            // SAFETY: the caller's duty; what was put off is part of the value.
            unsafe { parts(at, &mut walk) };
        }
    }

    /// A field, and what is in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::Gc;
    /// use gc::implement::Parts;
    ///
    /// fn parts<'gc>(name: &Gc<'gc, String>, parts: &mut Parts<'_>) {
    ///     parts.field("name", name);
    /// }
    /// ```
    #[inline]
    pub fn field<'gc, T: Trace<'gc>>(&mut self, name: &'static str, value: &T) {
        self.step(Step::Field(name), value);
    }

    /// All elements of a sequence, by their numbers.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::Gc;
    /// use gc::implement::Parts;
    ///
    /// fn parts<'gc>(names: &Vec<Gc<'gc, String>>, parts: &mut Parts<'_>) {
    ///     parts.elements(names);
    /// }
    /// ```
    pub fn elements<'v, 'gc, T: Trace<'gc> + 'v>(&mut self, elements: impl IntoIterator<Item = &'v T>) {
        if const { are_parts::<T>() } {
            for (index, element) in elements.into_iter().enumerate() {
                if self.is_over {
                    return;
                }
                self.step(Step::Element(index), element);
            }
        }
    }

    /// As [`elements`](Self::elements), of what lies one after the other.
    pub(crate) fn slice<'gc, T: Trace<'gc>>(&mut self, elements: &[T]) {
        if const { are_parts::<T>() } {
            let extent = (elements.len(), size_of::<T>());
            // SAFETY: the elements are borrowed, and are `Ts`.
            unsafe { self.each(elements.as_ptr().cast(), extent, parts_of_value::<T>) };
        }
    }

    /// Looks at so many elements of so many bytes each. Of a type that it is not told, so that it is there once.
    ///
    /// # Safety
    ///
    /// As for [`enter`](Self::enter), of each.
    #[inline(never)]
    unsafe fn each(&mut self, first: *const u8, (len, bytes): (usize, usize), parts: PartsFn) {
        for index in 0..len {
            if self.is_over {
                return;
            }
            // SAFETY: the caller's duty.
            unsafe { self.enter(Step::Element(index), first.wrapping_add(index * bytes), parts) };
        }
    }

    /// A key of a map, or an element of a set.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use gc::Gc;
    /// use gc::implement::Parts;
    ///
    /// fn parts<'gc>(names: &BTreeMap<Gc<'gc, String>, Gc<'gc, String>>, parts: &mut Parts<'_>) {
    ///     for (key, value) in names {
    ///         parts.key(key);
    ///         parts.value(value);
    ///     }
    /// }
    /// ```
    pub fn key<'gc, T: Trace<'gc>>(&mut self, key: &T) {
        self.step(Step::Key, key);
    }

    /// A value of a map.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use gc::Gc;
    /// use gc::implement::Parts;
    ///
    /// fn parts<'gc>(names: &BTreeMap<u64, Gc<'gc, String>>, parts: &mut Parts<'_>) {
    ///     names.values().for_each(|name| parts.value(name));
    /// }
    /// ```
    pub fn value<'gc, T: Trace<'gc>>(&mut self, value: &T) {
        self.step(Step::Value, value);
    }

    /// All that [`Trace::trace`] reports of a value, with no more words: what a type does that says nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::Gc;
    /// use gc::implement::Parts;
    ///
    /// fn parts<'gc>(names: &[Gc<'gc, String>], parts: &mut Parts<'_>) {
    ///     parts.whole(names); // all of them, and nobody says which is which
    /// }
    /// ```
    pub fn whole<'gc, T: ?Sized + Trace<'gc>>(&mut self, value: &T) {
        if self.is_over {
            return;
        }
        if const { !T::TAIL && T::MASK.fits() } {
            // SAFETY: the mask says all, and its words are in the value (duty 2 of `Trace`).
            unsafe { self.words(core::ptr::from_ref(value).cast(), const { &T::MASK.words() }) };
        } else if const { !T::LEAF } {
            value.trace(&mut self.tracer);
            self.hand_out();
        }
    }

    /// The edges in some words of the value at the address. Of a type that it is not told, so that it is there once.
    ///
    /// # Safety
    ///
    /// As for [`Tracer::masked`].
    #[inline(never)]
    unsafe fn words(&mut self, at: *const u8, words: &[u64; 4]) {
        // SAFETY: the caller's duty.
        unsafe { self.tracer.masked_at(at, *words) };
        self.hand_out();
    }

    /// A field that is an edge, if there is one.
    pub(crate) fn edge(&mut self, name: &'static str, edge: Option<*const u8>) {
        if let (Some(edge), false) = (edge, self.is_over) {
            self.way.push(Step::Field(name));
            self.is_over = (self.sink)(&self.way, edge).is_break();
            self.way.pop();
        }
    }

    /// The variant of an enum, whose fields follow.
    pub(super) fn variant(&mut self, name: &'static str) {
        self.way.push(Step::Variant(name));
    }

    /// As [`field`](Self::field), of a type that may have no size, and in which nothing has a name.
    pub(super) fn whole_field<'gc, T: ?Sized + Trace<'gc>>(&mut self, name: &'static str, value: &T) {
        self.way.push(Step::Field(name));
        self.whole(value);
        self.way.pop();
    }

    #[inline]
    fn step<'gc, T: Trace<'gc>>(&mut self, step: Step, value: &T) {
        if const { !T::LEAF } {
            // SAFETY: the value is borrowed, and a `T`.
            unsafe { self.enter(step, core::ptr::from_ref(value).cast(), parts_of_value::<T>) };
        }
    }

    /// Looks at a part now, or later if calls nest too deep. Of a type that it is not told, so that it is there once.
    ///
    /// # Safety
    ///
    /// At the address is a value of the type that `parts` is of, a part of the one that [`walk`](Self::walk) is told of.
    #[inline(never)]
    unsafe fn enter(&mut self, step: Step, at: *const u8, parts: PartsFn) {
        let before = self.way.len();
        if self.is_over {
            return;
        }
        self.way.push(step);
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            // SAFETY: the caller's duty.
            unsafe { parts(at, self) };
            self.depth -= 1;
        } else {
            let mut way = self.way.clone();
            if way.len() > MAX_STEPS {
                way.truncate(MAX_STEPS);
                way.push(Step::Unnamed);
            }
            self.put_off.push(PutOff { way, at, parts });
        }
        self.way.truncate(before);
    }

    /// Hands out what the tracer was told.
    fn hand_out(&mut self) {
        loop {
            for edge in self.tracer.edges.drain(..) {
                self.is_over = self.is_over || (self.sink)(&self.way, edge).is_break();
            }
            // Who asks knows which values of ephemerons count.
            let conditional = self.tracer.conditional.drain(..).map(Conditional::due);
            self.tracer.deferred.extend(conditional);
            let Some(deferred) = self.tracer.deferred.pop() else { return };
            // SAFETY: the world is stopped: the data of the object stays as it is.
            unsafe { deferred.resume(&mut self.tracer) };
        }
    }
}

impl fmt::Debug for Parts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("way", &self.way).finish_non_exhaustive()
    }
}

/// Whether elements of a type have parts. Zero-sized ones hold no edge, and there may be as many as a number can count.
const fn are_parts<'gc, T: Trace<'gc>>() -> bool {
    !T::LEAF && size_of::<T>() != 0
}

/// [`Trace::trace_parts`] by address.
///
/// # Safety
///
/// `at` is a valid `T`.
pub(crate) unsafe fn parts_of_value<'gc, T: Trace<'gc>>(at: *const u8, parts: &mut Parts<'_>) {
    // SAFETY: the caller's duty.
    unsafe { &*at.cast::<T>() }.trace_parts(parts);
}
