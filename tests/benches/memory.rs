//! What allocation, sweeping, roots and mutations cost.
//!
//! ```text
//! cargo bench -p tests --features peers --bench memory                    everything
//! cargo bench -p tests --features peers --bench memory -- allocate roots  some sections
//! ```
//!
//! Sections: `allocate`, `others`, `calls`, `sweep`, `roots`, `mutations`, `trees`. All times are nanoseconds per
//! operation: minimum, median and maximum of the batches.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::ptr::null_mut;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use gc::{Gc, Heap, Mutation, Root, Static, Trace};
use mimalloc::MiMalloc;
use tests::table::{Sections, each, head, numbers, timed};

/// Batches of a measurement; the first is not counted.
const BATCHES: usize = 22;
/// Batches of a measurement of memory that was never touched.
const FRESH_BATCHES: usize = 10;
/// Bytes that a warm batch allocates.
const WARM_BYTES: usize = 1 << 20;
/// Bytes that a batch of fresh memory takes.
const FRESH_BYTES: usize = 4 << 20;

fn main() {
    let Some(sections) = Sections::wanted() else { return };
    head("ns per operation");
    if sections.has("allocate") {
        allocate();
    }
    if sections.has("others") {
        others();
    }
    if sections.has("calls") {
        calls();
    }
    if sections.has("sweep") {
        sweep();
    }
    if sections.has("roots") {
        roots();
    }
    if sections.has("mutations") {
        mutations();
    }
    if sections.has("trees") {
        trees();
    }
}

/// Times a batch again and again; the first run is not counted.
fn time(name: &str, n: usize, mut batch: impl FnMut()) {
    batch();
    each(name, n, (1..BATCHES).map(|_| timed(&mut batch).0));
}

/// What is allocated.
trait Kind: 'static {
    const NAME: &'static str;
    type At<'gc>: Trace<'gc>;
    fn make<'gc>(n: u64) -> Self::At<'gc>;
}

/// Numbers, found by slot size.
struct Leaf<const WORDS: usize>;

impl<const WORDS: usize> Kind for Leaf<WORDS> {
    const NAME: &'static str = "leaf";
    type At<'gc> = [u64; WORDS];
    #[inline]
    fn make<'gc>(n: u64) -> Self::At<'gc> {
        [n; WORDS]
    }
}

/// An edge and numbers, found by slot size and mask.
#[derive(Trace)]
struct Masked<'gc, const REST: usize> {
    edge: Option<Gc<'gc, u64>>,
    rest: [u64; REST],
}

impl<const REST: usize> Kind for Masked<'static, REST> {
    const NAME: &'static str = "masked";
    type At<'gc> = Masked<'gc, REST>;
    #[inline]
    fn make<'gc>(n: u64) -> Self::At<'gc> {
        Masked { edge: None, rest: [n; REST] }
    }
}

/// What only a trace function can tell from a number.
#[derive(Trace)]
enum MaybeEdge<'gc> {
    #[expect(dead_code, reason = "it makes the type one with a tail")]
    Edge(Gc<'gc, u64>),
    Number(u64),
}

/// An edge behind a tag and numbers, found by the address of the type info.
#[derive(Trace)]
struct Tailed<'gc, const REST: usize> {
    edge: MaybeEdge<'gc>,
    rest: [u64; REST],
}

impl<const REST: usize> Kind for Tailed<'static, REST> {
    const NAME: &'static str = "with tail";
    type At<'gc> = Tailed<'gc, REST>;
    #[inline]
    fn make<'gc>(n: u64) -> Self::At<'gc> {
        Tailed { edge: MaybeEdge::Number(n), rest: [n; REST] }
    }
}

/// Dropped by the sweep.
#[derive(Trace)]
struct LibraryDrop<const REST: usize> {
    owned: Option<Box<u64>>,
    rest: [u64; REST],
}

impl<const REST: usize> Kind for LibraryDrop<REST> {
    const NAME: &'static str = "with library drop";
    type At<'gc> = LibraryDrop<REST>;
    #[inline]
    fn make<'gc>(n: u64) -> Self::At<'gc> {
        LibraryDrop { owned: None, rest: [n; REST] }
    }
}

/// Has a text, of which the compiler does not know how long it is.
#[derive(Trace)]
struct Named {
    name: String,
    number: u64,
}

impl Named {
    #[inline]
    fn new(number: u64) -> Self {
        Self { name: black_box(String::new()), number }
    }
}

impl Kind for Named {
    const NAME: &'static str = "with a string";
    type At<'gc> = Self;
    #[inline]
    fn make<'gc>(n: u64) -> Self::At<'gc> {
        Self::new(n)
    }
}

