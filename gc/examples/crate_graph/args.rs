//! The command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Reads a Cargo.lock into a garbage-collected graph, answers questions on it, removes packages and shows
what the collector frees.

Usage: crate_graph [LOCKFILE] [--remove NAME]...

  LOCKFILE         the file to read; the one of this workspace by default
  --remove NAME    remove a package, all its versions or NAME@VERSION, and what only it needs; by default
                   the one at the top that most packages are needed by alone
  --help           print this
";

/// What the program is asked to do.
#[derive(Debug)]
pub(crate) struct Args {
    /// The file to read.
    pub(crate) lockfile: PathBuf,
    /// What to remove.
    pub(crate) remove: Vec<String>,
    /// Only print the help.
    pub(crate) help: bool,
}

impl Args {
    /// Reads the arguments, without the name of the program.
    pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let mut args = args.into_iter();
        let (mut lockfile, mut remove, mut help) = (None, Vec::new(), false);
        while let Some(arg) = args.next() {
            match arg.to_str() {
                Some("--help" | "-h") => help = true,
                Some("--remove") => {
                    let name = args.next().ok_or("--remove needs the name of a package")?;
                    remove.push(name.to_string_lossy().into_owned());
                }
                Some(option) if option.starts_with('-') => {
                    return Err(format!("unknown option {option}; see --help"));
                }
                _ if lockfile.is_some() => return Err("more than one lock file; see --help".to_owned()),
                _ => lockfile = Some(PathBuf::from(arg)),
            }
        }
        Ok(Self { lockfile: lockfile.unwrap_or_else(workspace_lockfile), remove, help })
    }
}

fn workspace_lockfile() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).join("Cargo.lock")
}
