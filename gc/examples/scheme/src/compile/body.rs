//! Bodies: definitions and expressions, of which each definition is known in all of the body.
//!
//! A variable is a plain one, without a cell, if its value is there before it is mentioned; so are procedures that are defined
//! one after the other and mention each other. Only what is mentioned before it has a value is made at the start, and
//! assigned to then.

use gc::Gc;

use super::expand::{Expander, InScope, assigned, sequence};
use super::form::Form;
use super::node::{Fix, Lambda, Node};
use super::scope::{Local, Scope};
use crate::value::Value;
use crate::value::condition::{Answer, Fault};
use crate::value::list;

/// A part of a body, whose macros are expanded so far that it is known which it is.
pub(crate) enum Item<'gc> {
    Definition {
        local: Gc<'gc, Local<'gc>>,
        name: Value<'gc>,
        value: Value<'gc>,
    },
    /// `(define (name . parameters) . body)`
    Procedure {
        local: Gc<'gc, Local<'gc>>,
        name: Value<'gc>,
        parameters: Value<'gc>,
        body: Value<'gc>,
    },
    Expression(Value<'gc>),
}

/// A part of a body as it was compiled.
enum Made<'gc> {
    /// A variable that nothing before has mentioned.
    Let(Gc<'gc, Local<'gc>>, Node<'gc>),
    Fix(Vec<(Gc<'gc, Local<'gc>>, Lambda<'gc>)>),
    Node(Node<'gc>),
}

impl<'gc> Expander<'_, 'gc> {
    /// The body of a procedure, or of a form that binds. The scope is its own.
    pub(crate) fn body(&mut self, forms: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let forms = list::to_vec(forms)?;
        if forms.is_empty() {
            return Err(Fault::new("a body has an expression at least", &[]));
        }
        // Definitions hide parameters, if need be.
        let scope = Scope::inner(self.mc, scope);
        let mut items = Vec::new();
        self.collect(forms, scope, &mut items)?;
        self.items(items, scope)
    }

    fn collect(
        &mut self,
        forms: Vec<Value<'gc>>,
        scope: InScope<'gc>,
        items: &mut Vec<Item<'gc>>,
    ) -> Answer<'gc, ()> {
        for form in forms {
            let form = self.expanded(form, scope)?;
            match self.head(form, scope) {
                Some(Form::Begin) => {
                    let forms = self.operands(form)?;
                    self.collect(forms, scope, items)?;
                }
                Some(Form::Define) => items.push(self.inner_definition(form, scope)?),
                Some(Form::DefineSyntax) => _ = self.define_syntax(form, scope)?,
                Some(Form::DefineRecordType) => {
                    let definitions = self.record_type(form)?;
                    self.collect(vec![definitions], scope, items)?;
                }
                Some(Form::CondExpand) => {
                    let chosen = self.cond_expand(form)?;
                    self.collect(vec![chosen], scope, items)?;
                }
                Some(Form::Include) => {
                    let forms = self.include(form)?;
                    self.collect(vec![forms], scope, items)?;
                }
                _ => items.push(Item::Expression(form)),
            }
        }
        Ok(())
    }

    /// Compiles the parts in their order, and puts them together from the last to the first.
    pub(crate) fn items(&mut self, items: Vec<Item<'gc>>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let (mut made, mut early) = (Vec::new(), Vec::new());
        let mut group: Vec<(Gc<'gc, Local<'gc>>, Lambda<'gc>)> = Vec::new();
        // Of the variables that are defined now or later: those mentioned before the group of procedures.
        let mut mentioned_early = |local: Gc<'gc, Local<'gc>>, mentions: u32| {
            mentions > 0 && {
                early.push(local);
                true
            }
        };
        let mut before: Vec<u32> = mentions(&items);
        for (place, item) in items.iter().enumerate() {
            let (local, node) = match item {
                Item::Expression(form) => {
                    let node = self.expression(*form, scope)?;
                    flush(&mut group, &mut made);
                    made.push(Made::Node(node));
                    before = mentions(&items);
                    continue;
                }
                Item::Definition { local, name, value } => (*local, self.named(*name, *value, scope)?),
                Item::Procedure { local, name, parameters, body } => {
                    (*local, self.lambda(*name, *parameters, *body, scope)?)
                }
            };
            match node {
                Node::Lambda(lambda) if before[place] == 0 => group.push((local, *lambda)),
                node => {
                    flush(&mut group, &mut made);
                    if mentioned_early(local, local.mentions.get()) {
                        assigned(self.mc, &local.assigned);
                        made.push(Made::Node(Node::SetLocal(local, Box::new(node))));
                    } else {
                        made.push(Made::Let(local, node));
                    }
                    before = mentions(&items);
                }
            }
        }
        flush(&mut group, &mut made);
        let body = put_together(made);
        let unassigned = |local| (local, Node::Constant(Value::UNASSIGNED));
        Ok(match early.is_empty() {
            true => body,
            false => Node::Let(early.into_iter().map(unassigned).collect(), Box::new(body)),
        })
    }
}

/// How often the variable of each part has been mentioned so far.
fn mentions(items: &[Item<'_>]) -> Vec<u32> {
    let mentions = |item: &Item<'_>| match item {
        Item::Definition { local, .. } | Item::Procedure { local, .. } => local.mentions.get(),
        Item::Expression(_) => 0,
    };
    items.iter().map(mentions).collect()
}

/// Ends a group of procedures that may know each other.
fn flush<'gc>(group: &mut Vec<(Gc<'gc, Local<'gc>>, Lambda<'gc>)>, made: &mut Vec<Made<'gc>>) {
    if !group.is_empty() {
        made.push(Made::Fix(std::mem::take(group)));
    }
}

fn put_together(made: Vec<Made<'_>>) -> Node<'_> {
    let mut after: Vec<Node<'_>> = Vec::new();
    for part in made.into_iter().rev() {
        match part {
            Made::Node(node) => after.push(node),
            Made::Let(local, value) => {
                after = vec![Node::Let(vec![(local, value)], Box::new(in_order(after)))];
            }
            Made::Fix(procedures) => {
                let body = in_order(after);
                after = vec![Node::Fix(Box::new(Fix { procedures, body, is_loop: false }))];
            }
        }
    }
    in_order(after)
}

/// Expressions that were collected from the last to the first.
fn in_order(mut nodes: Vec<Node<'_>>) -> Node<'_> {
    nodes.reverse();
    sequence(nodes)
}
