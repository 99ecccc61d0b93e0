//! Objects of every size and alignment keep their contents, and slots are used again.

use std::collections::HashSet;

use gc::{DynTrace, Gc, Heap, Root, Trace, dyn_trace};
use tests::canary::{Canary, Ledger};
use tests::{panic_of, panic_place};

fn heap() -> Heap {
    tests::on_request().build()
}

/// What byte `at` of object `seed` holds.
fn byte(seed: usize, at: usize) -> u8 {
    (seed.wrapping_mul(31) + at.wrapping_mul(7) + at / 251).to_le_bytes()[0]
}

fn fill(seed: usize, len: usize) -> Vec<u8> {
    (0..len).map(|at| byte(seed, at)).collect()
}

/// Values of many sizes and alignments: each is kept with its contents, aligned, and overlaps no other.
macro_rules! values {
    ($($align:literal)*) => {$({
        #[derive(Trace, Clone, Copy, PartialEq)]
        #[repr(C, align($align))]
        struct Aligned<const N: usize>([u8; N]);
        keeps_values::<Aligned<0>>($align, || Aligned([0; 0]));
        keeps_values::<Aligned<1>>($align, || Aligned([1; 1]));
        keeps_values::<Aligned<17>>($align, || Aligned([2; 17]));
        keeps_values::<Aligned<100>>($align, || Aligned([3; 100]));
        keeps_values::<Aligned<1000>>($align, || Aligned([4; 1000]));
        keeps_values::<Aligned<5000>>($align, || Aligned([5; 5000]));
        keeps_values::<Aligned<16384>>($align, || Aligned([6; 16384]));
        keeps_values::<Aligned<20000>>($align, || Aligned([7; 20000]));
    })*};
}

#[track_caller]
fn keeps_values<T>(align: usize, make: fn() -> T)
where
    T: for<'a> Trace<'a> + gc::Rebrand<Static = T> + Copy + PartialEq,
    T: for<'a> gc::Rebrand<At<'a> = T>,
{
    let keep = |heap: &Heap| -> Look {
        let root: Root<T> = heap.mutate(|mc| {
            Gc::new(mc, make());
            mc.root(Gc::new(mc, make()))
        });
        Box::new(move |heap| heap.mutate(|mc| (Gc::as_ptr(root.get(mc)).addr(), *root.get(mc) == make())))
    };
    keeps(align, size_of::<T>(), &keep);
}

/// Where a value lies that is kept as long as this exists, and whether it is as it was.
type Look = Box<dyn Fn(&Heap) -> (usize, bool)>;

/// What of the above does not depend on the type, of which there are many.
#[track_caller]
fn keeps(align: usize, bytes: usize, keep: &dyn Fn(&Heap) -> Look) {
    let heap = heap();
    let looks: Vec<Look> = (0..70).map(|_| keep(&heap)).collect();
    assert_eq!(heap.collect().unwrap().live_objects, 70);
    heap.verify();
    let (mut places, unchanged): (Vec<_>, Vec<_>) = looks.iter().map(|look| look(&heap)).unzip();
    assert!(unchanged.iter().all(|&unchanged| unchanged), "{bytes} bytes have changed");
    places.sort_unstable();
    assert!(places.iter().all(|place| place % align == 0), "aligned to {align}");
    let apart = bytes.max(1);
    assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= apart), "{apart} bytes apart");
    drop(looks);
    heap.collect().unwrap();
    assert_eq!((heap.stats().objects(), heap.stats().bytes_in_use), (0, 0));
}

#[test]
fn values_of_small_alignments() {
    values!(1 2 4 8 16 32);
}

#[test]
fn values_of_large_alignments() {
    values!(64 128 256 512 1024 2048 4096);
}

