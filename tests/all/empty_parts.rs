//! Parts of objects that have no size: each can be projected, wherever it lies, and stands for its own object and no
//! other.

use std::sync::atomic::{AtomicUsize, Ordering};

use gc::{DynTrace, Gc, Heap, Root, Trace, dyn_trace};
use tests::canary::{Canary, Ledger};
use tests::panic_of;

fn heap() -> Heap {
    tests::on_request().build()
}

trait Unit<'gc>: DynTrace<'gc> + 'gc {
    fn answer(&self) -> u32 {
        42
    }
}
dyn_trace!(dyn Unit<'gc>);

/// Aligned more than most, and without size.
#[derive(Trace, PartialEq, Debug)]
#[repr(align(64))]
struct Wide;
impl Unit<'_> for Wide {}

/// Its last field lies behind its last byte.
#[derive(Trace)]
#[repr(C)]
struct Ends<const N: usize, T> {
    words: [u64; N],
    end: T,
}

fn ends<const N: usize, T: for<'a> Trace<'a> + PartialEq + std::fmt::Debug>(end: fn() -> T) {
    heap().mutate(|mc| {
        let whole = Gc::new(mc, Ends { words: [7; N], end: end() });
        let part = Gc::project(whole, |whole| &whole.end);
        assert_eq!(*part, end());
        let place = Gc::as_ptr(part).addr() - Gc::as_ptr(whole).addr();
        assert!(place < size_of_val(&*whole), "{place} bytes behind the start of {N} words");
        assert!(Gc::as_ptr(part).is_aligned());
    });
}

#[test]
fn a_last_field_without_size() {
    ends::<1, ()>(|| ());
    ends::<2, ()>(|| ());
    ends::<3, [u64; 0]>(|| []);
    ends::<4, [u128; 0]>(|| []);
    ends::<8, Wide>(|| Wide);
    ends::<16, Wide>(|| Wide);
    ends::<2048, ()>(|| ());
    ends::<2049, [u32; 0]>(|| []);
    heap().mutate(|mc| {
        let whole = Gc::new(mc, Ends { words: [7; 8], end: Wide });
        assert_eq!(Gc::project::<dyn Unit<'_>>(whole, |whole| &whole.end).answer(), 42);
        assert_eq!(*Gc::new_cyclic(mc, |_me| [0_u32; 0]), [0_u32; 0]);
        assert_eq!(*Gc::new_cyclic(mc, |_me| Wide), Wide);
        Gc::new_cyclic(mc, |_me| ());
    });
}

#[test]
fn the_end_of_slices_and_strings_of_every_length() {
    heap().mutate(|mc| {
        for len in (0..100).chain([127, 128, 4096, 16 << 10, 20_000]) {
            let bytes = Gc::from_slice(mc, &vec![1_u8; len]);
            let end = Gc::project(bytes, |bytes| &bytes[bytes.len()..]);
            assert_eq!(*end, [0_u8; 0]);
            // Of an end there are ends again.
            assert_eq!(Gc::project(end, |end| &end[end.len()..]).len(), 0);
            let words = Gc::from_iter(mc, (0..len).map(|_| Gc::new(mc, 1_u64)));
            assert_eq!(Gc::project(words, |words| &words[words.len()..]).len(), 0);
            let blanks = Gc::str(mc, &" ".repeat(len));
            assert_eq!(&*Gc::project(blanks, |blanks| blanks.trim_start()), "");
            assert_eq!(&*Gc::project(blanks, |blanks| blanks.trim_end()), "");
        }
        // Word by word, until nothing is left.
        let (mut rest, mut words) = (Gc::str(mc, "one two three"), 0);
        while !rest.is_empty() {
            rest =
                Gc::project(rest, |rest| rest.split_once(' ').map_or(&rest[rest.len()..], |(_, rest)| rest));
            words += 1;
        }
        assert_eq!(words, 3);
    });
}

/// The objects lie side by side in full slots, and every second one has only a pointer to its end.
#[test]
fn an_end_keeps_its_own_object() {
    let (heap, ledger) = (heap(), Ledger::new(2000));
    // With the length in front of the elements each slice fills its slot.
    const LEN: usize = (64 - 8) / size_of::<Canary>();
    let ends: Vec<Root<[Canary]>> = heap.mutate(|mc| {
        let make = || Gc::from_iter(mc, (0..LEN).map(|_| ledger.canary()));
        let end = |_| {
            make();
            mc.root(Gc::project(make(), |slice| &slice[LEN..]))
        };
        (0..100).map(end).collect()
    });
    for _ in 0..2 {
        assert_eq!(heap.collect().unwrap().live_objects, 100);
        assert_eq!(ledger.alive(), 100 * LEN);
        heap.verify();
    }
    heap.mutate(|mc| ends.iter().for_each(|end| assert!(end.get(mc).is_empty())));
    drop(ends);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

#[test]
fn weak_pointers_and_finalizers_of_an_end() {
    static RUN: AtomicUsize = AtomicUsize::new(0);
    let heap = heap();
    let (first, second) = heap.mutate(|mc| {
        let make = |_| {
            let whole = Gc::new(mc, [7_u64; 2]);
            let end = Gc::project::<[u64]>(whole, |whole| &whole[2..]);
            let finalizer = mc.set_finalizer(end, |_| {
                RUN.fetch_add(1, Ordering::Relaxed);
            });
            assert!(finalizer.is_ok());
            (mc.root(whole), mc.weak_root(Gc::downgrade(end, mc)))
        };
        // Neighbours: the end of the first is where the second begins.
        let [first, second] = [0, 1].map(make);
        (first, second)
    });
    heap.collect().unwrap();
    heap.mutate(|mc| assert!(first.1.get(mc).is_some() && second.1.get(mc).is_some()));
    drop(first.0);
    heap.collect().unwrap();
    heap.mutate(|mc| assert!(first.1.get(mc).is_none() && second.1.get(mc).is_some()));
    heap.wait_for_pending().unwrap();
    assert_eq!(RUN.load(Ordering::Relaxed), 1);
}

#[test]
fn what_lies_elsewhere_is_refused_without_size_too() {
    static NOTHING: [u64; 0] = [];
    heap().mutate(|mc| {
        let whole = Gc::new(mc, (Box::new([1_u64, 2]), Vec::<u64>::new()));
        for text in [
            panic_of(|| Gc::project(whole, |_| &NOTHING).len()),
            panic_of(|| Gc::project::<[u64]>(whole, |whole| &whole.0[2..]).len()),
            panic_of(|| Gc::project(whole, |whole| &whole.1[..]).len()),
        ] {
            assert!(text.contains("Gc::project") && text.contains("Box, Vec"), "{text}");
        }
    });
}
