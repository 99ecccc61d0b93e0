//! Text, paths and strings of foreign code.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};

use super::macros::{leaf, unsized_leaf};

leaf!(String, OsString, PathBuf, CString);
unsized_leaf!(str, OsStr, Path, CStr);
