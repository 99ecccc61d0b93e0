//! Text, paths and strings of foreign code.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};

use super::macros::{leaf, unsized_leaf};

leaf! {
    String: |text| text.capacity(),
    OsString: |text| text.capacity(),
    PathBuf: |path| path.capacity(),
    CString: |text| text.as_bytes_with_nul().len(),
}
unsized_leaf!(str, OsStr, Path, CStr);
