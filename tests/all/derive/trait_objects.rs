//! Traits of every shape are registered with `dyn_trace!`, and their objects found, kept and rooted.

use gc::{AtBrand, Downcast, DynTrace, Gc, Heap, Root, Trace, dyn_trace};

/// Compiles for types at a brand, whose brand can be replaced.
fn rootable<'gc, T: ?Sized + AtBrand<'gc>>() {}

trait Handler<'gc, E>: DynTrace<'gc> + 'gc {
    fn handle(&self, event: E) -> u64;
}
dyn_trace!(dyn Handler<'gc, Gc<'gc, Vec<u64>>>);
dyn_trace!(dyn Handler<'gc, u64>,);

trait Store<'gc, K: Ord, V>: DynTrace<'gc> + 'gc {
    fn find(&self, key: &K) -> Option<V>;
}
dyn_trace!(for<K, V> dyn Store<'gc, K, V> where K: Ord + std::fmt::Debug + Into<Vec<u8>>, V: Clone);

trait Plugin: for<'gc> DynTrace<'gc> {
    fn number(&self) -> u64;
}
dyn_trace!(dyn Plugin);

mod inside {
    pub(super) trait Source<T>: for<'gc> gc::DynTrace<'gc> {
        fn next(&self) -> T;
    }
}
dyn_trace!(for<T> dyn inside::Source<T> where T: Clone);

#[derive(Trace)]
struct Sum<'gc>(Gc<'gc, u64>);
impl<'gc> Handler<'gc, Gc<'gc, Vec<u64>>> for Sum<'gc> {
    fn handle(&self, event: Gc<'gc, Vec<u64>>) -> u64 {
        event.iter().sum::<u64>() + *self.0
    }
}
impl<'gc> Store<'gc, String, u64> for Sum<'gc> {
    fn find(&self, key: &String) -> Option<u64> {
        (key == "sum").then_some(*self.0)
    }
}

#[derive(Trace)]
struct Seven;
impl Plugin for Seven {
    fn number(&self) -> u64 {
        7
    }
}
impl inside::Source<u64> for Seven {
    fn next(&self) -> u64 {
        8
    }
}

#[derive(Trace)]
struct Everything<'gc> {
    handler: Box<dyn Handler<'gc, Gc<'gc, Vec<u64>>>>,
    store: Gc<'gc, dyn Store<'gc, String, u64>>,
    plugin: Gc<'gc, dyn Plugin + 'static>,
    sources: Vec<Box<dyn inside::Source<u64>>>,
}

#[test]
fn objects_are_kept_by_what_holds_them() {
    fn at<'gc>(_: &'gc ()) {
        rootable::<'gc, dyn Handler<'gc, Gc<'gc, Vec<u64>>> + 'gc>();
        rootable::<'gc, dyn Handler<'gc, u64> + 'gc>();
        rootable::<'gc, dyn Store<'gc, String, String> + 'gc>();
        rootable::<'gc, dyn Plugin>();
        rootable::<'gc, Vec<Box<dyn inside::Source<String>>>>();
    }
    at(&());
    let heap = Heap::new();
    let (all, plugin): (Root<Everything<'static>>, Root<dyn Plugin>) = heap.mutate(|mc| {
        let sum = |n| Sum(Gc::new(mc, n));
        let plugin = Gc::unsize::<dyn Plugin>(Gc::new(mc, Seven), |seven| seven);
        let store = Gc::unsize::<dyn Store<'_, String, u64>>(Gc::new(mc, sum(2)), |sum| sum);
        let all = Everything { handler: Box::new(sum(1)), store, plugin, sources: vec![Box::new(Seven)] };
        (mc.root(Gc::new(mc, all)), mc.root(plugin))
    });
    // The whole, two numbers, the store and the plugin.
    assert_eq!(heap.collect().unwrap().live_objects, 5);
    heap.mutate(|mc| {
        let all = all.get(mc);
        assert_eq!(all.handler.handle(Gc::new(mc, vec![10, 20])), 31);
        assert_eq!(all.store.find(&String::from("sum")), Some(2));
        assert_eq!(all.plugin.number() + plugin.get(mc).number(), 14);
        assert_eq!(all.sources[0].next(), 8);
    });
}

trait Shape<'gc>: Downcast<'gc> + 'gc {}
dyn_trace!(dyn Shape<'gc>);

#[derive(Trace)]
struct Of<T>(T);
impl<'gc> Shape<'gc> for Of<Gc<'gc, u8>> {}
impl<'gc> Shape<'gc> for Of<Gc<'gc, i8>> {}
impl Shape<'_> for Of<u8> {}
impl<'gc> Shape<'gc> for Of<Box<dyn Shape<'gc>>> {}

/// By the type alone, of those that have the same layout, too.
#[test]
fn an_object_is_what_it_was_made_as() {
    Heap::new().mutate(|mc| {
        let object = Gc::unsize::<dyn Shape<'_>>(Gc::new(mc, Of(Gc::new(mc, 7_u8))), |of| of);
        assert_eq!(*Gc::downcast::<Of<Gc<'_, u8>>>(object).unwrap().0, 7);
        assert!(Gc::downcast::<Of<Gc<'_, i8>>>(object).is_none());
        assert!(Gc::downcast::<Of<u8>>(object).is_none());
        assert!(Gc::downcast::<Gc<'_, u8>>(object).is_none());

        let object = Gc::unsize::<dyn Shape<'_>>(Gc::new(mc, Of(8_u8)), |of| of);
        let found = Gc::downcast::<Of<u8>>(object).unwrap();
        assert_eq!((found.0, Gc::as_ptr(found).cast()), (8, Gc::as_ptr(object).cast::<u8>()));

        let inside: Box<dyn Shape<'_>> = Box::new(Of(9_u8));
        let object = Gc::unsize::<dyn Shape<'_>>(Gc::new(mc, Of(inside)), |of| of);
        assert!(Gc::downcast::<Of<Box<dyn Shape<'_>>>>(object).is_some());
    });
}
