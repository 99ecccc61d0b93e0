//! `define-library`: names of its own, of which a program sees those that are exported.
//!
//! A library is an environment beside that of the program. Its body is compiled and run where it is defined, once; what it
//! exports is bound by an import as it is, so a variable is one for the library and all who import it.

use super::expand::{Expander, InScope, bad, sequence};
use super::node::Node;
use super::scope::{Binding, Environment, Scope, plain};
use crate::text::writer::{Style, to_text};
use crate::value::condition::{Answer, Fault};
use crate::value::list;
use crate::value::{Symbol, Value};

/// Names that a program gets, and what they mean.
pub(crate) type Names<'gc> = Vec<(Symbol<'gc>, Binding<'gc>)>;

/// What a library declares, in the order in which it matters.
#[derive(Default)]
struct Declarations<'gc> {
    imports: Vec<Value<'gc>>,
    body: Vec<Value<'gc>>,
    exports: Vec<Value<'gc>>,
}

impl<'gc> Expander<'_, 'gc> {
    pub(crate) fn define_library(&mut self, form: Value<'gc>) -> Answer<'gc, Node<'gc>> {
        let parts = self.operands(form)?;
        let [name, declarations @ ..] = &parts[..] else { return Err(bad(form)) };
        let name = self.library_name(*name);
        let mut all = Declarations::default();
        declarations.iter().try_for_each(|&declaration| self.declare(declaration, &mut all))?;
        let inside = Scope::top(self.mc, Environment::new(self.mc, Some(self.world.system)));
        for import in all.imports {
            self.import(import, inside)?;
        }
        let mut nodes = Vec::new();
        for part in all.body {
            nodes.push(self.top_level(part, inside)?);
        }
        nodes.push(Node::Constant(Value::UNSPECIFIED));
        let exports: Answer<'gc, Names<'gc>> =
            all.exports.into_iter().map(|export| self.export(export, inside)).collect();
        self.world.libraries.write(self.mc).insert(name, exports?);
        Ok(sequence(nodes))
    }

    /// What a library that the program has defined exports.
    pub(crate) fn library(&self, name: Value<'gc>) -> Option<Names<'gc>> {
        self.world.libraries.read(self.mc).get(&self.library_name(name)).cloned()
    }

    fn library_name(&self, name: Value<'gc>) -> String {
        to_text(self.mc, self.datum(name), Style::Write)
    }

    fn declare(&mut self, declaration: Value<'gc>, all: &mut Declarations<'gc>) -> Answer<'gc, ()> {
        let Some(Value::Symbol(kind)) = declaration.as_pair().map(|pair| plain(pair.car())) else {
            return Err(bad(declaration));
        };
        let operands = self.operands(declaration)?;
        let as_form = |name| {
            Value::cons(self.mc, self.built_in(name), list::from_iter(self.mc, operands.iter().copied()))
        };
        match &*kind {
            "export" => all.exports.extend(operands),
            "import" => all.imports.push(declaration),
            "begin" | "include" => all.body.push(as_form(&kind)),
            "cond-expand" => {
                // A `begin` of declarations.
                let chosen = self.cond_expand(declaration)?;
                for part in self.operands(chosen)? {
                    self.declare(part, all)?;
                }
            }
            "include-library-declarations" => {
                let parts = self.include(declaration)?;
                for part in self.operands(parts)? {
                    self.declare(part, all)?;
                }
            }
            _ => return Err(Fault::new("a library has no such declaration:", &[declaration])),
        }
        Ok(())
    }

    /// A name, or `(rename FROM TO)`.
    fn export(
        &mut self,
        export: Value<'gc>,
        inside: InScope<'gc>,
    ) -> Answer<'gc, (Symbol<'gc>, Binding<'gc>)> {
        let (from, to) = match plain(export) {
            name @ Value::Symbol(_) => (name, name),
            renaming => match list::to_vec(renaming).map_err(|_| bad(export))?[..] {
                [rename, from, to] if matches!(plain(rename), Value::Symbol(name) if &*name == "rename") => {
                    (plain(from), plain(to))
                }
                _ => return Err(bad(export)),
            },
        };
        let (Value::Symbol(_), Value::Symbol(to)) = (from, to) else { return Err(bad(export)) };
        Ok((to, Scope::look_up(self.mc, inside, from)))
    }

    /// What is left of names by `only`, `except`, `rename` or `prefix`.
    pub(crate) fn modify(
        &self,
        names: Names<'gc>,
        modifier: &str,
        rest: &[Value<'gc>],
        set: Value<'gc>,
    ) -> Answer<'gc, Names<'gc>> {
        let symbol = |name| match plain(name) {
            Value::Symbol(symbol) => Ok(symbol),
            _ => Err(bad(set)),
        };
        let place = |name| {
            let symbol = symbol(name)?;
            let place = names.iter().position(|(known, _)| **known == *symbol);
            place.ok_or_else(|| Fault::new("the library does not export this name:", &[plain(name)]))
        };
        let places =
            |names: &[Value<'gc>]| names.iter().map(|&name| place(name)).collect::<Answer<'gc, Vec<_>>>();
        match modifier {
            "only" => Ok(places(rest)?.into_iter().map(|place| names[place]).collect()),
            "except" => {
                let excepted = places(rest)?;
                let kept = (0..names.len()).filter(|place| !excepted.contains(place));
                Ok(kept.map(|place| names[place]).collect())
            }
            "rename" => {
                let mut renamed = names.clone();
                for &renaming in rest {
                    let [from, to] = list::to_vec(renaming)?[..] else { return Err(bad(set)) };
                    renamed[place(from)?].0 = symbol(to)?;
                }
                Ok(renamed)
            }
            _ => {
                let [prefix] = rest else { return Err(bad(set)) };
                let prefix = symbol(*prefix)?;
                let prefixed = |name: Symbol<'gc>| self.world.intern(self.mc, &format!("{prefix}{name}"));
                Ok(names.iter().map(|&(name, binding)| (prefixed(name), binding)).collect())
            }
        }
    }
}
