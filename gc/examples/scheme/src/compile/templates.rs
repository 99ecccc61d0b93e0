//! `syntax-rules`: templates. Names that are no variables of the pattern are brought in as aliases.

use gc::{Gc, Mutation};

use super::rules::{Macro, Match, Matches};
use crate::value::Value;
use crate::value::condition::{Answer, Fault};
use crate::value::equality::is_eq;
use crate::value::list;
use crate::value::object::Object;

/// Fills a template with what the variables stand for.
pub(crate) fn fill<'gc>(
    mc: &Mutation<'gc>,
    rules: Gc<'gc, Macro<'gc>>,
    matches: &Matches<'gc>,
    template: Value<'gc>,
) -> Answer<'gc, Value<'gc>> {
    let mut filling = Filling { mc, rules, aliases: Vec::new() };
    filling.fill(matches, template, true)
}

struct Filling<'a, 'gc> {
    mc: &'a Mutation<'gc>,
    rules: Gc<'gc, Macro<'gc>>,
    /// One for each name in one use of a macro.
    aliases: Vec<(Value<'gc>, Value<'gc>)>,
}

impl<'gc> Filling<'_, 'gc> {
    /// `dots`: whether an ellipsis means what it does, and not itself.
    fn fill(&mut self, matches: &Matches<'gc>, template: Value<'gc>, dots: bool) -> Answer<'gc, Value<'gc>> {
        if template.is_identifier() {
            return match matches.iter().rev().find(|(name, _)| is_eq(*name, template)) {
                Some((_, Match::One(value))) => Ok(*value),
                Some((_, Match::Many(_))) => {
                    Err(Fault::new("an ellipsis is missing behind a name of the template:", &[template]))
                }
                None => Ok(self.alias(template)),
            };
        }
        match template {
            Value::Pair(pair) if dots && self.rules.is_ellipsis(self.mc, pair.car()) => {
                match pair.cdr().as_pair() {
                    Some(escaped) => self.fill(matches, escaped.car(), false),
                    None => Err(Fault::new("an ellipsis has no place here", &[])),
                }
            }
            Value::Pair(_) => self.fill_list(matches, template, dots),
            Value::Vector(items) => {
                let items: Vec<_> = items.iter().map(gc::GcCell::get).collect();
                let template = list::from_iter(self.mc, items);
                let filled = self.fill(matches, template, dots)?;
                Ok(Value::vector(self.mc, list::to_vec(filled)?))
            }
            _ => Ok(template),
        }
    }

    fn fill_list(
        &mut self,
        matches: &Matches<'gc>,
        mut template: Value<'gc>,
        dots: bool,
    ) -> Answer<'gc, Value<'gc>> {
        let mut items = Vec::new();
        while let Value::Pair(pair) = template {
            if dots && !items.is_empty() && self.rules.is_ellipsis(self.mc, pair.car()) {
                break;
            }
            let mut depth = 0;
            let mut rest = pair.cdr();
            while let Value::Pair(next) = rest
                && dots
                && self.rules.is_ellipsis(self.mc, next.car())
            {
                depth += 1;
                rest = next.cdr();
            }
            self.fill_many(matches, pair.car(), depth, dots, &mut items)?;
            template = rest;
        }
        let tail = if template.is_nil() { template } else { self.fill(matches, template, dots)? };
        Ok(list::with_tail(self.mc, items, tail))
    }

    /// Fills a part once for each match of the variables in it, and so on for each ellipsis.
    fn fill_many(
        &mut self,
        matches: &Matches<'gc>,
        part: Value<'gc>,
        depth: u32,
        dots: bool,
        items: &mut Vec<Value<'gc>>,
    ) -> Answer<'gc, ()> {
        if depth == 0 {
            items.push(self.fill(matches, part, dots)?);
            return Ok(());
        }
        let mut used = Vec::new();
        mentioned(part, matches, &mut used);
        let many: Vec<(Value<'gc>, &Vec<Match<'gc>>)> = used
            .iter()
            .filter_map(|place| match &matches[*place] {
                (name, Match::Many(many)) => Some((*name, many)),
                _ => None,
            })
            .collect();
        let Some(count) = many.iter().map(|(_, many)| many.len()).max() else {
            return Err(Fault::new("there is nothing to repeat before an ellipsis", &[]));
        };
        if many.iter().any(|(_, many)| many.len() != count) {
            return Err(Fault::new("what is repeated together is not there equally often", &[]));
        }
        for turn in 0..count {
            let mut inner: Matches<'gc> = used.iter().map(|place| matches[*place].clone()).collect();
            for (name, many) in &many {
                inner.push((*name, many[turn].clone()));
            }
            self.fill_many(&inner, part, depth - 1, dots, items)?;
        }
        Ok(())
    }

    fn alias(&mut self, name: Value<'gc>) -> Value<'gc> {
        if let Some((_, alias)) = self.aliases.iter().find(|(known, _)| is_eq(*known, name)) {
            return *alias;
        }
        let alias = Value::object(self.mc, Object::Alias { name, scope: self.rules.scope });
        self.aliases.push((name, alias));
        alias
    }
}

/// The places of the variables that are in a part of a template.
fn mentioned<'gc>(part: Value<'gc>, matches: &Matches<'gc>, used: &mut Vec<usize>) {
    let mut pending = vec![part];
    while let Some(part) = pending.pop() {
        match part {
            Value::Pair(pair) => pending.extend([pair.cdr(), pair.car()]),
            Value::Vector(items) => pending.extend(items.iter().map(gc::GcCell::get)),
            _ => {
                if let Some(place) = matches.iter().rposition(|(name, _)| is_eq(*name, part))
                    && !used.contains(&place)
                {
                    used.push(place);
                }
            }
        }
    }
}
