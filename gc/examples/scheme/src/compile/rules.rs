//! `syntax-rules`: patterns. What a pattern's variables stand for goes into the [`templates`](super::templates).

use gc::{Gc, GcSlice, Mutation, Trace};

use super::expand::bad;
use super::form::Form;
use super::scope::{Binding, Scope, is_same, plain};
use super::templates;
use crate::value::Value;
use crate::value::condition::{Answer, Fault};
use crate::value::equality::{is_eq, is_equal};
use crate::value::list;
use crate::value::object::Object;

/// The rules of a macro.
#[derive(Trace)]
pub(crate) struct Macro<'gc> {
    literals: GcSlice<'gc, Value<'gc>>,
    pub(crate) ellipsis: Value<'gc>,
    /// Patterns, without the name of the macro, and templates.
    rules: GcSlice<'gc, (Value<'gc>, Value<'gc>)>,
    /// Where the macro was written.
    pub(crate) scope: Gc<'gc, Scope<'gc>>,
}

/// What the variables of a pattern stand for.
pub(crate) type Matches<'gc> = Vec<(Value<'gc>, Match<'gc>)>;

/// What a variable stands for.
#[derive(Clone)]
pub(crate) enum Match<'gc> {
    One(Value<'gc>),
    /// For each time that the part before an ellipsis has matched.
    Many(Vec<Match<'gc>>),
}

impl<'gc> Macro<'gc> {
    /// The macro whose `syntax-rules` has these operands.
    pub(crate) fn new(
        mc: &Mutation<'gc>,
        operands: &[Value<'gc>],
        ellipsis: Value<'gc>,
        scope: Gc<'gc, Scope<'gc>>,
    ) -> Answer<'gc, Self> {
        let missing = || Fault::new("`syntax-rules` has literals and rules", &[]);
        let (ellipsis, literals, rules) = match operands {
            [own, literals, rules @ ..] if own.is_identifier() => (*own, *literals, rules),
            [literals, rules @ ..] => (ellipsis, *literals, rules),
            [] => return Err(missing()),
        };
        let mut parsed = Vec::new();
        for rule in rules {
            match list::to_vec(*rule)?[..] {
                [Value::Pair(pattern), template] => parsed.push((pattern.cdr(), template)),
                _ => return Err(bad(*rule)),
            }
        }
        let literals = list::to_vec(literals).map_err(|_| missing())?;
        Ok(Self {
            literals: GcSlice::from_slice(mc, &literals),
            ellipsis,
            rules: GcSlice::from_slice(mc, &parsed),
            scope,
        })
    }

    /// Whether a part of a pattern or template is the ellipsis.
    pub(crate) fn is_ellipsis(&self, mc: &Mutation<'gc>, part: Value<'gc>) -> bool {
        if !part.is_identifier() || self.literals.iter().any(|literal| is_eq(*literal, part)) {
            return false;
        }
        let is_default = matches!(plain(self.ellipsis), Value::Symbol(name) if name == "...");
        is_eq(part, self.ellipsis)
            || is_default
                && matches!(Scope::look_up(mc, self.scope, part), Binding::Form(Form::Auxiliary("...")))
    }
}

/// What a use of a macro means.
pub(crate) fn expand<'gc>(
    mc: &Mutation<'gc>,
    rules: Gc<'gc, Macro<'gc>>,
    form: Value<'gc>,
    scope: Gc<'gc, Scope<'gc>>,
) -> Answer<'gc, Value<'gc>> {
    let operands = form.as_pair().map_or(Value::NIL, |pair| pair.cdr());
    for (pattern, template) in rules.rules.iter() {
        let mut matching = Matching { mc, rules, scope, matches: Vec::new() };
        if matching.matches(*pattern, operands)? {
            return templates::fill(mc, rules, &matching.matches, *template);
        }
    }
    Err(bad(form))
}

struct Matching<'a, 'gc> {
    mc: &'a Mutation<'gc>,
    rules: Gc<'gc, Macro<'gc>>,
    /// Where the macro is used.
    scope: Gc<'gc, Scope<'gc>>,
    matches: Matches<'gc>,
}

