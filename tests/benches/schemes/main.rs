//! The programs of the Scheme in `gc/examples/scheme`, at sizes that take long enough, beside other interpreters of the
//! language: Gambit (`gsi`), Scheme 48, CHICKEN (`csi`) and Guile, where they are installed.
//!
//! ```text
//! apt-get install gambc scheme48 chicken-bin guile-3.0
//! cargo build --release -p scheme
//! cargo bench -p tests --bench schemes                    all programs
//! cargo bench -p tests --bench schemes -- trees sorting   some
//! ```
//!
//! What is printed are milliseconds of the whole process, medians of runs by turns, and how many times as fast ours is as
//! the faster of `gsi` and Scheme 48. All that can run a program have to print the same.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use tests::table::Sections;

const ROUNDS: usize = 5;

/// An interpreter.
struct Scheme {
    name: &'static str,
    program: String,
    /// The arguments, given the folder of preludes and the program.
    arguments: fn(&Path, &Path) -> Vec<PathBuf>,
    /// What it reads.
    input: fn(&Path, &Path) -> String,
}

fn schemes(ours: &Path) -> Vec<Scheme> {
    fn nothing(_: &Path, _: &Path) -> String {
        String::new()
    }
    let all = [
        Scheme {
            name: "ours",
            program: ours.display().to_string(),
            arguments: |_, program| vec![program.into()],
            input: nothing,
        },
        Scheme {
            name: "gsi",
            program: "gsi".into(),
            arguments: |others, program| {
                vec![others.join("sort.scm"), others.join("gsi.scm"), program.into()]
            },
            input: nothing,
        },
        Scheme {
            name: "scheme48",
            program: "scheme48".into(),
            arguments: |_, _| ["-h", "120000000"].map(PathBuf::from).into(),
            input: |others, program| {
                let files = [others.join("sort.scm"), others.join("scheme48.scm"), program.into()];
                let load: String = files.iter().map(|file| format!(",load {}\n", file.display())).collect();
                // With its own procedures compiled in, as who measures would.
                format!(",batch on\n,bench on\n,open srfi-9 r6rs-hashtables\n{load},exit 0\n")
            },
        },
        Scheme {
            name: "csi",
            program: "csi".into(),
            arguments: |others, program| {
                vec!["-q".into(), "-b".into(), others.join("csi.scm"), program.into()]
            },
            input: nothing,
        },
        Scheme {
            name: "guile",
            program: "guile".into(),
            arguments: |others, program| {
                vec!["--no-auto-compile".into(), "-l".into(), others.join("guile.scm"), program.into()]
            },
            input: nothing,
        },
    ];
    all.into_iter().filter(|scheme| exists(&scheme.program)).collect()
}

fn exists(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Path::new(program).is_file() || std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

impl Scheme {
    /// Runs a program: milliseconds, and what it has printed; none if it has failed.
    fn run(&self, others: &Path, program: &Path) -> Option<(f64, String)> {
        let started = Instant::now();
        let mut child = Command::new(&self.program)
            .args((self.arguments)(others, program))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        child.stdin.take()?.write_all((self.input)(others, program).as_bytes()).ok()?;
        let output = child.wait_with_output().ok()?;
        let took = started.elapsed().as_secs_f64() * 1e3;
        output.status.success().then(|| (took, String::from_utf8_lossy(&output.stdout).into_owned()))
    }
}

/// The programs at their sizes, in a folder: what a line of `sizes.txt` says is replaced by what the next one does.
fn enlarged(folder: &Path, programs: &Path, into: &Path) -> Vec<String> {
    let sizes = fs::read_to_string(folder.join("sizes.txt")).expect("the sizes are there");
    let enlarge = |part: &str| {
        let mut lines = part.lines();
        let name = lines.next().expect("each part begins with a name");
        let mut text = fs::read_to_string(programs.join(name)).expect("it is a program");
        while let (Some(small), Some(large)) = (lines.next(), lines.next()) {
            assert_eq!(text.matches(small).count(), 1, "{name}: {small}");
            text = text.replace(small, large);
        }
        fs::write(into.join(name), text).expect("the folder can be written to");
        name.to_owned()
    };
    sizes.split("== ").skip(1).map(enlarge).collect()
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_unstable_by(f64::total_cmp);
    all[all.len() / 2]
}

fn main() {
    let Some(sections) = Sections::wanted() else { return };
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests has a folder above");
    let folder = crates.join("tests/benches/schemes");
    let into = std::env::temp_dir().join(format!("schemes-{}", std::process::id()));
    fs::create_dir_all(&into).expect("there is room for temporary files");
    let names = enlarged(&folder, &crates.join("gc/examples/scheme/programs"), &into);
    let target = std::env::current_exe().expect("it has a path");
    let ours = target.ancestors().nth(2).expect("it lies in a folder of cargo").join("scheme");
    assert!(ours.is_file(), "first: cargo build --release -p scheme");
    let schemes = schemes(&ours);
    print!("{:<14}", "milliseconds");
    schemes.iter().for_each(|scheme| print!("{:>10}", scheme.name));
    println!("{:>10}", "times");
    let mut ahead = 0;
    for name in names.iter().filter(|name| sections.has(name.trim_end_matches(".scm"))) {
        let mut took: Vec<Vec<f64>> = vec![Vec::new(); schemes.len()];
        let mut printed = None;
        for _ in 0..ROUNDS {
            for (scheme, took) in schemes.iter().zip(&mut took) {
                let Some((time, text)) = scheme.run(&folder.join("others"), &into.join(name)) else {
                    continue;
                };
                // Some greet first.
                let expected = printed.get_or_insert_with(|| text.clone());
                assert!(text.ends_with(expected.as_str()), "{name}: {} prints {text}", scheme.name);
                took.push(time);
            }
        }
        let medians: Vec<Option<f64>> =
            took.into_iter().map(|took| (!took.is_empty()).then(|| median(took))).collect();
        print!("{:<14}", name.trim_end_matches(".scm"));
        for median in &medians {
            print!("{:>10}", median.map_or("-".into(), |median| format!("{median:.0}")));
        }
        let rivals =
            schemes.iter().zip(&medians).filter(|(scheme, _)| ["gsi", "scheme48"].contains(&scheme.name));
        let fastest = rivals.filter_map(|(_, median)| *median).min_by(f64::total_cmp);
        let times = fastest.zip(medians[0]).map(|(rival, ours)| rival / ours);
        ahead += usize::from(times.is_some_and(|times| times >= 1.0));
        println!("{:>10}", times.map_or("-".into(), |times| format!("{times:.2}")));
    }
    println!("at least as fast as the faster of gsi and Scheme 48: {ahead} programs");
    fs::remove_dir_all(&into).expect("it was made here");
}
