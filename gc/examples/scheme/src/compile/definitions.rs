//! Definitions: of variables, procedures, macros and record types.

use gc::Gc;

use super::body::Item;
use super::expand::{Expander, InScope, assigned, bad};
use super::node::Node;
use super::rules::Macro;
use super::scope::{Binding, Scope, plain};
use crate::value::Value;
use crate::value::condition::{Answer, Fault};
use crate::value::list;

/// What is defined.
enum Definition<'gc> {
    Value(Value<'gc>, Value<'gc>),
    Procedure(Value<'gc>, Value<'gc>, Value<'gc>),
}

impl<'gc> Expander<'_, 'gc> {
    fn definition(&mut self, form: Value<'gc>) -> Answer<'gc, Definition<'gc>> {
        self.operands(form)?;
        let Some(parts) = form.as_pair().and_then(|pair| pair.cdr().as_pair()) else { return Err(bad(form)) };
        let (mut target, mut body) = (parts.car(), parts.cdr());
        // `(define ((name a) b) ..)` defines a procedure that returns one.
        while let Value::Pair(pair) = target
            && matches!(pair.car(), Value::Pair(_))
        {
            let lambda = Value::cons(self.mc, pair.cdr(), body);
            body = list::from_iter(self.mc, [Value::cons(self.mc, self.built_in("lambda"), lambda)]);
            target = pair.car();
        }
        match target {
            Value::Pair(pair) if pair.car().is_identifier() => {
                Ok(Definition::Procedure(pair.car(), pair.cdr(), body))
            }
            name if name.is_identifier() => match list::to_vec(body)?[..] {
                [] => Ok(Definition::Value(name, Value::UNSPECIFIED)),
                [value] => Ok(Definition::Value(name, value)),
                _ => Err(bad(form)),
            },
            _ => Err(bad(form)),
        }
    }

    pub(crate) fn define_global(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let definition = self.definition(form)?;
        let (Definition::Value(name, _) | Definition::Procedure(name, ..)) = definition;
        let Value::Symbol(symbol) = plain(name) else { return Err(bad(form)) };
        let global = scope.environment.define(self.mc, symbol);
        // What is defined here is no procedure of the language any more, for the value, too.
        assigned(self.mc, &global.changed);
        let node = match definition {
            Definition::Value(name, value) => self.named(name, value, scope)?,
            Definition::Procedure(name, parameters, body) => self.lambda(name, parameters, body, scope)?,
        };
        Ok(Node::Define(global, Box::new(node)))
    }

    /// A definition in a body.
    pub(crate) fn inner_definition(
        &mut self,
        form: Value<'gc>,
        scope: InScope<'gc>,
    ) -> Answer<'gc, Item<'gc>> {
        let definition = self.definition(form)?;
        let (Definition::Value(name, _) | Definition::Procedure(name, ..)) = definition;
        if scope.binds(self.mc, name) {
            return Err(Fault::new("this is defined twice:", &[plain(name)]));
        }
        let local = scope.local(self.mc, name);
        Ok(match definition {
            Definition::Value(name, value) => Item::Definition { local, name, value },
            Definition::Procedure(name, parameters, body) => {
                Item::Procedure { local, name, parameters, body }
            }
        })
    }

    pub(crate) fn define_syntax(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let [name, rules] = self.operands(form)?[..] else { return Err(bad(form)) };
        if !name.is_identifier() {
            return Err(bad(form));
        }
        let binding = self.transformer(rules, scope)?;
        match plain(name) {
            Value::Symbol(symbol) if scope.is_top() => scope.environment.bind(self.mc, symbol, binding),
            _ => scope.bind(self.mc, name, binding),
        }
        Ok(Node::Constant(Value::UNSPECIFIED))
    }

    /// `let-syntax` and `letrec-syntax`, which differ for nobody who does not name a macro as one that it uses.
    pub(crate) fn let_syntax(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let Some(parts) = form.as_pair().and_then(|pair| pair.cdr().as_pair()) else { return Err(bad(form)) };
        let inner = Scope::inner(self.mc, scope);
        for binding in list::to_vec(parts.car()).map_err(|_| bad(form))? {
            let [name, rules] = list::to_vec(binding)?[..] else { return Err(bad(form)) };
            let rules = self.transformer(rules, inner)?;
            inner.bind(self.mc, name, rules);
        }
        self.body(parts.cdr(), inner)
    }

    /// What a name of a macro is bound to: new rules, or what another name means.
    fn transformer(&mut self, rules: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Binding<'gc>> {
        let rules = self.expanded(rules, scope)?;
        if rules.is_identifier() {
            return match Scope::look_up(self.mc, scope, rules) {
                binding @ (Binding::Macro(_) | Binding::Form(_)) => Ok(binding),
                _ => Err(Fault::new("this is no macro:", &[plain(rules)])),
            };
        }
        let head = rules.as_pair().map(|pair| pair.car());
        if !head.is_some_and(|head| self.is_auxiliary(head, "syntax-rules", scope)) {
            return Err(Fault::new("a macro is made by `syntax-rules`", &[]));
        }
        let parts = self.operands(rules)?;
        let ellipsis = self.built_in("...");
        Ok(Binding::Macro(Gc::new(self.mc, Macro::new(self.mc, &parts, ellipsis, scope)?)))
    }

    /// A record type as definitions of what belongs to it.
    pub(crate) fn record_type(&mut self, form: Value<'gc>) -> Answer<'gc, Value<'gc>> {
        let mc = self.mc;
        let parts = self.operands(form)?;
        let [name, constructor, predicate, fields @ ..] = &parts[..] else { return Err(bad(form)) };
        let name = name.as_pair().map_or(*name, |pair| pair.car());
        let quote = |datum| list::from_iter(mc, [self.built_in("quote"), datum]);
        let define = |name, value| list::from_iter(mc, [self.built_in("define"), name, value]);
        let call = |procedure: &str, arguments: &[Value<'gc>]| {
            Value::cons(mc, self.built_in(procedure), list::from_iter(mc, arguments.to_vec()))
        };
        let mut specs = Vec::new();
        for field in fields {
            let spec = if field.is_identifier() { vec![*field] } else { list::to_vec(*field)? };
            if spec.is_empty() || spec.len() > 3 {
                return Err(bad(form));
            }
            specs.push(spec);
        }
        let names = list::from_iter(mc, specs.iter().map(|spec| spec[0]).collect::<Vec<_>>());
        let mut all =
            vec![self.built_in("begin"), define(name, call("%record-type", &[quote(name), quote(names)]))];
        match *constructor {
            Value::Pair(pair) => {
                let made = call("%record-constructor", &[name, quote(pair.cdr()), quote(pair.car())]);
                all.push(define(pair.car(), made));
            }
            constructor if constructor.is_identifier() => {
                all.push(define(
                    constructor,
                    call("%record-constructor", &[name, quote(names), quote(constructor)]),
                ));
            }
            _ => {}
        }
        if predicate.is_identifier() {
            all.push(define(*predicate, call("%record-predicate", &[name])));
        }
        for spec in &specs {
            for (procedure, kind) in spec[1..].iter().zip(["%record-accessor", "%record-modifier"]) {
                all.push(define(*procedure, call(kind, &[name, quote(spec[0]), quote(*procedure)])));
            }
        }
        Ok(list::from_iter(mc, all))
    }
}
