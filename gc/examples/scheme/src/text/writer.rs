//! Values to text. What is left to write is on a stack of the writer's own, so that it writes values of any depth; a ring
//! gets a label.

use std::collections::HashMap;
use std::fmt::Write as _;

use gc::{GcSlice, Mutation, Word};

use super::datum::CHARS;
use crate::library;
use crate::number::print;
use crate::value::condition::Condition;
use crate::value::object::Object;
use crate::value::{Pair, Special, Value};

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// For people: strings without quotes.
    Display,
    /// To be read again, with labels where a value contains itself.
    Write,
    /// With labels for all that is there twice.
    Shared,
    /// Without labels.
    Simple,
}

/// What is left to write.
enum Left<'gc> {
    Value(Value<'gc>),
    /// What follows the first item of a list.
    Rest(Value<'gc>),
    Text(&'static str),
}

/// The text of a value.
pub(crate) fn to_text<'gc>(mc: &Mutation<'gc>, value: Value<'gc>, style: Style) -> String {
    let labels = match style {
        Style::Simple => HashMap::new(),
        Style::Shared => labelled(value, true),
        Style::Display | Style::Write => labelled(value, false),
    };
    let mut writer = Writer { mc, out: String::new(), style, labels, next: 0 };
    let mut left = vec![Left::Value(value)];
    while let Some(item) = left.pop() {
        match item {
            Left::Value(value) => writer.value(value, &mut left),
            Left::Rest(value) => writer.rest(value, &mut left),
            Left::Text(text) => writer.out.push_str(text),
        }
    }
    writer.out
}

/// The values that get a label, without one yet.
fn labelled(value: Value<'_>, shared: bool) -> HashMap<usize, Option<usize>> {
    enum Step<'gc> {
        Enter(Value<'gc>),
        Leave(usize),
    }
    // Whether we are inside of the value.
    let mut seen: HashMap<usize, bool> = HashMap::new();
    let mut labels = HashMap::new();
    let mut steps = vec![Step::Enter(value)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Leave(address) => _ = seen.insert(address, false),
            Step::Enter(value @ (Value::Pair(_) | Value::Vector(_))) => {
                let address = value.object_address().expect("it is an object");
                match seen.insert(address, true) {
                    Some(inside) => {
                        seen.insert(address, inside);
                        if inside || shared {
                            labels.insert(address, None);
                        }
                    }
                    None => {
                        steps.push(Step::Leave(address));
                        match value {
                            Value::Pair(pair) => {
                                steps.extend([Step::Enter(pair.cdr()), Step::Enter(pair.car())]);
                            }
                            Value::Vector(items) => {
                                steps.extend(items.iter().map(|item| Step::Enter(item.get())));
                            }
                            _ => {}
                        }
                    }
                }
            }
            Step::Enter(_) => {}
        }
    }
    labels
}

struct Writer<'a, 'gc> {
    mc: &'a Mutation<'gc>,
    out: String,
    style: Style,
    labels: HashMap<usize, Option<usize>>,
    next: usize,
}

