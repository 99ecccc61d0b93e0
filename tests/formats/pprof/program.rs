//! Allocates what it prints, and writes a profile of it: what pprof says of the file must be that.
//!
//! ```text
//! profiled RATE FILE
//! ```
//!
//! Prints a line for each function that allocates: its name, then each of the four numbers in the order of the file with
//! how far it may be off at this rate.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "the truth is printed")]

use std::fs::File;
use std::hint::black_box;

use gc::{Gc, Heap, Mutation, Profile, Root};
use tests::sampling::bound;

/// Functions with the names that Rust gives: of a method, of a trait's for a type, of a generic one.
mod shop {
    use super::{Gc, Mutation, black_box};

    pub(crate) type Order<'gc> = Gc<'gc, [u64; 4]>;
    pub(crate) type Page<'gc> = Gc<'gc, [u64; 512]>;

    #[derive(Clone, Copy)]
    pub(crate) struct Till;

    pub(crate) trait Print {
        fn print<'gc>(&self, mc: &Mutation<'gc>) -> Page<'gc>;
    }

    impl Till {
        #[inline(never)]
        pub(crate) fn ring_up<'gc>(self, mc: &Mutation<'gc>, n: u64) -> Order<'gc> {
            // Not the last thing that it does: a function that ends in a call may have left the stack before.
            black_box(Gc::new(mc, [n; 4]))
        }
    }

    impl Print for Till {
        #[inline(never)]
        fn print<'gc>(&self, mc: &Mutation<'gc>) -> Page<'gc> {
            black_box(Gc::new(mc, [7; 512]))
        }
    }

    #[inline(never)]
    pub(crate) fn pack<'gc, const WORDS: usize>(mc: &Mutation<'gc>) -> Gc<'gc, [u8; WORDS]> {
        black_box(wrap(mc))
    }

    /// In nobody's way: the compiler leaves no call of it.
    #[inline(always)]
    fn wrap<'gc, const WORDS: usize>(mc: &Mutation<'gc>) -> Gc<'gc, [u8; WORDS]> {
        black_box(Gc::new(mc, [1; WORDS]))
    }
}

/// Allocations of one function.
struct Truth {
    function: &'static str,
    object_bytes: usize,
    allocated: u64,
    in_use: u64,
}

const TRUTH: [Truth; 4] = [
    Truth { function: "shop::Till::ring_up", object_bytes: 32, allocated: 200_000, in_use: 50_000 },
    Truth { function: "shop::Till as ", object_bytes: 4096, allocated: 3000, in_use: 1000 },
    Truth { function: "shop::wrap", object_bytes: 1024, allocated: 2000, in_use: 0 },
    Truth { function: "nobody", object_bytes: 1, allocated: 0, in_use: 0 },
];

/// What lives.
type Kept<'gc> = (Vec<shop::Order<'gc>>, Vec<shop::Page<'gc>>);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rate, path] = arguments.as_slice() else { panic!("profiled RATE FILE") };
    let rate = rate.parse().expect("a number of bytes");
    let heap = Heap::builder().automatic(false).diagnose(true).profile_rate(rate).build();
    let kept = allocate(&heap);
    heap.collect().expect("no mutation is open");
    let profile = heap.profile();
    profile.write_pprof(File::create(path).expect("a file that can be made")).expect("room for it");
    print(&profile);
    drop(kept);
}

fn allocate(heap: &Heap) -> Root<Kept<'static>> {
    use shop::Print;

    let [orders, pages, parcels, _] = TRUTH;
    heap.mutate(|mc| {
        let order = |n| shop::Till.ring_up(mc, n);
        (orders.in_use..orders.allocated).for_each(|n| _ = order(n));
        (pages.in_use..pages.allocated).for_each(|_| _ = shop::Till.print(mc));
        (0..parcels.allocated).for_each(|_| _ = shop::pack::<1024>(mc));
        let kept: Kept<'_> = (
            (0..orders.in_use).map(order).collect(),
            (0..pages.in_use).map(|_| shop::Till.print(mc)).collect(),
        );
        mc.root(Gc::new(mc, kept))
    })
}

fn print(profile: &Profile) {
    for Truth { function, object_bytes, allocated, in_use } in TRUTH {
        print!("{function}");
        for n in [allocated, in_use] {
            // A file has whole numbers.
            let off = bound(n, object_bytes, profile.rate()) + if profile.rate() > 1 { 0.5 } else { 0.0 };
            print!("\t{n} {off}\t{} {}", n * object_bytes as u64, off * object_bytes as f64);
        }
        println!();
    }
}