/// Slices of elements that have edges or destructors, so that their length is in their slot: empty ones and long
/// ones of each alignment lie in slots of their own.
macro_rules! slices {
    ($($align:literal)*) => {$({
        #[derive(Trace)]
        #[repr(C, align($align))]
        struct Masked<'gc>(Gc<'gc, Canary>, u8);
        #[derive(Trace)]
        #[repr(C, align($align))]
        struct Empty<'gc>([Gc<'gc, Canary>; 0]);
        let (heap, ledger) = (heap(), Ledger::new(10_000));
        let mut roots: Vec<Root<[Masked<'static>]>> = Vec::new();
        let mut empty: Vec<Root<[Empty<'static>]>> = Vec::new();
        for round in 0..60 {
            heap.mutate(|mc| {
                let item = || Masked(Gc::new(mc, ledger.canary()), 7);
                let len = [0, 0, 0, 1, 2, 30][round % 6];
                Gc::from_iter(mc, (0..len).map(|_| item()));
                roots.push(mc.root(Gc::from_iter(mc, (0..len).map(|_| item()))));
                empty.push(mc.root(Gc::from_iter(mc, (0..len).map(|_| Empty([])))));
            });
        }
        let kept = 10 * (1 + 2 + 30);
        for _ in 0..2 {
            let stats = heap.collect().unwrap();
            heap.verify();
            assert_eq!(ledger.alive(), kept, "alignment {}", $align);
            assert_eq!(stats.live_objects, (kept + roots.len() + empty.len()) as u64, "alignment {}", $align);
        }
        heap.mutate(|mc| {
            let mut places = HashSet::new();
            for root in &roots {
                let slice = root.get(mc);
                assert_eq!(Gc::as_ptr(slice).cast::<u8>().addr() % $align, 0);
                assert!(places.insert(Gc::as_ptr(slice).cast::<u8>().addr()));
                slice.iter().for_each(|item| assert!(ledger.is_alive(item.0.id()) && item.1 == 7));
            }
            for root in &empty {
                assert!(places.insert(Gc::as_ptr(root.get(mc)).cast::<u8>().addr()));
            }
        });
        drop((roots, empty));
        heap.collect().unwrap();
        ledger.assert_all_dropped();
        assert_eq!((heap.stats().objects(), heap.stats().bytes_in_use), (0, 0));
    })*};
}

#[test]
fn slices_of_every_alignment_empty_ones_too() {
    slices!(8 16 32 64 128 256);
    slices!(512 1024 2048 4096);
}

/// Leaf slices of doubling sizes, in slots, spans and arenas of their own.
#[test]
fn slices_from_nothing_to_256_mib() {
    let heap = heap();
    let mut roots: Vec<(usize, Root<[u8]>)> = Vec::new();
    let sizes: Vec<usize> = (0..=26).flat_map(|bits| [(1_usize << bits) - 1, 1 << bits]).collect();
    for &size in &sizes {
        heap.mutate(|mc| {
            let slice = Gc::from_slice(mc, &fill(size, size));
            roots.push((size, mc.root(slice)));
        });
    }
    assert_eq!(heap.collect().unwrap().live_objects, sizes.len() as u64);
    heap.verify();
    heap.mutate(|mc| {
        for (size, root) in &roots {
            let slice = root.get(mc);
            assert_eq!(slice.len(), *size);
            assert!(slice.iter().enumerate().all(|(at, &b)| b == byte(*size, at)), "{size} bytes are kept");
        }
    });
    drop(roots);
    heap.collect().unwrap();

    const HUGE: usize = 256 << 20;
    let root: Root<[u64]> = heap.mutate(|mc| mc.root(Gc::from_iter(mc, 0..HUGE as u64 / 8)));
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let slice = root.get(mc);
        assert!((0..slice.len()).step_by(4097).all(|at| slice[at] == at as u64));
        // A root of its last element keeps it whole.
        let last: Root<u64> = mc.root(Gc::project(slice, |slice| &slice[HUGE / 8 - 1]));
        last
    });
    drop(root);
    heap.collect().unwrap();
    heap.verify();
    assert_eq!((heap.stats().objects(), heap.stats().bytes_in_use), (0, 0));
    assert!(heap.stats().bytes_reserved < HUGE, "its arena is given up");
}

