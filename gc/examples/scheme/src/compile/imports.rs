//! `import`, which gives names, and `include`.
//!
//! All that the language has can be used without an import. So an import of one of its libraries checks that it is known, and
//! binds what it renames. An import of a library that the program has [defined](super::libraries) binds what that exports.

use super::expand::{Expander, InScope, bad};
use super::libraries::Names;
use super::node::Node;
use super::scope::{Binding, Scope, plain};
use crate::text::reader;
use crate::text::source::TextSource;
use crate::value::Value;
use crate::value::condition::{Answer, Fault, Kind};
use crate::value::list::{self, Items};

/// The libraries whose procedures are there, by their names.
const LIBRARIES: &[&str] = &[
    "(scheme base)",
    "(scheme case-lambda)",
    "(scheme char)",
    "(scheme cxr)",
    "(scheme eval)",
    "(scheme file)",
    "(scheme inexact)",
    "(scheme lazy)",
    "(scheme load)",
    "(scheme process-context)",
    "(scheme read)",
    "(scheme repl)",
    "(scheme time)",
    "(scheme write)",
    "(scheme sort)",
    "(srfi 1)",
    "(srfi 9)",
    "(srfi 69)",
    "(gc)",
];

/// Whether there is a library of this name.
pub(crate) fn is_known(name: Value<'_>) -> bool {
    let part = |part| match part {
        Value::Symbol(name) => name.to_string(),
        Value::Int(_) => crate::number::print::to_text(part, 10),
        _ => String::new(),
    };
    let parts: Vec<String> = Items(name).map(part).collect();
    LIBRARIES.contains(&&*format!("({})", parts.join(" ")))
}

impl<'gc> Expander<'_, 'gc> {
    pub(crate) fn import(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        for set in self.operands(form)? {
            for (name, binding) in self.import_set(set, scope)?.into_iter().flatten() {
                scope.environment.bind(self.mc, name, binding);
            }
        }
        Ok(Node::Constant(Value::UNSPECIFIED))
    }

    /// The names of a set, if it is one of a library that the program has defined.
    fn import_set(&mut self, set: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Option<Names<'gc>>> {
        if is_known(self.datum(set)) {
            return Ok(None);
        }
        if let Some(names) = self.library(set) {
            return Ok(Some(names));
        }
        let parts = list::to_vec(set).map_err(|_| bad(set))?;
        let [Value::Symbol(modifier), inner, rest @ ..] = &parts[..] else {
            return Err(Fault::new("there is no library", &[set]));
        };
        if !["only", "except", "rename", "prefix"].contains(&&**modifier) {
            return Err(Fault::new("there is no library", &[set]));
        }
        if let Some(names) = self.import_set(*inner, scope)? {
            return self.modify(names, modifier, rest, set).map(Some);
        }
        match &**modifier {
            "rename" => {
                for renaming in rest {
                    let [from, to] = list::to_vec(*renaming)?[..] else { return Err(bad(set)) };
                    self.bind_as(from, to, scope)?;
                }
            }
            "prefix" => {
                let [Value::Symbol(prefix)] = rest else { return Err(bad(set)) };
                for name in self.world.system.names(self.mc) {
                    let prefixed = self.world.intern(self.mc, &format!("{prefix}{name}"));
                    // What has been mentioned and never defined is a name of nothing.
                    let _ = self.bind_as(Value::Symbol(name), Value::Symbol(prefixed), scope);
                }
            }
            _ => {}
        }
        Ok(None)
    }

    fn bind_as(&mut self, from: Value<'gc>, to: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, ()> {
        let (Value::Symbol(_), Value::Symbol(to)) = (plain(from), plain(to)) else { return Err(bad(from)) };
        let binding = Scope::look_up(self.mc, scope, from);
        if let Binding::Global(global) = binding
            && global.value.get().is_unassigned()
        {
            return Err(Fault::new("there is nothing to import by this name:", &[plain(from)]));
        }
        scope.environment.bind(self.mc, to, binding);
        Ok(())
    }

    /// The forms of files, as a `begin`.
    pub(crate) fn include(&mut self, form: Value<'gc>) -> Answer<'gc, Value<'gc>> {
        let mut forms = Vec::new();
        for name in self.operands(form)? {
            let Value::Text(text) = name else { return Err(bad(form)) };
            let path: String = text.chars.borrow(self.mc).iter().collect();
            let text = std::fs::read_to_string(&path)
                .map_err(|error| Fault::of(Kind::File, format!("cannot read {path}: {error}"), &[]))?;
            let mut source = TextSource::new(self.world.files.add(&path), &text);
            while let Some(form) = reader::read(self.mc, self.world, &mut source)? {
                forms.push(form);
            }
        }
        let forms = list::from_iter(self.mc, forms);
        Ok(Value::cons(self.mc, self.built_in("begin"), forms))
    }
}
