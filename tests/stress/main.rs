//! What takes longer than a suite of tests may. The first word says what:
//!
//! ```text
//! cargo run --release -p tests --bin stress -- programs --seconds 60 --seed 1
//! cargo run --release -p tests --bin stress -- teams --seconds 1800
//! cargo run --release -p tests --bin stress -- crowd --objects 60000000 --places 6000000
//! cargo run --release -p tests --bin stress -- churn --places 1900000
//! cargo run --release -p tests --bin stress -- lockers --objects 1000000
//! cargo run --release -p tests --bin stress -- owners
//! cargo run --release -p tests --bin stress -- rest
//! cargo run --release -p tests --bin stress -- upgrades --seconds 1800
//! ```
//!
//! * `programs`, which may be left out: random programs for as long as wanted, on all cores. `--trace` prints
//!   each seed before its program runs, for those that end the whole process.
//! * `teams`: eight threads share a heap, while sixteen others collect all the time; one team after the other.
//! * `crowd`: objects of sixty types come in random order and go in random patterns, so many of them alive at
//!   once. Measures what the process keeps of the memory.
//! * `churn`: small objects that live, 100 MB as above, are replaced at random. Measures how far the heap grows.
//! * `lockers`: objects whose destructors need a lock that the allocating thread holds.
//! * `owners`: objects that own much more elsewhere than they take in the heap, `--kept` MiB of it kept. Measures how
//!   much memory the process takes at most.
//! * `rest`: as `owners` with nothing kept; then the program waits. Measures what it takes after ten seconds, and how
//!   much processor time in half a minute.
//! * `upgrades`: four threads upgrade weak pointers beside sweeps and collections.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports")]

use std::panic::catch_unwind;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use gc::{Heap, HeapBuilder};
use tests::process::{peak_bytes, processor_time, resident_bytes};
use tests::programs::shared;
use tests::programs::shrink::run_seed;
use tests::programs::team::{self, Team};
use tests::{crowd, lockers, owners, rows, upgrades};

const MIB: usize = 1 << 20;

struct Arguments {
    job: String,
    seconds: u64,
    seed: u64,
    threads: usize,
    objects: Option<usize>,
    places: usize,
    kept: usize,
    case: Option<String>,
    trace: bool,
}

fn arguments() -> Result<Arguments, String> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let job = String::from("programs");
    let mut all = Arguments {
        job,
        seconds: 60,
        seed: 1,
        threads,
        objects: None,
        places: 1_000_000,
        kept: 0,
        case: None,
        trace: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let Some(option) = word.strip_prefix("--") else {
            all.job = word;
            continue;
        };
        if option == "trace" {
            all.trace = true;
            continue;
        }
        if option == "case" {
            all.case = words.next();
            continue;
        }
        let number = words.next().and_then(|number| number.parse::<u64>().ok());
        let number = number.ok_or_else(|| format!("{word} wants a number"))?;
        let size = usize::try_from(number).map_err(|error| error.to_string())?;
        match option {
            "seconds" => all.seconds = number,
            "seed" => all.seed = number,
            "threads" => all.threads = size,
            "objects" => all.objects = Some(size),
            "kept" => all.kept = size,
            "places" => all.places = size,
            _ => return Err(format!("there is no option {word}")),
        }
    }
    Ok(all)
}

fn main() -> Result<(), String> {
    let arguments = arguments()?;
    let objects = arguments.objects.unwrap_or(1_000_000);
    match arguments.job.as_str() {
        "programs" => programs(&arguments, one),
        "teams" => programs(&Arguments { threads: 1, ..arguments }, one_team),
        "crowd" => {
            let measured = crowd::churn(objects as u64, arguments.places);
            println!("{measured:#?}\n{} bytes are kept", measured.after.saturating_sub(measured.before));
            met(measured.after < measured.before + 8 * MIB, "more than 8 MiB are kept")
        }
        "churn" => {
            let taken = rows::churn(&Heap::new(), arguments.places, 8);
            println!("{taken:#?}");
            let most = taken.live * 22 / 10;
            met(taken.bytes.max(taken.in_use as u64) < most, "more than 2.2 times of what lives is taken")
        }
        "lockers" => {
            let highest = lockers::churn(&Heap::builder().min_heap_bytes(MIB).build(), objects);
            println!("at most {highest} bytes in use");
            met(highest < 6 * MIB, "more than 6 MiB are taken")
        }
        "owners" => owners(&arguments),
        "rest" => rest(&arguments),
        "upgrades" => {
            println!("{:?}", upgrades::race(Duration::from_secs(arguments.seconds)));
            Ok(())
        }
        job => Err(format!(
            "there is no {job}; there are programs, teams, crowd, churn, lockers, owners, rest, upgrades"
        )),
    }
}