impl<'gc> Writer<'_, 'gc> {
    /// Writes the label of a value, or the reference to it; true if that is all.
    fn label(&mut self, value: Value<'gc>) -> bool {
        let Some(label) = value.object_address().and_then(|address| self.labels.get_mut(&address)) else {
            return false;
        };
        let known = label.is_some();
        let number = *label.get_or_insert_with(|| {
            self.next += 1;
            self.next - 1
        });
        let _ = write!(self.out, "#{number}{}", if known { '#' } else { '=' });
        known
    }

    fn value(&mut self, value: Value<'gc>, left: &mut Vec<Left<'gc>>) {
        if !self.labels.is_empty() && self.label(value) {
            return;
        }
        match value {
            Value::Special(special) => self.out.push_str(name(special)),
            Value::Int(_) | Value::Real(_) | Value::Big(_) => self.out.push_str(&print::to_text(value, 10)),
            Value::Char(char) => self.char(char),
            Value::Native(native) => {
                let _ = write!(self.out, "#<procedure {}>", library::name(native));
            }
            Value::Symbol(symbol) => self.symbol(&symbol),
            Value::Pair(pair) => self.pair(&pair, left),
            Value::Text(text) => {
                let chars = text.chars.borrow(self.mc);
                if self.style == Style::Display {
                    self.out.extend(chars.iter());
                } else {
                    self.out.push('"');
                    chars.iter().for_each(|char| self.escaped(*char, '"'));
                    self.out.push('"');
                }
            }
            Value::Vector(items) => {
                self.out.push_str("#(");
                left.push(Left::Text(")"));
                for (index, item) in GcSlice::as_ref(items).iter().enumerate().rev() {
                    left.push(Left::Value(item.get()));
                    if index > 0 {
                        left.push(Left::Text(" "));
                    }
                }
            }
            Value::Record(cells) => {
                self.out.push_str("#<");
                if let Some(Object::RecordType(name, _)) = cells[0].get().as_object() {
                    self.out.push_str(&to_text(self.mc, *name, Style::Display));
                }
                self.out.push('>');
            }
            Value::Closure(cells) => {
                self.out.push_str("#<procedure");
                if let Value::Code(code) = cells[0].get()
                    && let Value::Symbol(name) = code.name
                {
                    let _ = write!(self.out, " {name}");
                }
                self.out.push('>');
            }
            Value::Code(_) | Value::Variable(_) => self.out.push_str("#<code>"),
            Value::Object(object) => self.object(&object, left),
        }
    }

    fn pair(&mut self, pair: &Pair<'gc>, left: &mut Vec<Left<'gc>>) {
        if let (Value::Symbol(symbol), Value::Pair(rest)) = (pair.car(), pair.cdr())
            && rest.cdr().is_nil()
            && let Some(prefix) = prefix(&symbol)
        {
            self.out.push_str(prefix);
            left.push(Left::Value(rest.car()));
            return;
        }
        self.out.push('(');
        left.extend([Left::Rest(pair.cdr()), Left::Value(pair.car())]);
    }

    fn object(&mut self, object: &Object<'gc>, left: &mut Vec<Left<'gc>>) {
        let text = match object {
            Object::Bytes(bytes) => {
                self.out.push_str("#u8(");
                for (index, byte) in bytes.borrow(self.mc).iter().enumerate() {
                    let _ = write!(self.out, "{}{byte}", if index > 0 { " " } else { "" });
                }
                ")"
            }
            Object::Ratio(ratio) => {
                let _ = write!(self.out, "{ratio}");
                return;
            }
            Object::RecordType(name, _) => {
                self.out.push_str("#<record type ");
                left.extend([Left::Text(">"), Left::Value(*name)]);
                return;
            }
            Object::Alias { name, .. } => {
                left.push(Left::Value(*name));
                return;
            }
            Object::Values(values) => {
                for (index, value) in values.iter().enumerate().rev() {
                    left.push(Left::Value(value.get()));
                    if index > 0 {
                        left.push(Left::Text(" "));
                    }
                }
                return;
            }
            Object::Condition(condition) => {
                self.out.push_str("#<error ");
                self.out.push_str(&describe(self.mc, condition));
                ">"
            }
            Object::Parameter { .. } => "#<parameter>",
            Object::Promise(_) => "#<promise>",
            Object::Continuation { .. } => "#<continuation>",
            Object::CaseLambda(_) | Object::Guardian(_) => "#<procedure>",
            Object::Port(_) => "#<port>",
            Object::Table(_) => "#<hash-table>",
            Object::Environment(_) => "#<environment>",
            Object::WeakPair { .. } => "#<weak-pair>",
            Object::Future(_) => "#<future>",
        };
        self.out.push_str(text);
    }

    fn rest(&mut self, rest: Value<'gc>, left: &mut Vec<Left<'gc>>) {
        match rest {
            Value::Special(Special::Nil) => self.out.push(')'),
            Value::Pair(pair)
                if !rest.object_address().is_some_and(|address| self.labels.contains_key(&address)) =>
            {
                self.out.push(' ');
                left.extend([Left::Rest(pair.cdr()), Left::Value(pair.car())]);
            }
            _ => {
                self.out.push_str(" . ");
                left.extend([Left::Text(")"), Left::Value(rest)]);
            }
        }
    }

    fn char(&mut self, char: char) {
        if self.style == Style::Display {
            self.out.push(char);
            return;
        }
        self.out.push_str("#\\");
        match CHARS.iter().find(|(_, known)| *known == char) {
            Some((name, _)) => self.out.push_str(name),
            None if char.is_control() => _ = write!(self.out, "x{:x}", u32::from(char)),
            None => self.out.push(char),
        }
    }

    fn symbol(&mut self, name: &str) {
        if self.style == Style::Display || is_plain(name) {
            self.out.push_str(name);
        } else {
            self.out.push('|');
            name.chars().for_each(|char| self.escaped(char, '|'));
            self.out.push('|');
        }
    }

    fn escaped(&mut self, char: char, quote: char) {
        match char {
            '\x07' => self.out.push_str("\\a"),
            '\x08' => self.out.push_str("\\b"),
            '\n' => self.out.push_str("\\n"),
            '\r' => self.out.push_str("\\r"),
            '\t' => self.out.push_str("\\t"),
            '\\' => self.out.push_str("\\\\"),
            char if char == quote => self.out.extend(['\\', quote]),
            char if char.is_control() => _ = write!(self.out, "\\x{:x};", u32::from(char)),
            char => self.out.push(char),
        }
    }
}

/// An error as a line of text.
pub(crate) fn describe<'gc>(mc: &Mutation<'gc>, condition: &Condition<'gc>) -> String {
    let mut text = to_text(mc, condition.message, Style::Display);
    for irritant in crate::value::list::Items(condition.irritants) {
        text.push(' ');
        text.push_str(&to_text(mc, irritant, Style::Write));
    }
    text
}

/// Whether a name reads as itself without bars.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name != "."
        && !name.starts_with('#')
        && !name.contains(|char: char| {
            char.is_whitespace() || char.is_control() || "()[]\";'`,|\\".contains(char)
        })
        && crate::number::parse::number(name, 10).is_none()
}

fn prefix(name: &str) -> Option<&'static str> {
    Some(match name {
        "quote" => "'",
        "quasiquote" => "`",
        "unquote" => ",",
        "unquote-splicing" => ",@",
        _ => return None,
    })
}

fn name(special: Special) -> &'static str {
    match special {
        Special::Nil => "()",
        Special::False => "#f",
        Special::True => "#t",
        Special::Unspecified => "#<unspecified>",
        Special::Unassigned => "#<unassigned>",
        Special::Eof => "#<eof>",
    }
}