/// Whichever element it is: those far behind the part of the arena that has side data, too.
#[test]
fn any_element_keeps_a_huge_slice_with_edges() {
    const N: usize = (80 << 20) / 8;
    let (heap, ledger) = (heap(), Ledger::new(4));
    for at in [0, (62 << 20) / 8, (63 << 20) / 8, N - 1] {
        let element: Root<Gc<'static, Canary>> = heap.mutate(|mc| {
            let canary = Gc::new(mc, ledger.canary());
            let slice = Gc::from_iter(mc, (0..N).map(|_| canary));
            mc.root(Gc::project(slice, |slice| &slice[at]))
        });
        assert_eq!(heap.collect().unwrap().live_objects, 2);
        heap.mutate(|mc| element.get(mc).id());
        drop(element);
        heap.collect().unwrap();
        heap.verify();
        ledger.assert_all_dropped();
    }
}

#[test]
fn slices_with_destructors() {
    let (heap, ledger) = (heap(), Ledger::new(20_000));
    for len in [0, 1, 2, 63, 64, 65, 5000] {
        let root: Root<[Canary]> =
            heap.mutate(|mc| mc.root(Gc::from_iter(mc, (0..len).map(|_| ledger.canary()))));
        heap.collect().unwrap();
        assert_eq!(ledger.alive(), len);
        heap.mutate(|mc| root.get(mc).iter().for_each(|canary| assert!(ledger.is_alive(canary.id()))));
        drop(root);
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    }
}

#[test]
fn zero_sized_values_have_addresses_and_destructors_of_their_own() {
    static DROPS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    #[derive(Trace)]
    struct Nothing;
    impl Drop for Nothing {
        fn drop(&mut self) {
            DROPS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }
    let heap = heap();
    let roots: Vec<Root<Nothing>> =
        heap.mutate(|mc| (0..1000).map(|_| mc.root(Gc::new(mc, Nothing))).collect());
    let many: Root<[Nothing]> = heap.mutate(|mc| mc.root(Gc::from_iter(mc, (0..1000).map(|_| Nothing))));
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let places: HashSet<_> = roots.iter().map(|root| Gc::as_ptr(root.get(mc))).collect();
        assert_eq!(places.len(), 1000);
        assert_eq!(many.get(mc).len(), 1000);
    });
    assert_eq!(DROPS.load(std::sync::atomic::Ordering::Relaxed), 0);
    drop((roots, many));
    heap.collect().unwrap();
    assert_eq!(DROPS.load(std::sync::atomic::Ordering::Relaxed), 2000);
    heap.mutate(|mc| assert_eq!(Gc::from_slice(mc, &[(); 1 << 20]).len(), 1 << 20));
}

#[test]
fn strings() {
    let heap = heap();
    let texts: Vec<String> = (0..300).map(|n| "grüße ".repeat(n)).collect();
    let roots: Vec<Root<str>> =
        heap.mutate(|mc| texts.iter().map(|text| mc.root(Gc::str(mc, text))).collect());
    heap.collect().unwrap();
    heap.mutate(|mc| {
        for (root, text) in roots.iter().zip(&texts) {
            assert_eq!(&*root.get(mc), text);
        }
    });
}

trait Speaks<'gc>: DynTrace<'gc> + 'gc {
    fn speak(&self) -> usize;
}
dyn_trace!(dyn Speaks<'gc>);

#[derive(Trace)]
struct Loud<'gc>(Gc<'gc, Canary>);
impl<'gc> Speaks<'gc> for Loud<'gc> {
    fn speak(&self) -> usize {
        self.0.id()
    }
}

#[derive(Trace)]
struct Quiet(Canary);
impl Speaks<'_> for Quiet {
    fn speak(&self) -> usize {
        self.0.id()
    }
}