/// The case that is named; or all of them, each in a process of its own, with nothing kept and with 100 MiB.
fn owners(arguments: &Arguments) -> Result<(), String> {
    let Some(case) = &arguments.case else { return all_cases("owners", &["0", "100"]) };
    let (started, kept) = (Instant::now(), arguments.kept * MIB);
    let _heap = owners::make(case, arguments.objects, kept);
    let (peak, seconds) = (peak_bytes() / MIB, started.elapsed().as_secs_f64());
    println!("{case:10} {} MiB kept: {peak} MiB at most, {seconds:.2} s", arguments.kept);
    let most = match (kept, case.as_str()) {
        (0, "person") => 80,
        (0, _) => 100,
        _ => arguments.kept * 26 / 10,
    };
    met(peak <= most, &format!("more than {most} MiB"))
}

/// The case that is named, or all of them, each in a process of its own.
fn rest(arguments: &Arguments) -> Result<(), String> {
    let Some(case) = &arguments.case else { return all_cases("rest", &["0"]) };
    let _heap = owners::make(case, arguments.objects, 0);
    let before = resident_bytes() / MIB;
    sleep(Duration::from_secs(10));
    let (after, time) = (resident_bytes() / MIB, processor_time());
    sleep(Duration::from_secs(30));
    let time = processor_time() - time;
    println!(
        "{case:10} {before} MiB at the end, {after} MiB 10 s later; then {time} hundredths of a second in 30 s"
    );
    met(after < 20 && time == 0, "it does not rest")
}

/// All cases, each in a process of its own, with so many MiB kept.
fn all_cases(job: &str, kept: &[&str]) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let run = |case: &str, kept: &str| {
        let arguments = [job, "--case", case, "--kept", kept];
        Command::new(&program).args(arguments).status().is_ok_and(|end| end.success())
    };
    let all = owners::CASES.iter().flat_map(|case| kept.iter().map(|&kept| (case.name, kept)));
    let failed: Vec<_> = all.filter(|(case, kept)| !run(case, kept)).collect();
    met(failed.is_empty(), &format!("more is taken than should be: {failed:?}"))
}

fn met(condition: bool, otherwise: &str) -> Result<(), String> {
    if condition { Ok(()) } else { Err(otherwise.to_owned()) }
}

fn programs(
    &Arguments { seconds, seed, threads, trace, .. }: &Arguments,
    run: fn(u64),
) -> Result<(), String> {
    let (next, failed) = (AtomicU64::new(seed), AtomicBool::new(false));
    let end = Instant::now() + Duration::from_secs(seconds);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while Instant::now() < end && !failed.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if trace {
                        eprintln!("seed {seed}");
                    }
                    if catch_unwind(|| run(seed)).is_err() {
                        eprintln!("seed {seed} failed");
                        failed.store(true, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    println!("{} programs from seed {seed}", next.into_inner() - seed);
    met(!failed.into_inner(), "a program failed")
}

/// Most programs have heaps of their own; now and then several share one.
fn one(seed: u64) {
    let length = [20, 40, 80, 150, 300, 1000][(seed % 6) as usize];
    if seed.is_multiple_of(16) { shared::run_seed(seed, length, 4) } else { run_seed(seed, length) }
}

/// With automatic cycles often, now and then, and never; and with so many objects that several threads mark.
fn one_team(seed: u64) {
    let heap: HeapBuilder = match seed % 4 {
        0 => tests::on_request(),
        1 => Heap::builder().min_heap_bytes(16 << 10),
        2 => Heap::builder().min_heap_bytes(256 << 10),
        _ => Heap::builder().min_heap_bytes(4 << 20),
    };
    let mark_threads = [1, 2, 4, 8][(seed / 4 % 4) as usize];
    // A driver marks some ten thousand objects before it asks for help.
    let lists = if mark_threads == 1 { 1 << 10 } else { 1 << 17 };
    let seen = team::run(heap, seed, Team { threads: 8, programs: 500, collectors: 16, mark_threads, lists });
    assert!((2..=mark_threads.max(2)).contains(&seen.mark_threads) == (mark_threads > 1), "{seen:?}");
    println!("seed {seed}: {seen:?} of {mark_threads}");
}
