//! The heap profile, by the statements 209 to 213 of Go's.

use std::hint::black_box;

use gc::{Gc, GcCell, Heap, Mutation, Profile, Root};
use tests::canary::{Canary, Ledger};
use tests::rounds;

fn heap(rate: usize) -> Heap {
    Heap::builder().automatic(false).profile_rate(rate).build()
}

#[inline(never)]
fn make_small<'gc>(mc: &Mutation<'gc>, n: u64) -> Gc<'gc, [u64; 4]> {
    // Not the last thing that it does: a function that ends in a call may have left the stack before.
    black_box(Gc::new(mc, [n; 4]))
}

#[inline(never)]
fn make_large<'gc>(mc: &Mutation<'gc>) -> Gc<'gc, [u8]> {
    black_box(Gc::from_slice(mc, &[7; 10_000]))
}

/// Samples, and objects that have died, of all sites that go through a function.
fn samples(profile: &Profile, function: &str) -> (u64, u64) {
    let calls = |site: &&gc::Site| {
        let frames = site.frames();
        frames.iter().any(|frame| frame.function.as_deref().is_some_and(|name| name.contains(function)))
    };
    let sites = profile.sites().iter().filter(calls).map(gc::Site::samples);
    sites.fold((0, 0), |sum, samples| (sum.0 + samples.0, sum.1 + samples.1))
}

/// [209, 210] At a rate of one every object is sampled, and its death counts once; at zero none is.
#[test]
fn every_object_is_sampled_at_a_rate_of_one() {
    let heap = heap(1);
    let kept: Root<GcCell<Option<Gc<'static, [u64; 4]>>>> = heap.mutate(|mc| {
        (0..1000).for_each(|n| _ = make_small(mc, n));
        (0..10).for_each(|_| _ = make_large(mc));
        mc.root(Gc::new(mc, GcCell::new(Some(make_small(mc, 0)))))
    });
    let profile = heap.profile();
    assert_eq!((samples(&profile, "make_small"), samples(&profile, "make_large")), ((1001, 0), (10, 0)));
    assert_eq!(profile.rate(), 1);
    heap.collect().unwrap();
    let profile = heap.profile();
    assert_eq!((samples(&profile, "make_small"), samples(&profile, "make_large")), ((1001, 1000), (10, 10)));
    heap.verify();
    heap.mutate(|mc| Gc::as_ref(kept.get(mc)).set(mc, None));
    (0..3).for_each(|_| _ = heap.collect().unwrap());
    assert_eq!(samples(&heap.profile(), "make_small"), (1001, 1001));
    let text = heap.profile().to_string();
    assert!(text.contains("make_small") && text.contains("samples.rs:"), "{text}");
    heap.set_profile_rate(0);
    // What a thread has claimed goes on as it was.
    heap.mutate(|mc| (0..10_000).for_each(|n| _ = make_small(mc, n)));
    heap.collect().unwrap();
    assert!(samples(&heap.profile(), "make_small").0 <= 1001 + 64);
}

/// [211, 212] After cycles that begin by themselves allocations and deaths are told as of one moment.
#[test]
fn allocations_and_deaths_are_of_one_moment() {
    if cfg!(gc_zeal) {
        return; // cycles come at every safepoint
    }
    let heap = Heap::builder().min_heap_bytes(1 << 20).profile_rate(1).build();
    for _ in 0..200 {
        heap.mutate(|mc| (0..1000).for_each(|n| _ = make_small(mc, n)));
        let (made, died) = samples(&heap.profile(), "make_small");
        // Nothing lives at a safepoint: before the first cycle no death is known, after it none is missing.
        assert!(died == 0 || made == died, "{made} made, {died} have died");
    }
    assert!(heap.stats().cycles_automatic > 2);
    assert!(samples(&heap.profile(), "make_small").1 > 0);
}

