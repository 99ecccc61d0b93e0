//! What files say is what a program has done, as near as samples can tell.

use std::collections::BTreeMap;

use gc::{Gc, Heap, Measure, Mutation, Profile, Root};
use tests::rounds;
use tests::sampling::bound;
use tests::shapes::Dice;

use super::proto::File;
use super::{builder, is, make_one, make_other};

const RATES: [usize; 5] = [1, 64, 512, 4096, 65_536];

/// Objects of a function, and of a size in bytes: how many were made, and how many are kept.
type Truth = BTreeMap<(&'static str, usize), [u64; 2]>;

type Kept<'gc> = Vec<Gc<'gc, [u64]>>;

fn make<'gc>(mc: &Mutation<'gc>, is_one: bool, which: usize) -> (usize, Gc<'gc, [u64]>) {
    fn sized<'gc, const N: usize>(mc: &Mutation<'gc>, is_one: bool) -> (usize, Gc<'gc, [u64]>) {
        let words = if is_one { make_one::<N>(mc) } else { make_other::<N>(mc) };
        (N * 8, Gc::project(words, |words| words.as_slice()))
    }
    match which {
        0 => sized::<2>(mc, is_one),
        1 => sized::<4>(mc, is_one),
        2 => sized::<32>(mc, is_one),
        3 => sized::<128>(mc, is_one),
        _ => sized::<512>(mc, is_one),
    }
}

/// Makes objects as the seed says, some of which are kept.
fn allocate(heap: &Heap, seed: u64) -> (Truth, Root<Kept<'static>>) {
    let (mut dice, mut truth) = (Dice::new(seed), Truth::new());
    let kept = heap.mutate(|mc| {
        let mut kept = Kept::new();
        for _ in 0..10 {
            let (is_one, which, one_in) = (dice.below(2) == 0, dice.below(5), 1 + dice.below(4));
            for _ in 0..dice.below(rounds(2000)) {
                let (bytes, object) = make(mc, is_one, which);
                let name = if is_one { "make_one" } else { "make_other" };
                let [made, alive] = truth.entry((name, bytes)).or_default();
                *made += 1;
                if dice.below(one_in) == 0 {
                    *alive += 1;
                    kept.push(object);
                }
            }
        }
        mc.root(Gc::new(mc, kept))
    });
    (truth, kept)
}

/// Asserts of the four numbers that each is as near to the truth as it must be. A file has whole numbers, one for each of
/// the stacks that lead to a function.
fn assert_near(told: [i64; 4], [made, alive]: [u64; 2], (bytes, rate): (usize, usize), of: &str) {
    let rounding = if rate == 1 { 0.0 } else { 0.5 * 64.0 };
    for (at, n) in [made, alive].into_iter().enumerate() {
        let [objects, space] = [told[2 * at], told[2 * at + 1]].map(|n| n as f64);
        let off = bound(n, bytes, rate) + rounding;
        assert!((objects - n as f64).abs() <= off, "{of}: {objects} objects, not {n} ± {off}, at {rate}");
        let (n, off) = ((n * bytes as u64) as f64, off * bytes as f64);
        assert!((space - n).abs() <= off, "{of}: {space} bytes, not {n} ± {off}, at {rate}");
    }
}

/// Twenty programs, at rates from every object to one in thousands; all four numbers of each function and size.
#[test]
fn files_for_pprof_are_near_the_truth() {
    for (seed, rate) in (1..=20).zip(RATES.into_iter().cycle()) {
        let heap = builder().profile_rate(rate).build();
        let (truth, kept) = allocate(&heap, seed);
        heap.collect().unwrap();
        let file = File::of(&heap.profile());
        for ((name, bytes), counts) in &truth {
            let told = file.sum(|sample| {
                let size = file.label(sample, "bytes").expect("each has a size").num;
                size == *bytes as i64 && file.names(sample).iter().any(|of| is(of, name))
            });
            assert_near(told, *counts, (*bytes, rate), &format!("seed {seed}, {name}, {bytes} bytes"));
        }
        drop(kept);
        heap.collect().unwrap();
        let file = File::of(&heap.profile());
        let [allocated, _, in_use, bytes_in_use] = file.sum(|_| true);
        assert_eq!((in_use, bytes_in_use), (0, 0), "seed {seed}: nothing is in use any more");
        // At other rates chance decides, and a short program may be passed over.
        assert!(allocated > 0 || rate != 1, "seed {seed}: what was made stays in the profile");
    }
}

/// The sum of the numbers of stacks with this function.
fn sum_of_lines(profile: &Profile, measure: Measure, function: &str) -> i64 {
    let mut text = Vec::new();
    profile.write_collapsed(&mut text, measure).unwrap();
    let text = String::from_utf8(text).unwrap();
    let lines = text.lines().map(|line| line.rsplit_once(' ').unwrap());
    let lines = lines.filter(|(stack, _)| stack.split(';').any(|name| is(name, function)));
    lines.map(|(_, number)| number.parse::<i64>().unwrap()).sum()
}

/// The same for lines of stacks, which do not tell sizes apart: what is sampled of them adds up.
#[test]
fn collapsed_stacks_are_near_the_truth() {
    const MEASURES: [Measure; 4] =
        [Measure::AllocatedObjects, Measure::AllocatedBytes, Measure::ObjectsInUse, Measure::BytesInUse];
    for (seed, rate) in (1..=20).zip(RATES.into_iter().cycle()) {
        let heap = builder().profile_rate(rate).build();
        let (truth, _kept) = allocate(&heap, seed);
        heap.collect().unwrap();
        let profile = heap.profile();
        for name in ["make_one", "make_other"] {
            for (at, measure) in MEASURES.into_iter().enumerate() {
                let told = sum_of_lines(&profile, measure, name) as f64;
                let (mut true_sum, mut off) = (0.0, if rate == 1 { 0.0 } else { 0.5 * 64.0 });
                for ((_, bytes), counts) in truth.iter().filter(|((of, _), _)| *of == name) {
                    let (n, unit) = (counts[at / 2], if at % 2 == 0 { 1.0 } else { *bytes as f64 });
                    true_sum += n as f64 * unit;
                    off += bound(n, *bytes, rate) * unit;
                }
                let is_near = (told - true_sum).abs() <= off;
                assert!(
                    is_near,
                    "seed {seed}, {name}, {measure:?}: {told}, not {true_sum} ± {off}, at {rate}"
                );
            }
        }
    }
}

/// Whatever the rate is, the four numbers of a site are those of the file, rounded.
#[test]
fn a_file_has_the_numbers_of_the_profile() {
    let heap = builder().profile_rate(300).build();
    let kept = heap.mutate(|mc| {
        let kept: Vec<_> = (0..rounds(3000)).map(|_| make_one::<4>(mc)).collect();
        (0..rounds(3000)).for_each(|_| _ = make_other::<32>(mc));
        mc.root(Gc::new(mc, kept))
    });
    heap.collect().unwrap();
    let profile = heap.profile();
    let file = File::of(&profile);
    assert_eq!(file.sample.len(), profile.sites().len());
    for (site, sample) in profile.sites().iter().zip(&file.sample) {
        let told =
            [site.allocated_objects(), site.allocated_bytes(), site.objects_in_use(), site.bytes_in_use()];
        assert!(told.iter().zip(&sample.value).all(|(told, value)| (told - *value as f64).abs() <= 0.5));
    }
    drop(kept);
}
