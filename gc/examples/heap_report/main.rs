//! Finds a leak, and writes a page about it.
//!
//! Packages of a `Cargo.lock` are served to clients. Each client gets a session, which looks at the packages and is closed in
//! the end. Memory grows all the same. Two censuses say what there is more of, a path says who keeps it, and the page shows the
//! rest.
//!
//! `cargo run --release -p gc --features report --example heap_report -- [FILE.html]` writes the page, `heap.html` by default.
#![expect(clippy::print_stderr, clippy::print_stdout, reason = "a program for people")]

mod packages;
mod server;

use std::error::Error;
use std::process::ExitCode;
use std::{env, fs};

use gc::{Heap, Root};

use crate::packages::Packages;
use crate::server::{Server, Session};

/// Clients that come between two looks at the heap.
const CLIENTS: usize = 20_000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("heap_report: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let path = env::args_os().nth(1).unwrap_or_else(|| "heap.html".into());
    let lock = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock"))?.parse()?;
    // A heap that knows its types and the places of its roots.
    let heap = Heap::builder().name("packages").diagnose(true).min_heap_bytes(256 << 10).build();
    let server: Root<Server<'static>> =
        heap.mutate(|mc| Root::new(mc, Server::new(mc, Packages::read(mc, &lock))));

    serve(&heap, &server, CLIENTS);
    heap.collect()?;
    let before = heap.census()?;
    serve(&heap, &server, CLIENTS);
    heap.collect()?;
    println!("What came while {CLIENTS} clients came and went:\n\n{}", heap.census()?.since(&before));

    let session = heap.mutate(|mc| Server::last_session(server.get(mc), mc));
    let session = session.expect("a session that nobody should know any more");
    let why = heap.retaining_path(&session)?.expect("something keeps it");
    println!("Why the last session is still there:\n\n{why}\n");

    heap.write_report(&path)?;
    println!("A page about all this: {}", path.display());
    Ok(())
}

/// Some clients come, look at a package, and go.
fn serve(heap: &Heap, server: &Root<Server<'static>>, clients: usize) {
    for client in 0..clients {
        heap.mutate(|mc| {
            let session = Server::open(server.get(mc), mc, client);
            session.look_around(mc);
            Session::close(session, mc);
        });
    }
}