/// [213] What is sampled stands for what is not.
#[test]
fn the_estimate_is_near_the_truth() {
    let heap = heap(4096);
    let n = rounds(200_000) as u64;
    let kept: Root<Vec<Gc<'static, [u64; 4]>>> = heap.mutate(|mc| {
        (0..n).for_each(|_| _ = make_small(mc, 1));
        let kept: Vec<_> = (0..n).map(|_| make_small(mc, 2)).collect();
        mc.root(Gc::new(mc, kept))
    });
    heap.collect().unwrap();
    let profile = heap.profile();
    let site = |profile: &Profile| {
        let sites = profile.sites().iter().filter(|site| site.object_bytes() == 32);
        sites.fold((0.0, 0.0), |sum, site| (sum.0 + site.allocated_objects(), sum.1 + site.objects_in_use()))
    };
    let (allocated, in_use) = site(&profile);
    // Of n objects of 32 bytes n / 128 are sampled: seven standard deviations.
    let near = |estimate: f64, truth: u64| {
        let truth = truth as f64;
        (estimate - truth).abs() < 7.0 * (truth * 128.0).sqrt()
    };
    assert!(near(allocated, 2 * n) && near(in_use, n), "{allocated} allocated, {in_use} in use, of {n}");
    drop(kept);
    heap.collect().unwrap();
    let (_, in_use) = site(&heap.profile());
    assert!(in_use.abs() < 1e-6, "{in_use}");
}

/// A thread that claims slots and is stopped before it has used them is not sampled for what it did not make.
#[test]
fn slots_that_are_not_used_are_not_sampled() {
    let heap = heap(640);
    let n = rounds(4000);
    for _ in 0..n {
        heap.mutate(|mc| _ = black_box(Gc::new(mc, [1_u64; 8])));
        heap.collect().unwrap();
    }
    let profile = heap.profile();
    let sampled: u64 = profile.sites().iter().map(|site| site.samples().0).sum();
    // Of objects of 64 bytes one in ten and a half is sampled: seven standard deviations.
    let expected = n as f64 * (1.0 - (-64.0_f64 / 640.0).exp());
    assert!((sampled as f64 - expected).abs() < 7.0 * expected.sqrt(), "{sampled} for {expected}");
}

/// A record of a sample follows its object through its fates: a finalizer revives it, a destructor ends it.
#[test]
fn deaths_count_when_objects_are_dead() {
    let heap = Heap::builder().automatic(false).run_by_hand(true).profile_rate(1).build();
    let ledger = Ledger::new(2);
    let dead = |heap: &Heap| {
        let profile = heap.profile();
        let sites = profile.sites().iter().filter(|site| site.object_bytes() == size_of::<Canary>());
        sites.map(|site| site.samples().1).sum::<u64>()
    };
    heap.mutate(|mc| {
        Gc::new(mc, ledger.canary());
        mc.set_finalizer(Gc::new(mc, ledger.canary()), |_| ()).unwrap();
    });
    heap.collect().unwrap();
    assert_eq!(dead(&heap), 1, "the other is revived");
    heap.run_pending().unwrap();
    heap.collect().unwrap();
    assert_eq!(dead(&heap), 2);
    heap.run_pending().unwrap();
    ledger.assert_all_dropped();
    heap.verify();
}

/// What was never made is not in the profile.
#[test]
fn what_a_panic_keeps_from_being_made_does_not_count() {
    #[derive(gc::Trace)]
    struct Fragile;
    impl Clone for Fragile {
        fn clone(&self) -> Self {
            std::panic::resume_unwind(Box::new("on purpose"))
        }
    }
    #[derive(gc::Trace, Clone)]
    struct Item(u64, Fragile);
    let heap = heap(1);
    let items = [Item(7, Fragile), Item(8, Fragile)];
    for _ in 0..10 {
        let made = std::panic::catch_unwind(|| heap.mutate(|mc| Gc::from_slice(mc, &items)[0].0));
        assert!(made.is_err());
    }
    assert!(heap.profile().sites().is_empty(), "{}", heap.profile());
    heap.verify();
    heap.mutate(|mc| (0..100).for_each(|n| _ = make_small(mc, n)));
    heap.collect().unwrap();
    assert_eq!(samples(&heap.profile(), "make_small"), (100, 100));
}

/// Threads sample for themselves, into one profile.
#[test]
fn many_threads_are_sampled() {
    let heap = Heap::builder().min_heap_bytes(64 << 10).profile_rate(1).build();
    let n = rounds(5000) as u64;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..n).for_each(|at| _ = heap.mutate(|mc| make_small(mc, at)[0])));
        }
    });
    heap.collect().unwrap();
    assert_eq!(samples(&heap.profile(), "make_small"), (4 * n, 4 * n));
    heap.verify();
}
