//! Forms that bind nothing: conditions and assignments.

use super::expand::{Expander, InScope, assigned, bad, call, sequence};
use super::form::Form;
use super::node::Node;
use super::scope::{Binding, Scope};
use crate::value::Value;
use crate::value::condition::{Answer, Fault};
use crate::value::list::{self, Items};

impl<'gc> Expander<'_, 'gc> {
    pub(crate) fn assignment(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let [name, value] = self.operands(form)?[..] else { return Err(bad(form)) };
        if !name.is_identifier() {
            return Err(bad(form));
        }
        let value = Box::new(self.expression(value, scope)?);
        Ok(match Scope::look_up(self.mc, scope, name) {
            Binding::Local(local) => {
                assigned(self.mc, &local.assigned);
                local.mentions.fetch_add(self.mc, 1);
                Node::SetLocal(local, value)
            }
            Binding::Global(global) => {
                assigned(self.mc, &global.changed);
                Node::SetGlobal(global, value)
            }
            _ => return Err(Fault::new("this is a keyword and no variable:", &[super::scope::plain(name)])),
        })
    }

    pub(crate) fn conditional(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let parts = self.operands(form)?;
        let mut parts = match parts.len() {
            2 | 3 => self.expressions(parts, scope)?,
            _ => return Err(bad(form)),
        };
        let other = if parts.len() == 3 { parts.pop() } else { None };
        let (then, condition) = (parts.pop(), parts.pop());
        let missing = || Node::Constant(Value::UNSPECIFIED);
        let [condition, then, other] = [condition, then, other].map(|part| part.unwrap_or_else(missing));
        Ok(Node::If(Box::new([condition, then, other])))
    }

    pub(crate) fn and(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let forms = self.operands(form)?;
        let mut nodes = self.expressions(forms, scope)?;
        let Some(last) = nodes.pop() else { return Ok(Node::Constant(Value::TRUE)) };
        let step = |rest, node| Node::If(Box::new([node, rest, Node::Constant(Value::FALSE)]));
        Ok(nodes.into_iter().rfold(last, step))
    }

    pub(crate) fn when(
        &mut self,
        kind: Form,
        form: Value<'gc>,
        scope: InScope<'gc>,
    ) -> Answer<'gc, Node<'gc>> {
        let mut forms = self.operands(form)?;
        if forms.is_empty() {
            return Err(bad(form));
        }
        let condition = self.expression(forms.remove(0), scope)?;
        let body = sequence(self.expressions(forms, scope)?);
        let nothing = Node::Constant(Value::UNSPECIFIED);
        let parts = if kind == Form::When { [condition, body, nothing] } else { [condition, nothing, body] };
        Ok(Node::If(Box::new(parts)))
    }

    /// Clauses are compiled from the first to the last, and put together from the last to the first.
    pub(crate) fn cond(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let mut made = Vec::new();
        let mut last = Node::Constant(Value::UNSPECIFIED);
        for clause in self.operands(form)? {
            let parts = list::to_vec(clause).map_err(|_| bad(form))?;
            let [test, body @ ..] = &parts[..] else { return Err(bad(form)) };
            if self.is_auxiliary(*test, "else", scope) {
                last = sequence(self.expressions(body.to_vec(), scope)?);
                break;
            }
            let test = self.expression(*test, scope)?;
            made.push(match body {
                [] => Clause::Test(test),
                [arrow, receiver] if self.is_auxiliary(*arrow, "=>", scope) => {
                    Clause::Receiver(test, self.expression(*receiver, scope)?)
                }
                _ => Clause::Body(test, sequence(self.expressions(body.to_vec(), scope)?)),
            });
        }
        let position = self.position();
        let combine = |rest: Node<'gc>, clause| match clause {
            Clause::Test(test) => Node::Or(vec![test, rest]),
            Clause::Body(test, body) => Node::If(Box::new([test, body, rest])),
            Clause::Receiver(test, receiver) => {
                let inner = Scope::inner(self.mc, scope);
                let value = inner.local(self.mc, Value::FALSE);
                let pass = call(receiver, vec![Node::Local(value)], position);
                let choice = Node::If(Box::new([Node::Local(value), pass, rest]));
                Node::Let(vec![(value, test)], Box::new(choice))
            }
        };
        Ok(made.into_iter().rfold(last, combine))
    }

    /// Whether a value is a name that has a meaning in this place only.
    pub(crate) fn is_auxiliary(&self, name: Value<'gc>, expected: &str, scope: InScope<'gc>) -> bool {
        name.is_identifier()
            && matches!(
                Scope::look_up(self.mc, scope, name),
                Binding::Form(Form::Auxiliary(known)) if known == expected
            )
    }

    /// The first clause whose requirement is met, as a `begin`.
    pub(crate) fn cond_expand(&mut self, form: Value<'gc>) -> Answer<'gc, Value<'gc>> {
        for clause in self.operands(form)? {
            let Value::Pair(pair) = clause else { return Err(bad(form)) };
            if self.is_met(pair.car()).ok_or_else(|| bad(form))? {
                return Ok(Value::cons(self.mc, self.built_in("begin"), pair.cdr()));
            }
        }
        Ok(Value::cons(self.mc, self.built_in("begin"), Value::NIL))
    }

    fn is_met(&self, requirement: Value<'gc>) -> Option<bool> {
        if requirement.is_identifier() {
            let Value::Symbol(name) = super::scope::plain(requirement) else { return None };
            return Some(name == "else" || crate::library::FEATURES.contains(&&*name));
        }
        let pair = requirement.as_pair()?;
        let Value::Symbol(head) = super::scope::plain(pair.car()) else { return None };
        let mut rest = Items(pair.cdr());
        match &*head {
            "and" => Some(rest.all(|part| self.is_met(part) == Some(true))),
            "or" => Some(rest.any(|part| self.is_met(part) == Some(true))),
            "not" => self.is_met(rest.next()?).map(|met| !met),
            "library" => {
                let name = self.datum(rest.next()?);
                Some(super::imports::is_known(name) || self.library(name).is_some())
            }
            _ => None,
        }
    }
}

/// A clause of `cond`.
enum Clause<'gc> {
    Test(Node<'gc>),
    Body(Node<'gc>, Node<'gc>),
    Receiver(Node<'gc>, Node<'gc>),
}