#[test]
fn trait_objects() {
    let (heap, ledger) = (heap(), Ledger::new(10));
    let roots: Vec<Root<dyn Speaks<'static>>> = heap.mutate(|mc| {
        let loud = Gc::new(mc, Loud(Gc::new(mc, ledger.canary())));
        let quiet = Gc::new(mc, Quiet(ledger.canary()));
        let owned: Box<dyn Speaks<'_>> = Box::new(Loud(Gc::new(mc, ledger.canary())));
        let in_a_box = Gc::new(mc, Owned(owned));
        vec![
            mc.root(Gc::unsize::<dyn Speaks<'_>>(loud, |it| it)),
            mc.root(Gc::unsize::<dyn Speaks<'_>>(quiet, |it| it)),
            mc.root(Gc::unsize::<dyn Speaks<'_>>(in_a_box, |it| it)),
        ]
    });
    assert_eq!(heap.collect().unwrap().live_objects, 5);
    heap.mutate(|mc| {
        let said: Vec<_> = roots.iter().map(|root| root.get(mc).speak()).collect();
        assert_eq!(said, [0, 1, 2]);
    });
    drop(roots);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

#[derive(Trace)]
struct Owned<'gc>(Box<dyn Speaks<'gc>>);
impl<'gc> Speaks<'gc> for Owned<'gc> {
    fn speak(&self) -> usize {
        self.0.speak()
    }
}

#[test]
fn slots_are_used_again() {
    let heap = heap();
    let places = |heap: &Heap| -> HashSet<usize> {
        heap.mutate(|mc| (0..10_000_u64).map(|n| Gc::as_ptr(Gc::new(mc, [n; 4])).addr()).collect())
    };
    let first = places(&heap);
    let in_use = heap.stats().bytes_in_use;
    for _ in 0..5 {
        heap.collect().unwrap();
        let again = places(&heap);
        assert!(again.intersection(&first).count() > 9_000, "freed slots come first");
        assert!(heap.stats().bytes_in_use <= in_use, "the heap does not grow");
    }
}

#[test]
fn beyond_the_limit_there_is_an_error() {
    for min_heap_bytes in [64 << 10, 32 << 20] {
        let heap = Heap::builder().limit_bytes(1 << 20).min_heap_bytes(min_heap_bytes).build();
        let error = heap.mutate(|mc| {
            loop {
                if let Err(error) = Gc::try_new(mc, [0_u64; 8]) {
                    assert!(Gc::try_from_slice(mc, &[0_u8; 4096]).unwrap_err().is_limit());
                    assert!(Gc::try_from_iter(mc, 0..5000_u64).unwrap_err().is_limit());
                    assert!(Gc::try_str(mc, &"x".repeat(9000)).unwrap_err().is_limit());
                    let text = panic_of(|| Gc::new(mc, [0_u64; 8]));
                    assert!(text.contains("Gc::try_new") && text.contains("leave the mutation"), "{text}");
                    assert!(text.contains("1048576"), "{text}");
                    assert!(panic_of(|| Gc::from_slice(mc, &[0_u8; 4096])).contains("Gc::try_from_slice"));
                    assert!(panic_of(|| Gc::from_iter(mc, 0..5000_u64)).contains("Gc::try_from_iter"));
                    assert!(panic_of(|| Gc::str(mc, &"x".repeat(9000))).contains("Gc::try_str"));
                    break error;
                }
            }
        });
        let full = Heap::builder().limit_bytes(0).build();
        let (place, line) = (panic_place(|| full.mutate(|mc| *Gc::new(mc, 1_u64))), line!());
        assert_eq!(place, (file!().to_owned(), line));
        assert!(error.is_limit());
        assert_eq!((error.requested_bytes(), error.in_use_bytes() > 900 << 10), (64, true));
        heap.verify();
        // What the message advises: the mutation was left, and all was garbage.
        for _ in 0..5 {
            heap.mutate(|mc| (0..10_000).for_each(|n| assert_eq!(Gc::new(mc, [n; 8])[7], n)));
            heap.mutate(|mc| while Gc::try_new(mc, [0_u64; 8]).is_ok() {});
        }
        assert!(heap.stats().bytes_in_use <= 1 << 20);
    }
}

/// A slice that cannot be made drops its items.
#[test]
fn what_does_not_fit_is_dropped() {
    let (heap, ledger) = (Heap::builder().limit_bytes(1 << 15).build(), Ledger::new(200_000));
    heap.mutate(|mc| {
        assert!(Gc::try_from_iter(mc, (0..100_000).map(|_| ledger.canary())).is_err());
        ledger.assert_all_dropped();
        assert!(Gc::try_new(mc, (ledger.canary(), [0_u8; 1 << 16])).is_err());
        ledger.assert_all_dropped();
    });
}
