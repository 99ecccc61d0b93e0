//! How large a heap should be before its first cycle: time and memory of programs with small heaps, by
//! `min_heap_bytes`.
//!
//! ```text
//! cargo bench -p tests --bench minimum                    all programs
//! cargo bench -p tests --bench minimum -- interpreter     some
//! ```
//!
//! A small heap stays in the processor's cache and takes few pages from the system, a large one is marked less often.
//! Each run is a process of its own; the runs of one program take turns, so that what else the machine does hits all
//! alike.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use std::process::Command;
use std::time::Instant;

use gc::{Gc, GcCell, GcRefCell, Heap, Mutation, Root, Trace};
use tests::process::peak_bytes;
use tests::table::Sections;

const MIB: usize = 1 << 20;
/// In MiB.
const MINIMA: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
const ROUNDS: usize = 7;

type Program = fn(&Heap) -> u64;

const PROGRAMS: &[(&str, Program)] = &[
    ("script", script),
    ("interpreter", interpreter),
    ("lists", lists),
    ("trees", trees),
    ("people", people),
];

#[derive(Trace)]
struct Link<'gc> {
    number: u64,
    next: Option<Gc<'gc, Link<'gc>>>,
}

fn list<'gc>(mc: &Mutation<'gc>, n: u64) -> Option<Gc<'gc, Link<'gc>>> {
    (0..n).fold(None, |next, number| Some(Gc::new(mc, Link { number, next })))
}

fn sum<'gc>(list: Option<Gc<'gc, Link<'gc>>>) -> u64 {
    std::iter::successors(list, |link| link.next).map(|link| link.number).sum()
}

/// A small program that makes 20 MiB in all and ends.
fn script(heap: &Heap) -> u64 {
    (0..600).map(|round| heap.mutate(|mc| sum(list(mc, 1000 + round)))).sum()
}

/// Many lists that die young.
fn lists(heap: &Heap) -> u64 {
    (0..200_000).map(|round| heap.mutate(|mc| sum(list(mc, 100 + round % 64)))).sum()
}

/// A frame of an interpreter, whose variables closures may keep.
#[derive(Trace)]
struct Frame<'gc> {
    parent: Option<Gc<'gc, Frame<'gc>>>,
    variables: [GcCell<Option<Gc<'gc, f64>>>; 3],
}

/// What an interpreter does for `fib(16)`, whose numbers and frames are objects; a table of a few thousand globals lives.
fn interpreter(heap: &Heap) -> u64 {
    #[derive(Trace)]
    struct Globals<'gc>(GcRefCell<Vec<Gc<'gc, Frame<'gc>>>>);

    fn frame<'gc>(mc: &Mutation<'gc>, parent: Option<Gc<'gc, Frame<'gc>>>, n: f64) -> Gc<'gc, Frame<'gc>> {
        let variables = [Some(Gc::new(mc, n)), None, None].map(GcCell::new);
        Gc::new(mc, Frame { parent, variables })
    }
    fn fib<'gc>(mc: &Mutation<'gc>, parent: Gc<'gc, Frame<'gc>>) -> Gc<'gc, f64> {
        let n = *parent.variables[0].get().expect("it was given");
        if n < 2.0 {
            return Gc::new(mc, n);
        }
        let own = frame(mc, Some(parent), n);
        own.variables[1].set(mc, Some(fib(mc, frame(mc, Some(own), n - 1.0))));
        own.variables[2].set(mc, Some(fib(mc, frame(mc, Some(own), n - 2.0))));
        let [_, a, b] = own.variables.each_ref().map(|variable| variable.get().map_or(0.0, |number| *number));
        Gc::new(mc, a + b)
    }

    let globals: Root<Globals<'static>> = heap.mutate(|mc| {
        let all = (0..4000).map(|n| frame(mc, None, f64::from(n))).collect();
        mc.root(Gc::new(mc, Globals(GcRefCell::new(all))))
    });
    let call = |round: usize| {
        heap.mutate(|mc| {
            let globals = globals.get(mc);
            let mut all = globals.0.borrow_mut(mc);
            let result = fib(mc, frame(mc, None, 16.0));
            let place = round % all.len();
            all[place] = frame(mc, all[place].parent, *result);
            result.to_bits()
        })
    };
    (0..2500).map(call).fold(0, u64::wrapping_add)
}

