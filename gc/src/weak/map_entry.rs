//! [`WeakMapEntry`].

use core::fmt;

use super::WeakMap;
use crate::mutator::Mutation;
use crate::pointer::Gc;
use crate::trace::Trace;

/// The place of a key in a [`WeakMap`]: made by [`WeakMap::entry`].
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, WeakMap, WeakMapEntry};
///
/// fn name<'gc>(entry: WeakMapEntry<'_, 'gc, u64, String>) -> &'gc str {
///     let number = *entry.key();
///     entry.or_insert_with(|| number.to_string())
/// }
///
/// Heap::new().mutate(|mc| {
///     let (mut names, seven) = (WeakMap::new(), Gc::new(mc, 7));
///     assert_eq!(name(names.entry(mc, seven)), "7");
/// });
/// ```
#[expect(explicit_outlives_requirements, reason = "makes `dyn Trait` default to the brand")]
pub struct WeakMapEntry<'m, 'gc, K: ?Sized + 'gc, V> {
    map: &'m mut WeakMap<'gc, K, V>,
    mc: &'m Mutation<'gc>,
    key: Gc<'gc, K>,
}

impl<'m, 'gc, K: ?Sized + Trace<'gc>, V: Trace<'gc>> WeakMapEntry<'m, 'gc, K, V> {
    pub(super) fn new(map: &'m mut WeakMap<'gc, K, V>, mc: &'m Mutation<'gc>, key: Gc<'gc, K>) -> Self {
        Self { map, mc, key }
    }

    /// The key.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut map, key) = (WeakMap::<_, String>::new(), Gc::new(mc, 7));
    ///     assert!(Gc::ptr_eq(map.entry(mc, key).key(), key));
    /// });
    /// ```
    pub fn key(&self) -> Gc<'gc, K> {
        self.key
    }

    /// The value, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut map, key) = (WeakMap::<_, String>::new(), Gc::new(mc, 7));
    ///     assert_eq!(map.entry(mc, key).get(), None);
    /// });
    /// ```
    pub fn get(&self) -> Option<&'gc V> {
        self.map.get(self.key)
    }

    /// The value, for the whole mutation; `value` becomes it if there is none.
    ///
    /// # Panics
    ///
    /// As [`WeakMap::insert`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut map, key) = (WeakMap::new(), Gc::new(mc, 7));
    ///     assert_eq!(map.entry(mc, key).or_insert("seven"), &"seven");
    ///     assert_eq!(map.entry(mc, key).or_insert("7"), &"seven");
    /// });
    /// ```
    #[track_caller]
    pub fn or_insert(self, value: V) -> &'gc V {
        match self.get() {
            Some(known) => known,
            None => self.map.put(self.mc, self.key, value).0,
        }
    }

    /// The value, for the whole mutation; what `make` gives becomes it if there is none.
    ///
    /// # Panics
    ///
    /// As [`WeakMap::insert`]. If `make` panics the map is unchanged.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut map, key) = (WeakMap::new(), Gc::new(mc, 7));
    ///     assert_eq!(map.entry(mc, key).or_insert_with(|| key.to_string()), "7");
    /// });
    /// ```
    #[track_caller]
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'gc V {
        match self.get() {
            Some(known) => known,
            None => self.map.put(self.mc, self.key, make()).0,
        }
    }
}

impl<K: ?Sized, V> fmt::Debug for WeakMapEntry<'_, '_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WeakMapEntry({:p})", Gc::as_ptr(self.key))
    }
}
