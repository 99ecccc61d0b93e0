//! `Gc` behaves as its contents do, and `project` gives parts of an object and nothing else.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use gc::{ByAddress, DynTrace, Gc, GcCell, Heap, Root, Trace, dyn_trace};
use tests::canary::{Canary, Ledger};
use tests::{panic_of, panic_place};

fn heap() -> Heap {
    tests::on_request().build()
}

trait Number<'gc>: DynTrace<'gc> + 'gc {
    fn number(&self) -> u64;
}
dyn_trace!(dyn Number<'gc>);

impl Number<'_> for u64 {
    fn number(&self) -> u64 {
        *self
    }
}

#[derive(Trace)]
struct Parts<'gc> {
    number: u64,
    array: [u64; 10],
    text: String,
    list: Vec<u64>,
    boxed: Box<u64>,
    unit: (),
    other: Option<Gc<'gc, u64>>,
}

fn parts<'gc>(other: Option<Gc<'gc, u64>>) -> Parts<'gc> {
    let array = core::array::from_fn(|at| at as u64);
    let (text, list, boxed) = ("text".into(), vec![1, 2, 3], Box::new(4));
    Parts { number: 11, array, text, list, boxed, unit: (), other }
}

#[test]
fn parts_can_be_projected() {
    heap().mutate(|mc| {
        let whole = Gc::new(mc, parts(None));
        assert_eq!(*Gc::project(whole, |whole| &whole.number), 11);
        assert_eq!(*Gc::project(whole, |whole| &whole.array[9]), 9);
        assert_eq!(*Gc::project::<[u64]>(whole, |whole| &whole.array), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(*Gc::project(whole, |whole| &whole.array[3..5]), [3, 4]);
        assert_eq!(Gc::project::<dyn Number<'_>>(whole, |whole| &whole.array[4]).number(), 4);
        assert_eq!(*Gc::project(whole, |whole| &whole.text), "text");
        // Of the whole, of a part of a part, of a string.
        assert!(Gc::ptr_eq(Gc::project(whole, |whole| whole), whole));
        let tail = Gc::project(whole, |whole| &whole.array[5..]);
        assert_eq!(*Gc::project(tail, |tail| &tail[4]), 9);
        assert_eq!(&*Gc::project(Gc::str(mc, "one two"), |text| &text[4..]), "two");
        assert_eq!(*Gc::project(Gc::new(mc, ()), |unit| unit), ());
        assert_eq!(Gc::project(whole, |whole| &whole.array[2..2]).len(), 0);
    });
}

#[test]
fn what_is_no_part_cannot_be_projected() {
    static ELSEWHERE: u64 = 1;
    heap().mutate(|mc| {
        let whole = Gc::new(mc, parts(Some(Gc::new(mc, 5))));
        let refused =
            |text: String| assert!(text.contains("Gc::project") && text.contains("Box, Vec"), "{text}");
        refused(panic_of(|| Gc::project(whole, |_| &ELSEWHERE).number()));
        refused(panic_of(|| Gc::project(whole, |_| &()).number_of_units()));
        refused(panic_of(|| Gc::project(whole, |whole| &*whole.boxed).number()));
        refused(panic_of(|| Gc::project(whole, |whole| &whole.list[0]).number()));
        refused(panic_of(|| Gc::project(whole, |whole| &whole.list[..]).len()));
        refused(panic_of(|| Gc::project(whole, |whole| whole.text.as_str()).len()));
        refused(panic_of(|| Gc::project(whole, |whole| Gc::as_ref(whole.other.unwrap())).number()));
        refused(panic_of(|| Gc::project(whole, |_| Box::leak(Box::new(3_u64))).number()));
        refused(panic_of(|| Gc::project::<dyn Number<'_>>(whole, |_| &ELSEWHERE).number()));
        let _ = &whole.unit;
    });
}

trait Units {
    fn number_of_units(&self) -> usize;
}
impl Units for Gc<'_, ()> {
    fn number_of_units(&self) -> usize {
        1
    }
}

#[test]
fn pointers_to_parts_keep_the_object() {
    #[derive(Trace)]
    struct Holder<'gc> {
        element: Gc<'gc, u64>,
        text: GcCell<Gc<'gc, Canary>>,
        slice: Gc<'gc, [u64]>,
        object: Gc<'gc, dyn Number<'gc>>,
    }
    let (heap, ledger) = (heap(), Ledger::new(4));
    let holder: Root<Holder<'static>> = heap.mutate(|mc| {
        let make = || Gc::new(mc, ([7_u64; 100], ledger.canary()));
        mc.root(Gc::new(
            mc,
            Holder {
                element: Gc::project(make(), |whole| &whole.0[99]),
                text: GcCell::new(Gc::project(make(), |whole| &whole.1)),
                slice: Gc::project(make(), |whole| &whole.0[98..]),
                object: Gc::project::<dyn Number<'_>>(make(), |whole| &whole.0[1]),
            },
        ))
    });
    for _ in 0..2 {
        assert_eq!(heap.collect().unwrap().live_objects, 5);
        ledger.assert_all_alive();
        heap.mutate(|mc| {
            let holder = holder.get(mc);
            assert_eq!((*holder.element, &*holder.slice, holder.object.number()), (7, &[7, 7][..], 7));
            holder.text.get().id();
        });
    }
    drop(holder);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

#[test]
fn unsize_is_of_the_whole() {
    heap().mutate(|mc| {
        let array = Gc::new(mc, [1_u64, 2]);
        let slice = Gc::unsize::<[u64]>(array, |array| array);
        assert_eq!(Gc::as_ptr(slice).cast::<u64>(), Gc::as_ptr(array).cast());
        let object = Gc::unsize::<dyn Number<'_>>(Gc::new(mc, 3_u64), |number| number);
        assert_eq!(object.number(), 3);
        let (place, line) = (panic_place(|| Gc::unsize::<[u64]>(array, |array| &array[1..]).len()), line!());
        assert_eq!(place, (file!().to_owned(), line));
        let text = panic_of(|| Gc::unsize::<[u64]>(array, |array| &array[1..]).len());
        assert!(text.contains("Gc::unsize") && text.contains("Gc::project"), "{text}");
    });
}

#[test]
fn identity_is_the_address() {
    heap().mutate(|mc| {
        let (a, b) = (Gc::new(mc, 1_u64), Gc::new(mc, 1_u64));
        assert!(Gc::ptr_eq(a, a) && !Gc::ptr_eq(a, b));
        assert_eq!(Gc::as_ptr(a), std::ptr::from_ref(Gc::as_ref(a)));
        assert_eq!(a, b);
        assert_ne!(ByAddress(a), ByAddress(b));
        assert_eq!(HashSet::from([a, a, b].map(ByAddress)).len(), 2);
        assert_eq!(BTreeSet::from([b, a, b].map(ByAddress)).len(), 2);
        assert_eq!(*ByAddress(a), a);
        assert_eq!(format!("{:?}", ByAddress(a)), format!("ByAddress({a:p})"));
    });
}

#[test]
fn values_compare_and_hash_as_contents() {
    heap().mutate(|mc| {
        let (one, uno, two) = (Gc::new(mc, 1_u64), Gc::new(mc, 1_u64), Gc::new(mc, 2_u64));
        assert!(one == uno && one < two && one.max(two) == two && one.partial_cmp(&two).is_some());
        assert_eq!(HashSet::from([one, uno, two]).len(), 2);
        assert_eq!(format!("{one} {one:?} {two:>3}"), "1 1   2");
        assert_eq!(format!("{one:p}"), format!("{:p}", Gc::as_ptr(one)));
        let nan = Gc::new(mc, f64::NAN);
        assert!(nan != nan, "NaN is not itself");

        let mut ages: HashMap<Gc<'_, str>, u32> = HashMap::new();
        ages.insert(Gc::str(mc, "Ada"), 36);
        ages.insert(Gc::str(mc, "Charles"), 79);
        ages.insert(Gc::str(mc, "Ada"), 37);
        assert_eq!((ages.len(), ages.get("Ada"), ages.get("Babbage")), (2, Some(&37), None));
        let bytes: &[u8] = &[1, 2];
        let slices: HashSet<Gc<'_, [u8]>> = [Gc::from_slice(mc, bytes)].into();
        assert!(slices.contains(bytes));
        fn length(text: impl AsRef<str>) -> usize {
            text.as_ref().len()
        }
        assert_eq!(length(&*Gc::str(mc, "four")), 4);
        assert_eq!(AsRef::<str>::as_ref(&Gc::str(mc, "four")).len(), 4);
        let long: &str = Gc::as_ref(Gc::str(mc, "as long as the mutation"));
        assert_eq!(long.len(), 23);
    });
}

#[derive(Trace, Debug)]
struct Chain<'gc> {
    name: u32,
    links: gc::GcOnce<Vec<Gc<'gc, Chain<'gc>>>>,
}