#[derive(Trace)]
struct Tree<'gc>([Option<Gc<'gc, Tree<'gc>>>; 2]);

/// The binary trees of the benchmarks game: a long-lived one of 4 MiB, and many that die.
fn trees(heap: &Heap) -> u64 {
    const DEPTH: u32 = 16;

    fn make<'gc>(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Tree<'gc>> {
        let children = if depth == 0 { [None; 2] } else { [(); 2].map(|()| Some(make(mc, depth - 1))) };
        Gc::new(mc, Tree(children))
    }
    fn count<'gc>(tree: Gc<'gc, Tree<'gc>>) -> u64 {
        1 + tree.0.iter().flatten().map(|&child| count(child)).sum::<u64>()
    }

    let long: Root<Tree<'static>> = heap.mutate(|mc| mc.root(make(mc, DEPTH + 1)));
    let mut sum = 0;
    for depth in (4..=DEPTH).step_by(4) {
        sum += (0..1 << (DEPTH - depth + 4)).map(|_| heap.mutate(|mc| count(make(mc, depth)))).sum::<u64>();
    }
    sum + heap.mutate(|mc| count(long.get(mc)))
}

/// Objects that own names.
fn people(heap: &Heap) -> u64 {
    #[derive(Trace)]
    struct Person {
        name: String,
    }
    let person =
        |n: usize| heap.mutate(|mc| Gc::new(mc, Person { name: "x".repeat(20 + n % 100) }).name.len() as u64);
    (0..3_000_000).map(person).sum()
}

/// Runs a program; its seconds and its bytes at most, as a line that the parent reads.
fn run(name: &str, minimum: usize) {
    let (_, program) = PROGRAMS.iter().find(|program| program.0 == name).expect("there is one");
    let started = Instant::now();
    let heap = Heap::builder().min_heap_bytes(minimum * MIB).build();
    let sum = program(&heap);
    drop(heap);
    println!("{} {} {sum}", started.elapsed().as_secs_f64(), peak_bytes());
}

/// What a run in a process of its own says: seconds, bytes, and what was computed.
fn measure(name: &str, minimum: usize) -> (f64, usize, u64) {
    let program = std::env::current_exe().expect("a program has a path");
    let child =
        Command::new(program).args(["--run", name, &minimum.to_string()]).output().expect("it starts");
    let line = String::from_utf8_lossy(&child.stdout).into_owned();
    let words: Vec<_> = line.split_whitespace().collect();
    let [seconds, bytes, sum] = words[..] else { panic!("{name}: {child:?}") };
    (seconds.parse().expect("seconds"), bytes.parse().expect("bytes"), sum.parse().expect("a sum"))
}

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    if let [_, flag, name, minimum] = &arguments[..]
        && flag == "--run"
    {
        return run(name, minimum.parse().expect("a number"));
    }
    let Some(sections) = Sections::wanted() else { return };
    println!("{:<14}{:>10}{:>14}{:>14}{:>14}", "program", "min, MiB", "seconds, min", "median", "peak, MiB");
    for (name, _) in PROGRAMS.iter().filter(|program| sections.has(program.0)) {
        let mut all = MINIMA.map(|_| Vec::new());
        for _ in 0..ROUNDS {
            for (runs, minimum) in all.iter_mut().zip(MINIMA) {
                runs.push(measure(name, minimum));
            }
        }
        let sum = all[0][0].2;
        assert!(all.iter().flatten().all(|run| run.2 == sum), "{name} computes the same with every heap");
        for (mut runs, minimum) in all.into_iter().zip(MINIMA) {
            runs.sort_by(|a, b| a.0.total_cmp(&b.0));
            let peak = runs.iter().map(|run| run.1).max().unwrap_or(0) / MIB;
            println!("{name:<14}{minimum:>10}{:>14.3}{:>14.3}{peak:>14}", runs[0].0, runs[ROUNDS / 2].0);
        }
    }
}
