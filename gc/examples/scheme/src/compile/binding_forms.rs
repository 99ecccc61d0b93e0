//! Forms that bind variables: `lambda` and `let` in all shapes.

use super::body::Item;
use super::expand::{Expander, InScope, bad, call};
use super::node::{Fix, Lambda, Node};
use super::scope::{Scope, plain};
use crate::value::Value;
use crate::value::condition::{Answer, Fault};
use crate::value::equality::is_eq;
use crate::value::list;

impl<'gc> Expander<'_, 'gc> {
    pub(crate) fn lambda_form(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        match form.as_pair().and_then(|pair| pair.cdr().as_pair()) {
            Some(parts) => self.lambda(Value::FALSE, parts.car(), parts.cdr(), scope),
            None => Err(bad(form)),
        }
    }

    /// A procedure with a name, its parameters, and its body.
    pub(crate) fn lambda(
        &mut self,
        name: Value<'gc>,
        mut parameters: Value<'gc>,
        body: Value<'gc>,
        scope: InScope<'gc>,
    ) -> Answer<'gc, Node<'gc>> {
        let inner = Scope::inner(self.mc, scope);
        let mut locals = Vec::new();
        let all = parameters;
        let mut bind = |name: Value<'gc>| {
            if !name.is_identifier() || inner.binds(self.mc, name) {
                return Err(Fault::new("parameters are names that differ:", &[self.datum(all)]));
            }
            locals.push(inner.local(self.mc, name));
            Ok(())
        };
        while let Value::Pair(pair) = parameters {
            bind(pair.car())?;
            parameters = pair.cdr();
        }
        let rest = !parameters.is_nil();
        if rest {
            bind(parameters)?;
        }
        let body = self.body(body, inner)?;
        Ok(Node::Lambda(Box::new(Lambda { name: plain(name), parameters: locals, rest, body })))
    }

    pub(crate) fn let_form(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let Some(parts) = form.as_pair().and_then(|pair| pair.cdr().as_pair()) else { return Err(bad(form)) };
        if parts.car().is_identifier() {
            let Some(rest) = parts.cdr().as_pair() else { return Err(bad(form)) };
            return self.named_let(form, parts.car(), rest.car(), rest.cdr(), scope);
        }
        let inner = Scope::inner(self.mc, scope);
        let mut bindings = Vec::new();
        for (name, value) in self.bindings(form, parts.car())? {
            bindings.push((name, self.named(name, value, scope)?));
        }
        let mut bound = Vec::new();
        for (name, value) in bindings {
            if inner.binds(self.mc, name) {
                return Err(bad(form));
            }
            bound.push((inner.local(self.mc, name), value));
        }
        let body = Box::new(self.body(parts.cdr(), inner)?);
        Ok(Node::Let(bound, body))
    }

    fn named_let(
        &mut self,
        form: Value<'gc>,
        name: Value<'gc>,
        bindings: Value<'gc>,
        body: Value<'gc>,
        scope: InScope<'gc>,
    ) -> Answer<'gc, Node<'gc>> {
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (name, value) in self.bindings(form, bindings)? {
            names.push(name);
            values.push(self.expression(value, scope)?);
        }
        let inner = Scope::inner(self.mc, scope);
        let local = inner.local(self.mc, name);
        let position = self.position();
        let parameters = list::from_iter(self.mc, names);
        let Node::Lambda(lambda) = self.lambda(name, parameters, body, inner)? else {
            unreachable!("a lambda is one")
        };
        local.mentions.fetch_add(self.mc, 1);
        let body = call(Node::Local(local), values, position);
        Ok(Node::Fix(Box::new(Fix { procedures: vec![(local, *lambda)], body, is_loop: false })))
    }

    pub(crate) fn let_star(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let Some(parts) = form.as_pair().and_then(|pair| pair.cdr().as_pair()) else { return Err(bad(form)) };
        let (mut bound, mut scope) = (Vec::new(), Scope::inner(self.mc, scope));
        for (name, value) in self.bindings(form, parts.car())? {
            let value = self.named(name, value, scope)?;
            scope = Scope::inner(self.mc, scope);
            bound.push((scope.local(self.mc, name), value));
        }
        let body = self.body(parts.cdr(), scope)?;
        Ok(bound.into_iter().rfold(body, |body, binding| Node::Let(vec![binding], Box::new(body))))
    }

    /// `letrec` and `letrec*`: a body that begins with definitions.
    pub(crate) fn letrec(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let Some(parts) = form.as_pair().and_then(|pair| pair.cdr().as_pair()) else { return Err(bad(form)) };
        let inner = Scope::inner(self.mc, scope);
        let mut items = Vec::new();
        for (name, value) in self.bindings(form, parts.car())? {
            items.push(Item::Definition { local: inner.local(self.mc, name), name, value });
        }
        // In a scope of its own, as it may define the same names.
        let body = Value::cons(self.mc, Value::NIL, parts.cdr());
        let body = Value::cons(self.mc, self.built_in("let"), body);
        items.push(Item::Expression(body));
        self.items(items, inner)
    }

    /// The names and values of a list of bindings.
    fn bindings(
        &mut self,
        form: Value<'gc>,
        bindings: Value<'gc>,
    ) -> Answer<'gc, Vec<(Value<'gc>, Value<'gc>)>> {
        let bindings = list::to_vec(bindings).map_err(|_| bad(form))?;
        let pair = |binding| match list::to_vec(binding).as_deref() {
            Ok([name, value]) if name.is_identifier() => Ok((*name, *value)),
            _ => Err(bad(form)),
        };
        bindings.into_iter().map(pair).collect()
    }

    /// An expression whose value has a name, which a procedure then takes.
    pub(crate) fn named(
        &mut self,
        name: Value<'gc>,
        value: Value<'gc>,
        scope: InScope<'gc>,
    ) -> Answer<'gc, Node<'gc>> {
        let mut node = self.expression(value, scope)?;
        if let Node::Lambda(lambda) = &mut node
            && is_eq(lambda.name, Value::FALSE)
        {
            lambda.name = plain(name);
        }
        Ok(node)
    }
}
