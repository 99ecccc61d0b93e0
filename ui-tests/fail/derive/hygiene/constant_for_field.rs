// A constant has the name to which the derive binds a field: then the pattern asks for its value, and what follows speaks of
// the constant, which leads to what the derive saw.
use std::ops::Deref;
use std::process::ExitStatus;
use std::sync::OnceLock;

use attribute_macros::replace;
use gc::Trace;

#[derive(PartialEq, Eq)]
struct Only;

impl Deref for Only {
    type Target = ExitStatus;

    fn deref(&self) -> &ExitStatus {
        static STATUS: OnceLock<ExitStatus> = OnceLock::new();
        STATUS.get_or_init(ExitStatus::default)
    }
}

impl Drop for Only {
    fn drop(&mut self) {}
}

#[expect(non_upper_case_globals)]
const __field0: Only = Only;

#[derive(Trace)]
#[replace(struct Plain { status: Only })]
struct Plain {
    status: ExitStatus,
}

fn main() {}