/// As [`Named`], but nobody asks what it owns.
struct Untold;

impl Kind for Untold {
    const NAME: &'static str = "with a string that is not told";
    type At<'gc> = Static<Named>;
    #[inline]
    fn make<'gc>(n: u64) -> Self::At<'gc> {
        Static(Named::new(n))
    }
}

/// As [`LibraryDrop`], and it owns a box.
struct Owner;

impl Kind for Owner {
    const NAME: &'static str = "with library drop, owns a box";
    type At<'gc> = LibraryDrop<3>;
    fn make<'gc>(n: u64) -> Self::At<'gc> {
        LibraryDrop { owned: Some(Box::new(n)), rest: [n; 3] }
    }
}

/// Dropped outside of the sweep.
#[derive(Trace)]
struct UserDrop<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Drop for UserDrop<WORDS> {
    fn drop(&mut self) {
        black_box(&self.0[0]);
    }
}

impl<const WORDS: usize> Kind for UserDrop<WORDS> {
    const NAME: &'static str = "with user drop";
    type At<'gc> = UserDrop<WORDS>;
    #[inline]
    fn make<'gc>(n: u64) -> Self::At<'gc> {
        UserDrop([n; WORDS])
    }
}

fn quiet_heap() -> Heap {
    Heap::builder().automatic(false).build()
}

#[inline(never)]
fn fill<K: Kind>(mc: &Mutation<'_>, n: usize) {
    for i in 0..n {
        black_box(Gc::new(mc, K::make(i as u64)));
    }
}

/// The time of one batch of allocations. Entering and leaving is not counted.
fn fill_timed<K: Kind>(heap: &Heap, n: usize) -> Duration {
    heap.mutate(|mc| timed(|| fill::<K>(mc, n)).0)
}

fn collect(heap: &Heap) {
    heap.collect().expect("no mutation is open");
}

fn allocate() {
    allocate_kinds::<Leaf<2>, Masked<'_, 1>, Tailed<'_, 0>, LibraryDrop<1>, UserDrop<2>>();
    allocate_kinds::<Leaf<4>, Masked<'_, 3>, Tailed<'_, 2>, LibraryDrop<3>, UserDrop<4>>();
    allocate_kinds::<Leaf<8>, Masked<'_, 7>, Tailed<'_, 6>, LibraryDrop<7>, UserDrop<8>>();
    allocate_kinds::<Leaf<32>, Masked<'_, 31>, Tailed<'_, 30>, LibraryDrop<31>, UserDrop<32>>();
}

fn allocate_kinds<A: Kind, B: Kind, C: Kind, D: Kind, E: Kind>() {
    allocate_kind::<A>();
    allocate_kind::<B>();
    allocate_kind::<C>();
    allocate_kind::<D>();
    allocate_kind::<E>();
}

fn allocate_kind<K: Kind>() {
    let bytes = size_of::<K::At<'static>>();
    for n_threads in [1, 2] {
        let threads = if n_threads == 1 { "1 thread" } else { "2 threads" };
        let n = WARM_BYTES / bytes;
        let name = format!("{bytes} bytes, {}, {threads}, warm", K::NAME);
        each(&name, n, warm::<K>(n_threads, n));
        let n = FRESH_BYTES / bytes;
        let name = format!("{bytes} bytes, {}, {threads}, first touch", K::NAME);
        let batches = (0..FRESH_BATCHES).flat_map(|_| in_threads::<K>(&quiet_heap(), n_threads, n, 1));
        each(&name, n, batches);
    }
}

/// Warm batches of all threads, but for the first of each.
fn warm<K: Kind>(n_threads: usize, n: usize) -> Vec<Duration> {
    let mut batches = in_threads::<K>(&quiet_heap(), n_threads, n, BATCHES);
    batches.drain(..n_threads);
    batches
}

/// Batches of all threads, in the order in which they were made, with a cycle after each.
fn in_threads<K: Kind>(heap: &Heap, n_threads: usize, n: usize, n_batches: usize) -> Vec<Duration> {
    let barrier = Barrier::new(n_threads);
    let run = |first: bool| {
        let batches = (0..n_batches).map(|_| {
            barrier.wait();
            let time = fill_timed::<K>(heap, n);
            barrier.wait();
            if first {
                collect(heap);
            }
            time
        });
        batches.collect::<Vec<_>>()
    };
    let all: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|index| scope.spawn(move || run(index == 0))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no thread panics")).collect()
    });
    (0..n_batches).flat_map(|batch| all.iter().map(move |batches| batches[batch])).collect()
}

/// Other allocators. Objects are linked by their first words, to be freed.
fn others() {
    others_of::<2>();
    others_of::<4>();
    others_of::<8>();
    others_of::<32>();
}

