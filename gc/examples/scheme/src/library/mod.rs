//! The procedures of the language: those written in Rust, by group, and the texts of those written in Scheme.

pub(crate) mod arguments;
pub(crate) mod bytes;
mod chars;
mod control;
mod input;
mod lists;
mod numbers;
mod output;
pub(crate) mod ports;
mod records;
mod strings;
mod tables;
mod vectors;
mod weak;

use std::sync::LazyLock;

use crate::machine::Context;
use crate::value::Value;
use crate::value::condition::Answer;

/// A procedure of the host.
pub(crate) struct Native {
    pub(crate) name: &'static str,
    least: usize,
    most: usize,
    pub(crate) work: Work,
}

/// A function of the host. It gets its arguments, as many as it takes.
pub(crate) type Function = for<'gc> fn(&Context<'_, 'gc>, &[Value<'gc>]) -> Answer<'gc>;

/// What a procedure of the host does.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    Plain(Function),
    /// It changes where the machine goes on.
    Control(Control),
}

/// What the machine itself does for a procedure.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Control {
    Apply,
    ApplyValues,
    CallCc,
    GoTo,
    Eval,
    Uncaught,
    Exit,
    Collect,
    Wait,
    Future,
}

impl Native {
    /// Whether a number of arguments is right.
    #[inline]
    pub(crate) fn takes(&self, count: usize) -> bool {
        self.least <= count && count <= self.most
    }
}

/// A procedure that takes so many arguments, or more.
const fn native(name: &'static str, least: usize, most: usize, function: Function) -> Native {
    Native { name, least, most, work: Work::Plain(function) }
}

/// As many arguments as there are.
const MANY: usize = usize::MAX;

/// All procedures. What a value of a program names is the place in it.
pub(crate) fn natives() -> &'static [&'static Native] {
    static ALL: LazyLock<Vec<&'static Native>> = LazyLock::new(|| {
        let groups: &[&'static [Native]] = &[
            numbers::NATIVES,
            numbers::EXACTNESS,
            lists::NATIVES,
            lists::EQUALITY,
            chars::NATIVES,
            strings::NATIVES,
            strings::CONVERSIONS,
            vectors::NATIVES,
            bytes::NATIVES,
            records::NATIVES,
            control::NATIVES,
            control::CONTROL,
            input::NATIVES,
            output::NATIVES,
            tables::NATIVES,
            weak::NATIVES,
        ];
        groups.iter().copied().flatten().collect()
    });
    &ALL
}

/// The name of a procedure.
pub(crate) fn name(native: u16) -> &'static str {
    natives()[usize::from(native)].name
}

/// What is written in Scheme.
pub(crate) const PRELUDE: &[&str] = &[
    include_str!("control.scm"),
    include_str!("syntax.scm"),
    include_str!("lists.scm"),
    include_str!("sequences.scm"),
];

/// What `cond-expand` knows.
pub(crate) const FEATURES: &[&str] =
    &["r7rs", "exact-closed", "exact-rational", "ratios", "full-unicode", "gc"];