fn chain<'gc>(mc: &gc::Mutation<'gc>, name: u32) -> Gc<'gc, Chain<'gc>> {
    Gc::new(mc, Chain { name, links: gc::GcOnce::new() })
}

#[test]
fn debug_ends_on_cycles() {
    heap().mutate(|mc| {
        let selfish = chain(mc, 1);
        selfish.links.set(mc, vec![selfish]).unwrap();
        let text = format!("{selfish:?}");
        assert!(text.contains(&format!("[Gc({selfish:p})]")) && text.len() < 100, "{text}");
        // The same again: nothing of the first time is left.
        assert_eq!(format!("{selfish:?}"), text);

        let ring: Vec<_> = (0..1000).map(|name| chain(mc, name)).collect();
        for (at, node) in ring.iter().enumerate() {
            node.links.set(mc, vec![ring[(at + 1) % 1000]]).unwrap();
        }
        assert!(format!("{:?}", ring[0]).len() < 1000);
        assert!(format!("{:#?}", ring[0]).contains("name: 7"));

        let deep: Vec<_> = (0..1_000_000).map(|name| chain(mc, name)).collect();
        for pair in deep.windows(2) {
            pair[0].links.set(mc, vec![pair[1]]).unwrap();
        }
        let text = format!("{:?}", deep[0]);
        assert!(text.contains("name: 7") && !text.contains("name: 8"), "{text}");
    });
}

/// A panic while something is printed leaves printing as it was.
#[test]
fn debug_recovers_from_panics() {
    #[derive(Trace)]
    struct Shy(bool);
    impl core::fmt::Debug for Shy {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            assert!(!self.0, "on purpose");
            f.write_str("Shy")
        }
    }
    heap().mutate(|mc| {
        for _ in 0..20 {
            let shy = Gc::new(mc, Shy(true));
            panic_of(|| write!(String::new(), "{shy:?}"));
        }
        let nested = Gc::new(mc, Gc::new(mc, Gc::new(mc, Shy(false))));
        assert_eq!(format!("{nested:?}"), "Shy");
    });
}

#[test]
fn objects_stay_where_they_are() {
    let heap = heap();
    let root: Root<[u64; 3]> = heap.mutate(|mc| mc.root(Gc::new(mc, [1_u64, 2, 3])));
    let before = heap.mutate(|mc| Gc::as_ptr(root.get(mc)).addr());
    heap.collect().unwrap();
    assert_eq!(heap.mutate(|mc| Gc::as_ptr(root.get(mc)).addr()), before);
}