fn others_of<const WORDS: usize>() {
    other::<WORDS>("malloc", &System);
    other::<WORDS>("mimalloc", &MiMalloc);
    let bytes = WORDS * 8;
    let fill = |bump: &bumpalo::Bump, n: usize| {
        let all = || (0..n).for_each(|i| _ = black_box(bump.alloc([i as u64; WORDS])));
        timed(all).0
    };
    let n = WARM_BYTES / bytes;
    let mut bump = bumpalo::Bump::with_capacity(2 * WARM_BYTES);
    let warm = (0..BATCHES).map(|_| {
        bump.reset();
        fill(&bump, n)
    });
    each(&format!("{bytes} bytes, bumpalo, warm"), n, warm.skip(1));
    let n = FRESH_BYTES / bytes;
    let fresh = (0..FRESH_BATCHES).map(|_| {
        let bump = bumpalo::Bump::with_capacity(2 * FRESH_BYTES);
        let time = fill(&bump, n);
        // As below: not freed.
        std::mem::forget(bump);
        time
    });
    each(&format!("{bytes} bytes, bumpalo, first touch"), n, fresh);
}

fn other<const WORDS: usize>(name: &str, allocator: &impl GlobalAlloc) {
    let bytes = WORDS * 8;
    // First touch comes first and is not freed before it is over: so no batch meets memory of another.
    let n = FRESH_BYTES / bytes;
    let fresh: Vec<_> = (0..FRESH_BATCHES).map(|_| chain::<WORDS>(allocator, n)).collect();
    let times: Vec<_> = fresh.iter().map(|&(_, time)| time).collect();
    let n_warm = WARM_BYTES / bytes;
    let warm = (0..BATCHES).map(|_| {
        let (last, time) = chain::<WORDS>(allocator, n_warm);
        free::<WORDS>(allocator, last);
        time
    });
    each(&format!("{bytes} bytes, {name}, warm"), n_warm, warm.skip(1));
    each(&format!("{bytes} bytes, {name}, first touch"), n, times);
    // Not freed: the next size is to find no memory that was touched.
    black_box(fresh);
}

/// Allocates objects, each linked to the one before; the last one and the time.
#[inline(never)]
fn chain<const WORDS: usize>(allocator: &impl GlobalAlloc, n: usize) -> (*mut u64, Duration) {
    let started = Instant::now();
    let mut last = null_mut::<u64>();
    for i in 0..n {
        // SAFETY: the layout is not empty.
        let object = unsafe { allocator.alloc(Layout::new::<[u64; WORDS]>()) };
        assert!(!object.is_null(), "there is memory");
        // SAFETY: room and alignment are as asked for.
        unsafe { object.cast::<[u64; WORDS]>().write([i as u64; WORDS]) };
        // SAFETY: as above; the first word is the link.
        unsafe { object.cast::<*mut u64>().write(last) };
        last = black_box(object.cast());
    }
    (last, started.elapsed())
}

fn free<const WORDS: usize>(allocator: &impl GlobalAlloc, mut last: *mut u64) {
    while !last.is_null() {
        // SAFETY: made by `chain`, and its first word is the link.
        let before = unsafe { last.cast::<*mut u64>().read() };
        // SAFETY: of this allocator and layout, and freed once.
        unsafe { allocator.dealloc(last.cast(), Layout::new::<[u64; WORDS]>()) };
        last = before;
    }
}

/// One allocation as a function of its own: what to look at in the assembly.
#[inline(never)]
fn one<'gc, K: Kind>(mc: &Mutation<'gc>, n: u64) -> Gc<'gc, K::At<'gc>> {
    Gc::new(mc, K::make(n))
}

fn calls() {
    call_of::<Leaf<4>>();
    call_of::<Masked<'_, 3>>();
    call_of::<LibraryDrop<3>>();
    call_of::<UserDrop<4>>();
    call_of::<Named>();
    call_of::<Untold>();
}

fn call_of<K: Kind>() {
    let (heap, n) = (quiet_heap(), 32 << 10);
    let batches = (0..BATCHES).map(|_| {
        let all = |mc: &Mutation<'_>| (0..n).for_each(|i| _ = black_box(one::<K>(mc, i as u64)));
        let time = heap.mutate(|mc| timed(|| all(mc)).0);
        collect(&heap);
        time
    });
    each(&format!("32 bytes, {}, not inlined", K::NAME), n, batches.skip(1));
}