impl<'gc> Matching<'_, 'gc> {
    fn matches(&mut self, mut pattern: Value<'gc>, mut form: Value<'gc>) -> Answer<'gc, bool> {
        // Along a list in a loop.
        while let Value::Pair(pair) = pattern {
            if let Value::Pair(next) = pair.cdr()
                && self.rules.is_ellipsis(self.mc, next.car())
            {
                return self.matches_many(pair.car(), next.cdr(), form);
            }
            let Value::Pair(part) = form else { return Ok(false) };
            if !self.matches(pair.car(), part.car())? {
                return Ok(false);
            }
            (pattern, form) = (pair.cdr(), part.cdr());
        }
        if pattern.is_identifier() {
            return Ok(self.matches_name(pattern, form));
        }
        match (pattern, form) {
            (Value::Vector(pattern), Value::Vector(form)) => {
                let to_list = |items: crate::value::Cells<'gc>| {
                    list::from_iter(self.mc, items.iter().map(gc::GcCell::get).collect::<Vec<_>>())
                };
                let (pattern, form) = (to_list(pattern), to_list(form));
                self.matches(pattern, form)
            }
            (Value::Vector(_), _) => Ok(false),
            (pattern, form) => is_equal(self.mc, pattern, form),
        }
    }

    fn matches_name(&mut self, name: Value<'gc>, form: Value<'gc>) -> bool {
        if self.rules.literals.iter().any(|literal| is_eq(*literal, name)) {
            return form.is_identifier() && is_same(self.mc, (form, self.scope), (name, self.rules.scope));
        }
        if !matches!(plain(name), Value::Symbol(name) if name == "_") {
            self.matches.push((name, Match::One(form)));
        }
        true
    }

    /// Matches what stands before an ellipsis as often as there are forms for it, and then the rest.
    fn matches_many(
        &mut self,
        part: Value<'gc>,
        rest: Value<'gc>,
        mut form: Value<'gc>,
    ) -> Answer<'gc, bool> {
        let (mut forms, mut ends) = (Vec::new(), vec![form]);
        while let Value::Pair(pair) = form {
            forms.push(pair.car());
            form = pair.cdr();
            ends.push(form);
            // A ring ends somewhere, too.
            if forms.len() > 1 << 24 {
                return Ok(false);
            }
        }
        let mut needed = 0;
        let mut at = rest;
        while let Value::Pair(pair) = at {
            needed += 1;
            at = pair.cdr();
        }
        let Some(count) = forms.len().checked_sub(needed) else { return Ok(false) };
        let mut all = Vec::new();
        for form in &forms[..count] {
            let outer = std::mem::take(&mut self.matches);
            let matched = self.matches(part, *form)?;
            let inner = std::mem::replace(&mut self.matches, outer);
            if !matched {
                return Ok(false);
            }
            all.push(inner);
        }
        let mut names = Vec::new();
        self.names(part, &mut names);
        for (place, name) in names.into_iter().enumerate() {
            let many = all.iter().map(|matches: &Matches<'gc>| matches[place].1.clone()).collect();
            self.matches.push((name, Match::Many(many)));
        }
        self.matches(rest, ends[count])
    }

    /// The variables of a pattern, in the order in which they are matched.
    fn names(&self, mut pattern: Value<'gc>, names: &mut Vec<Value<'gc>>) {
        while let Value::Pair(pair) = pattern {
            if !self.rules.is_ellipsis(self.mc, pair.car()) {
                self.names(pair.car(), names);
            }
            pattern = pair.cdr();
        }
        if let Value::Vector(items) = pattern {
            for item in items.iter().map(gc::GcCell::get) {
                if !self.rules.is_ellipsis(self.mc, item) {
                    self.names(item, names);
                }
            }
        }
        let is_literal = self.rules.literals.iter().any(|literal| is_eq(*literal, pattern));
        let is_blank = matches!(plain(pattern), Value::Symbol(name) if name == "_");
        if pattern.is_identifier() && !is_literal && !is_blank && !self.rules.is_ellipsis(self.mc, pattern) {
            names.push(pattern);
        }
    }
}

/// Whether a macro has brought in a name that is somewhere in a datum. It ends for rings, which macros do not make.
pub(crate) fn has_alias(datum: Value<'_>) -> bool {
    let mut pending = vec![datum];
    for _ in 0..1_000_000 {
        let Some(datum) = pending.pop() else { return false };
        match datum {
            Value::Pair(pair) => pending.extend([pair.cdr(), pair.car()]),
            Value::Vector(items) => pending.extend(items.iter().map(gc::GcCell::get)),
            Value::Object(object) if matches!(&*object, Object::Alias { .. }) => return true,
            _ => {}
        }
    }
    false
}
