//! Quasiquote: data with holes, as calls that build them.

use super::expand::{Expander, InScope, bad, call};
use super::form::Form;
use super::node::Node;
use crate::value::Value;
use crate::value::condition::{Answer, Fault};
use crate::value::list;

impl<'gc> Expander<'_, 'gc> {
    pub(crate) fn quasiquote(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        match self.operands(form)?[..] {
            [template] => self.template(template, 1, scope),
            _ => Err(bad(form)),
        }
    }

    /// A template, which is inside of so many quasiquotes.
    fn template(&mut self, template: Value<'gc>, depth: u32, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        match template {
            Value::Pair(_) if self.is_unquote(template, "unquote", scope) => {
                let [inner] = self.operands(template)?[..] else { return Err(bad(template)) };
                if depth == 1 {
                    return self.expression(inner, scope);
                }
                self.nested("unquote", inner, depth - 1, scope)
            }
            Value::Pair(_) if depth == 1 && self.is_unquote(template, "unquote-splicing", scope) => {
                Err(Fault::new("`unquote-splicing` has no place here", &[]))
            }
            Value::Pair(_) if self.head(template, scope) == Some(Form::Quasiquote) => {
                let [inner] = self.operands(template)?[..] else { return Err(bad(template)) };
                self.nested("quasiquote", inner, depth + 1, scope)
            }
            Value::Pair(_) => self.list_template(template, depth, scope),
            Value::Vector(items) => {
                let items: Vec<_> = items.iter().map(gc::GcCell::get).collect();
                let list = self.list_template(list::from_iter(self.mc, items), depth, scope)?;
                Ok(match list {
                    Node::Constant(_) => Node::Constant(self.datum(template)),
                    list => self.built_in_call("list->vector", vec![list]),
                })
            }
            _ => Ok(Node::Constant(self.datum(template))),
        }
    }

    /// The items of a list are made in their order, and put together from the last to the first.
    fn list_template(
        &mut self,
        template: Value<'gc>,
        depth: u32,
        scope: InScope<'gc>,
    ) -> Answer<'gc, Node<'gc>> {
        let (mut items, mut rest) = (Vec::new(), template);
        while let Value::Pair(pair) = rest {
            let ends = !items.is_empty()
                && (self.is_unquote(rest, "unquote", scope)
                    || self.head(rest, scope) == Some(Form::Quasiquote));
            if ends {
                break;
            }
            let item = pair.car();
            let spliced = self.is_unquote(item, "unquote-splicing", scope);
            items.push(match spliced {
                true => {
                    let [inner] = self.operands(item)?[..] else { return Err(bad(item)) };
                    match depth {
                        1 => (true, self.expression(inner, scope)?),
                        _ => (false, self.nested("unquote-splicing", inner, depth - 1, scope)?),
                    }
                }
                false => (false, self.template(item, depth, scope)?),
            });
            rest = pair.cdr();
        }
        let mut made = if rest.is_nil() { Node::Constant(rest) } else { self.template(rest, depth, scope)? };
        let is_constant = |node: &Node<'gc>| matches!(node, Node::Constant(_));
        if is_constant(&made) && items.iter().all(|(spliced, node)| !spliced && is_constant(node)) {
            return Ok(Node::Constant(self.datum(template)));
        }
        for (spliced, node) in items.into_iter().rev() {
            made = match (spliced, made) {
                (true, Node::Constant(nil)) if nil.is_nil() => node,
                (true, made) => self.built_in_call("append", vec![node, made]),
                (false, made) => self.built_in_call("cons", vec![node, made]),
            };
        }
        Ok(made)
    }

    /// A form of two, of which the second is a template.
    fn nested(
        &mut self,
        name: &str,
        inner: Value<'gc>,
        depth: u32,
        scope: InScope<'gc>,
    ) -> Answer<'gc, Node<'gc>> {
        let inner = self.template(inner, depth, scope)?;
        let name = Value::Symbol(self.world.intern(self.mc, name));
        let rest = self.built_in_call("cons", vec![inner, Node::Constant(Value::NIL)]);
        Ok(self.built_in_call("cons", vec![Node::Constant(name), rest]))
    }

    fn is_unquote(&self, form: Value<'gc>, name: &str, scope: InScope<'gc>) -> bool {
        form.as_pair().is_some_and(|pair| self.is_auxiliary(pair.car(), name, scope))
    }

    /// A call of a procedure of the language.
    fn built_in_call(&self, name: &str, arguments: Vec<Node<'gc>>) -> Node<'gc> {
        let name = self.world.intern(self.mc, name);
        let global = self.world.system.define(self.mc, name);
        call(Node::Global(global), arguments, self.position())
    }
}