fn sweep() {
    // Slots of all sizes: the sweep looks at words of bits, and touches an object only to drop it.
    sweep_kind::<Leaf<2>>();
    sweep_kind::<Leaf<4>>();
    sweep_kind::<Leaf<8>>();
    sweep_kind::<Leaf<32>>();
    sweep_kind::<LibraryDrop<3>>();
    sweep_kind::<LibraryDrop<31>>();
    sweep_kind::<Owner>();
    sweep_kind::<UserDrop<4>>();
    sweep_live();
}

/// All slots are dead.
fn sweep_kind<K: Kind>() {
    let (heap, n) = (quiet_heap(), 256 << 10);
    let batches = (0..BATCHES).map(|_| {
        heap.mutate(|mc| fill::<K>(mc, n));
        heap.collect().expect("no mutation is open").sweeping
    });
    let bytes = size_of::<K::At<'static>>();
    each(&format!("sweep of dead slots, {bytes} bytes, {}", K::NAME), n, batches.skip(1));
}

/// Every other slot is dead, with library drop glue.
fn sweep_live() {
    const N: usize = 128 << 10;
    let heap = quiet_heap();
    let kept: Root<Kept<'static>> = heap.mutate(|mc| {
        let mut objects = Vec::with_capacity(N);
        for n in 0..N as u64 {
            objects.push(Gc::new(mc, LibraryDrop::<3> { owned: None, rest: [n; 3] }));
            Gc::new(mc, LibraryDrop::<3> { owned: None, rest: [n; 3] });
        }
        mc.root(Gc::new(mc, Kept { objects }))
    });
    collect(&heap);
    let batches = (0..BATCHES).map(|_| {
        heap.mutate(|mc| fill::<LibraryDrop<3>>(mc, N));
        heap.collect().expect("no mutation is open").sweeping
    });
    each("sweep of slots, every other dead, 32 bytes, library drop", 2 * N, batches.skip(1));
    black_box(&kept);
}

/// Keeps objects.
#[derive(Trace)]
struct Kept<'gc> {
    objects: Vec<Gc<'gc, LibraryDrop<3>>>,
}

fn roots() {
    const N: usize = 100_000;
    let heap = quiet_heap();
    heap.mutate(|mc| {
        let object = Gc::new(mc, 1_u64);
        time("Root: create, drop", N, || {
            (0..N).for_each(|_| drop(black_box(mc.root(black_box(object)))));
        });
        let mut many: Vec<Root<u64>> = Vec::with_capacity(N);
        time("Root: create many, drop all", N, || {
            (0..N).for_each(|_| many.push(mc.root(black_box(object))));
            many.clear();
        });
        let root: Root<u64> = mc.root(object);
        time("Root: clone, drop", N, || (0..N).for_each(|_| drop(black_box(black_box(&root).clone()))));
        time("Root: get", N, || {
            (0..N).for_each(|_| {
                black_box(black_box(&root).get(mc));
            });
        });
    });
}

fn mutations() {
    const N: usize = 100_000;
    let heap = quiet_heap();
    time("Heap::mutate: enter, leave", N, || {
        (0..N).for_each(|_| heap.mutate(|mc| _ = black_box(mc)));
    });
    let mut mutator = heap.attach();
    time("Mutator::mutate: enter, leave", N, || {
        (0..N).for_each(|_| mutator.mutate(|mc| _ = black_box(mc)));
    });
    heap.mutate(|_| {
        time("Mutator::mutate in another", N, || {
            (0..N).for_each(|_| mutator.mutate(|mc| _ = black_box(mc)));
        });
    });
}

/// Two edges.
#[derive(Trace)]
struct Tree<'gc> {
    left: Option<Gc<'gc, Tree<'gc>>>,
    right: Option<Gc<'gc, Tree<'gc>>>,
}

fn tree<'gc>(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Tree<'gc>> {
    let child = || (depth > 0).then(|| tree(mc, depth - 1));
    Gc::new(mc, Tree { left: child(), right: child() })
}

fn count(tree: &Tree<'_>) -> usize {
    1 + [tree.left, tree.right].iter().flatten().map(|tree| count(tree)).sum::<usize>()
}

/// Trees that are made in one mutation, counted in the next, and left; cycles start by themselves.
fn trees() {
    const DEPTH: u32 = 16;
    const N: usize = (2 << DEPTH) - 1;
    let heap = Heap::new();
    let once = || {
        let root: Root<Tree<'static>> = heap.mutate(|mc| mc.root(tree(mc, DEPTH)));
        assert_eq!(heap.mutate(|mc| count(&root.get(mc))), N);
    };
    time("tree of depth 16: make, count, leave; per object", 10 * N, || (0..10).for_each(|_| once()));
    let cycles = heap.stats().cycles;
    numbers("cycles of the trees", vec![cycles as f64]);
}
