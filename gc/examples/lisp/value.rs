//! What the machine works on: all of these are objects, or lie in some.

use std::fmt;

use gc::{Gc, GcRefCell, Mutation, Trace};

/// A name. Equal names are one object, so they are compared by address.
pub(crate) type Symbol<'gc> = Gc<'gc, str>;

/// A pointer to code.
pub(crate) type Code<'gc> = Gc<'gc, Expr<'gc>>;

/// What is evaluated.
#[derive(Trace)]
pub(crate) enum Expr<'gc> {
    Constant(Value<'gc>),
    Variable(Symbol<'gc>),
    Lambda(Gc<'gc, Lambda<'gc>>),
    If(Code<'gc>, Code<'gc>, Code<'gc>),
    Define(Symbol<'gc>, Code<'gc>),
    Set(Symbol<'gc>, Code<'gc>),
    /// A function and its arguments.
    Call(Vec<Code<'gc>>),
}

/// A function as it stands in the program.
#[derive(Trace)]
pub(crate) struct Lambda<'gc> {
    pub(crate) parameters: Vec<Symbol<'gc>>,
    pub(crate) body: Code<'gc>,
}

/// A function as it is made when the program comes by: with the variables around it.
#[derive(Trace)]
pub(crate) struct Closure<'gc> {
    pub(crate) lambda: Gc<'gc, Lambda<'gc>>,
    pub(crate) scope: Scope<'gc>,
}

/// The variables of calls, the innermost first; `None` are the global ones.
pub(crate) type Scope<'gc> = Option<Gc<'gc, Variables<'gc>>>;

/// The variables of one call.
#[derive(Trace)]
pub(crate) struct Variables<'gc> {
    pub(crate) of: Gc<'gc, Lambda<'gc>>,
    pub(crate) values: GcRefCell<Vec<Value<'gc>>>,
    pub(crate) outer: Scope<'gc>,
}

impl<'gc> Variables<'gc> {
    /// Where a name is bound: the call, and which of its parameters it is.
    pub(crate) fn find(mut scope: Scope<'gc>, name: Symbol<'gc>) -> Option<(Gc<'gc, Self>, usize)> {
        while let Some(variables) = scope {
            let place = variables.of.parameters.iter().position(|parameter| Gc::ptr_eq(*parameter, name));
            if let Some(place) = place {
                return Some((variables, place));
            }
            scope = variables.outer;
        }
        None
    }
}

/// A value of the language.
#[derive(Clone, Copy, Trace)]
pub(crate) enum Value<'gc> {
    Nil,
    Bool(bool),
    Number(i64),
    Pair(Gc<'gc, (Value<'gc>, Value<'gc>)>),
    Closure(Gc<'gc, Closure<'gc>>),
    Native(Native),
}

/// A function of the host.
pub(crate) type NativeFunction = for<'gc> fn(&Mutation<'gc>, &[Value<'gc>]) -> Result<Value<'gc>, String>;

/// A function of the host, which holds no pointer.
#[derive(Clone, Copy, Trace)]
pub(crate) struct Native(pub(crate) NativeFunction);

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Nil => f.write_str("nil"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Pair(mut pair) => {
                // A loop, as lists are long.
                write!(f, "({}", pair.0)?;
                while let Self::Pair(next) = pair.1 {
                    write!(f, " {}", next.0)?;
                    pair = next;
                }
                match pair.1 {
                    Self::Nil => f.write_str(")"),
                    last => write!(f, " . {last})"),
                }
            }
            Self::Closure(_) | Self::Native(_) => f.write_str("a function"),
        }
    }
}

/// What the host adds to the language.
pub(crate) const NATIVES: &[(&str, NativeFunction)] = &[
    ("+", |_, arguments| Ok(Value::Number(numbers(arguments)?.iter().sum()))),
    ("-", |_, arguments| match numbers(arguments)?[..] {
        [a, b] => Ok(Value::Number(a - b)),
        _ => Err("`-` takes two numbers".into()),
    }),
    ("<", |_, arguments| Ok(Value::Bool(numbers(arguments)?.is_sorted_by(|a, b| a < b)))),
    ("cons", |mc, arguments| match arguments {
        &[head, tail] => Ok(Value::Pair(Gc::new(mc, (head, tail)))),
        _ => Err("`cons` takes two values".into()),
    }),
    ("pair", |_, arguments| Ok(Value::Bool(matches!(arguments, [Value::Pair(_)])))),
    ("head", |_, arguments| pair(arguments).map(|pair| pair.0)),
    ("tail", |_, arguments| pair(arguments).map(|pair| pair.1)),
];

fn numbers(arguments: &[Value<'_>]) -> Result<Vec<i64>, String> {
    let number = |value: &Value<'_>| match *value {
        Value::Number(number) => Ok(number),
        other => Err(format!("{other} is not a number")),
    };
    arguments.iter().map(number).collect()
}

fn pair<'gc>(arguments: &[Value<'gc>]) -> Result<Gc<'gc, (Value<'gc>, Value<'gc>)>, String> {
    match arguments {
        [Value::Pair(pair)] => Ok(*pair),
        [other] => Err(format!("{other} is not a pair")),
        _ => Err("one pair is expected".into()),
    }
}
