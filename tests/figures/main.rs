//! Makes tables and charts for the book of what the benchmarks `peers` and `marking` have measured.
//!
//! ```text
//! cargo run -p tests --features peers --bin figures                        from the target directory to the book
//! cargo run -p tests --features peers --bin figures -- PEERS.JSON FOLDER    from a file to a folder
//! ```
//!
//! For each workload a chart, `WORKLOAD.svg`, and its table in Markdown, `WORKLOAD.txt`; and one table of all,
//! `summary.txt`, where those that were not measured keep their lines. A page of the book includes them.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program that says what it has written")]

mod chart;
mod row;
mod summary;
mod table;

use std::path::{Path, PathBuf};

use row::Workload;
use tests::results;

fn main() -> Result<(), String> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/src/design/figures");
    let (measured, folder) = match &arguments[..] {
        [] => (results::path(), book),
        [measured, folder] => (measured.clone(), folder.clone()),
        _ => return Err("either nothing, or the file of what was measured and a folder".into()),
    };
    let all = results::read(&measured).ok_or_else(|| {
        format!("{} is not there, or not JSON: run the benchmark `peers` first", measured.display())
    })?;
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let write = |name: &str, ending: &str, text: String| {
        let path = folder.join(name).with_extension(ending);
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    let workloads = Workload::all(&all);
    for workload in &workloads {
        write(&workload.name, "svg", chart::draw(workload)?)?;
        write(&workload.name, "txt", table::markdown(workload))?;
    }
    let before = std::fs::read_to_string(folder.join("summary.txt")).unwrap_or_default();
    write("summary", "txt", summary::markdown(&workloads, &before))?;
    println!("tables and charts of {} are in {}", measured.display(), folder.display());
    Ok(())
}
