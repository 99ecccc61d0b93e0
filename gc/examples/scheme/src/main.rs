//! The command line of the Scheme: runs the programs that it is given, or, without any, asks for forms.
//!
//! ```text
//! cargo run --release -p scheme -- [--gc-stats] [--heap-limit BYTES] [FILE..]
//! ```

#![forbid(unsafe_code)]

mod options;
mod prompt;
mod report;

use std::io::{self, Write};
use std::process::ExitCode;

use gc::Heap;
use options::Options;
use scheme::{Failure, Session};

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            let _ = writeln!(io::stderr(), "scheme: {message}\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    if options.help {
        let _ = writeln!(io::stdout(), "{}", options::USAGE);
        return ExitCode::SUCCESS;
    }
    // Programs that need less are never collected.
    let builder = Heap::builder().name("scheme").min_heap_bytes(16 << 20);
    let heap = options.heap_limit.map_or(builder.clone(), |limit| builder.limit_bytes(limit)).build();
    let code = report::out_of_memory_as_error(|| {
        let session = Session::new(heap.clone(), Box::new(io::BufWriter::new(io::stdout())));
        session.set_arguments(&options.arguments);
        match options.file {
            Some(ref file) => run_file(&session, file),
            None => prompt::run(&session),
        }
    });
    if options.gc_stats {
        let _ = write!(io::stderr(), "{}", report::statistics(&heap));
    }
    ExitCode::from(code)
}

/// Runs a program. Returns the code of the process.
fn run_file(session: &Session, file: &str) -> u8 {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            let _ = writeln!(io::stderr(), "scheme: cannot read {file}: {error}");
            return 1;
        }
    };
    match session.run(file, &text) {
        Ok(()) => 0,
        Err(Failure::Exit(code)) => u8::try_from(code).unwrap_or(1),
        Err(Failure::Error(message)) => {
            let _ = writeln!(io::stderr(), "{message}");
            1
        }
    }
}
