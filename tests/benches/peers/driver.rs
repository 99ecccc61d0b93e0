//! Runs every workload for every peer, each in a child process, so that no run finds what another one left behind.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::measuring::Size;
use crate::peers::{PEERS, Peer};
use crate::report;
use crate::workloads::WORKLOADS;

/// The first argument of a child; its workload and its peer follow.
const CHILD: &str = "--child";
const QUICK: &str = "--quick";
/// Runs of which the median counts.
const RUNS: usize = 3;

/// Bytes of address space for peers that recurse; what is not touched takes no memory.
const STACK: usize = 4 << 30;

/// What the arguments ask for.
struct Wanted {
    workloads: Vec<&'static str>,
    peers: Vec<&'static Peer>,
    size: Size,
}

/// The program, on this allocator: a child, or the one that starts children.
pub(crate) fn run(allocator: &str) {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let size = Size { quick: arguments.iter().any(|argument| argument == QUICK) };
    match &arguments[..] {
        [child, workload, peer, ..] if child == CHILD => be_child(workload, peer, size),
        arguments if arguments.iter().any(|argument| argument == "--bench") => {
            let named: Vec<&str> =
                arguments.iter().map(|argument| &**argument).filter(|name| !name.starts_with('-')).collect();
            if let Some(wanted) = wanted(&named, allocator, size) {
                compare_all(&wanted, allocator);
            }
        }
        _ => {}
    }
}

/// All workloads if none is named; all peers, likewise.
fn wanted(named: &[&str], allocator: &str, size: Size) -> Option<Wanted> {
    let suits = |peer: &&Peer| (allocator == "malloc" || peer.uses_allocator()) && peer.is_there();
    let peers = PEERS.iter().filter(suits);
    let (mut all, mut peers) = (WORKLOADS.to_vec(), peers.collect::<Vec<_>>());
    for name in named {
        if !all.contains(name) && !peers.iter().any(|peer| peer.name == *name) {
            let names: Vec<_> = peers.iter().map(|peer| peer.name).collect();
            eprintln!("`{name}` is neither a workload, of {all:?}, nor a peer, of {names:?}");
            return None;
        }
    }
    if all.iter().any(|workload| named.contains(workload)) {
        all.retain(|workload| named.contains(workload));
    }
    if peers.iter().any(|peer| named.contains(&peer.name)) {
        peers.retain(|peer| named.contains(&peer.name));
    }
    Some(Wanted { workloads: all, peers, size })
}

fn compare_all(wanted: &Wanted, allocator: &str) {
    for workload in &wanted.workloads {
        let rows = compare(workload, wanted);
        agree(workload, &rows);
        report::table(workload, allocator, wanted.size, &rows);
        report::write(workload, allocator, wanted.size, &rows);
    }
}

/// The medians of each peer, or why there are none. Peers run by turns, so that what disturbs one disturbs all.
fn compare(workload: &str, wanted: &Wanted) -> Vec<(&'static Peer, Result<Value, &'static str>)> {
    let written = wanted.peers.iter().filter(|peer| peer.is_written(workload));
    let mut peers: Vec<_> = written.map(|&peer| (peer, Ok(Vec::new()), false)).collect();
    for _ in 0..wanted.size.of(RUNS, 1) {
        for (peer, runs, is_slow) in &mut peers {
            if let Some(why) = peer.cannot(workload) {
                *runs = Err(why);
            }
            let Ok(done) = runs else { continue };
            // What is so slow is not worth another run.
            if *is_slow {
                continue;
            }
            let started = Instant::now();
            match child(workload, peer, wanted.size) {
                Ok(run) => done.push(run),
                Err(why) => *runs = Err(why),
            }
            *is_slow = started.elapsed() > limit(wanted.size) / 4;
        }
    }
    peers.into_iter().map(|(peer, runs, _)| (peer, runs.map(|runs| medians(&runs)))).collect()
}

/// How long a child may take.
fn limit(size: Size) -> Duration {
    Duration::from_secs(size.of(60, 10))
}

/// One run in a process of its own.
fn child(workload: &str, peer: &Peer, size: Size) -> Result<Value, &'static str> {
    let this = || {
        let mut this = Command::new(std::env::current_exe().expect("the program has a path"));
        this.args([CHILD, workload, peer.name]);
        this
    };
    let mut command = peer.program(workload).unwrap_or_else(this);
    let mut child =
        command.args(size.quick.then_some(QUICK)).stdout(Stdio::piped()).spawn().expect("the child starts");
    let started = Instant::now();
    while child.try_wait().expect("it is a child").is_none() {
        if started.elapsed() > limit(size) {
            child.kill().expect("it is a child");
            child.wait().expect("it is a child");
            return Err("takes too long");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().expect("it ended");
    if !output.status.success() {
        eprintln!("{workload}, {}: {}", peer.name, output.status);
        return Err("failed");
    }
    Ok(serde_json::from_slice(&output.stdout).expect("a child prints what it measured"))
}

/// Runs a workload, prints what was measured and ends the process.
fn be_child(workload: &str, peer: &str, size: Size) {
    let peer = PEERS.iter().find(|known| known.name == peer).expect("a child is told a peer");
    let run = peer.workload(workload).expect("a child is told what the peer can do");
    // What threads that end would free is not measured, so none ends.
    let run = move || {
        println!("{}", run(size));
        std::process::exit(0);
    };
    if peer.is_recursive {
        // Others stay on the main thread, as the C library's allocator treats that one better.
        let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread starts");
        thread.join().expect("it does not return");
    } else {
        run();
    }
}

/// The median of every number that was measured.
fn medians(runs: &[Value]) -> Value {
    let first = runs[0].as_object().expect("a run is an object");
    let median = |key: &String| {
        let mut all: Vec<&Value> = runs.iter().map(|run| &run[key]).collect();
        all.sort_by(|a, b| a.as_f64().unwrap_or(0.0).total_cmp(&b.as_f64().unwrap_or(0.0)));
        all[all.len() / 2].clone()
    };
    first.keys().map(|key| (key.clone(), median(key))).collect()
}

/// Everyone did the same work.
fn agree(workload: &str, rows: &[(&Peer, Result<Value, &str>)]) {
    let mut sums = rows.iter().filter_map(|(peer, run)| Some((peer.name, &run.as_ref().ok()?["checksum"])));
    let Some((first, checksum)) = sums.next() else { return };
    for (other, sum) in sums {
        assert_eq!(sum, checksum, "{workload}: the checksums of {other} and {first} agree");
    }
}
