//! Forms to nodes: what an expression is, and how macros are expanded.

use gc::{Gc, GcCell, Mutation};

use super::form::Form;
use super::node::{Call, Node};
use super::scope::{Binding, Scope};
use super::{rules, scope};
use crate::machine::world::World;
use crate::text::position::Position;
use crate::value::condition::{Answer, Fault};
use crate::value::list;
use crate::value::object::Object;
use crate::value::{Special, Value};

/// How deep forms may be nested: the compiler recurses, as nobody writes programs that deep.
const MOST_DEPTH: u32 = 800;

/// What compiles one form of the top level.
pub(crate) struct Expander<'a, 'gc> {
    pub(crate) mc: &'a Mutation<'gc>,
    pub(crate) world: &'a World<'gc>,
    /// Where the form that is looked at stands.
    position: Option<Position>,
    depth: u32,
}

/// A pointer to the scope that a form is in.
pub(crate) type InScope<'gc> = Gc<'gc, Scope<'gc>>;

impl<'a, 'gc> Expander<'a, 'gc> {
    pub(crate) fn new(mc: &'a Mutation<'gc>, world: &'a World<'gc>) -> Self {
        Self { mc, world, position: None, depth: 0 }
    }

    /// Where the latest form that it has looked at stands.
    pub(crate) fn position(&self) -> Option<Position> {
        self.position
    }

    /// A form of the top level, which may be a definition.
    pub(crate) fn top_level(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let form = self.expanded(form, scope)?;
        match self.head(form, scope) {
            Some(Form::Begin) => {
                let forms = self.operands(form)?;
                let nodes: Answer<'gc, Vec<_>> =
                    forms.into_iter().map(|form| self.top_level(form, scope)).collect();
                Ok(sequence(nodes?))
            }
            Some(Form::Define) => self.define_global(form, scope),
            Some(Form::DefineSyntax) => self.define_syntax(form, scope),
            Some(Form::DefineRecordType) => {
                let definitions = self.record_type(form)?;
                self.top_level(definitions, scope)
            }
            Some(Form::Import) => self.import(form, scope),
            Some(Form::DefineLibrary) => self.define_library(form),
            Some(Form::Include) => {
                let forms = self.include(form)?;
                self.top_level(forms, scope)
            }
            Some(Form::CondExpand) => {
                let chosen = self.cond_expand(form)?;
                self.top_level(chosen, scope)
            }
            _ => self.expression(form, scope),
        }
    }

    /// An expression.
    pub(crate) fn expression(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(Fault::new("forms are nested too deeply", &[]));
        }
        let node = self.expression_here(form, scope);
        self.depth -= 1;
        node
    }

    fn expression_here(&mut self, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        let outer = self.position;
        let form = self.expanded(form, scope)?;
        let node = if form.is_identifier() {
            self.reference(form, scope)?
        } else if let Value::Pair(pair) = form {
            if let Some(known) = self.world.place(self.mc, form) {
                self.position = Some(known);
            }
            match self.head(form, scope) {
                Some(kind) => self.form(kind, form, scope)?,
                None => {
                    let position = self.position;
                    let callee = self.expression(pair.car(), scope)?;
                    let arguments = list::to_vec(pair.cdr()).map_err(|_| bad(form))?;
                    let arguments = self.expressions(arguments, scope)?;
                    call(callee, arguments, position)
                }
            }
        } else if matches!(form, Value::Special(Special::Nil)) {
            return Err(Fault::new("`()` is no expression", &[]));
        } else {
            Node::Constant(form)
        };
        self.position = outer;
        Ok(node)
    }

    pub(crate) fn expressions(
        &mut self,
        forms: Vec<Value<'gc>>,
        scope: InScope<'gc>,
    ) -> Answer<'gc, Vec<Node<'gc>>> {
        forms.into_iter().map(|form| self.expression(form, scope)).collect()
    }

    fn form(&mut self, kind: Form, form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        match kind {
            Form::Quote => match self.operands(form)?[..] {
                [datum] => Ok(Node::Constant(self.datum(datum))),
                _ => Err(bad(form)),
            },
            Form::Quasiquote => self.quasiquote(form, scope),
            Form::Lambda => self.lambda_form(form, scope),
            Form::Set => self.assignment(form, scope),
            Form::If => self.conditional(form, scope),
            Form::Begin => {
                let forms = self.operands(form)?;
                Ok(sequence(self.expressions(forms, scope)?))
            }
            Form::Let => self.let_form(form, scope),
            Form::LetStar => self.let_star(form, scope),
            Form::Letrec => self.letrec(form, scope),
            Form::LetSyntax => self.let_syntax(form, scope),
            Form::And => self.and(form, scope),
            Form::Or => {
                let forms = self.operands(form)?;
                let mut nodes = self.expressions(forms, scope)?;
                Ok(match nodes.len() {
                    0 => Node::Constant(Value::FALSE),
                    1 => nodes.remove(0),
                    _ => Node::Or(nodes),
                })
            }
            Form::When | Form::Unless => self.when(kind, form, scope),
            Form::Cond => self.cond(form, scope),
            Form::CondExpand => {
                let chosen = self.cond_expand(form)?;
                self.expression(chosen, scope)
            }
            Form::Include => {
                let forms = self.include(form)?;
                self.expression(forms, scope)
            }
            Form::SyntaxError => match self.operands(form)?.split_first() {
                Some((Value::Text(message), irritants)) => {
                    Err(Fault::new(message.chars.borrow(self.mc).iter().collect::<String>(), irritants))
                }
                _ => Err(bad(form)),
            },
            Form::Define
            | Form::DefineLibrary
            | Form::DefineSyntax
            | Form::DefineRecordType
            | Form::Import => Err(Fault::new("a definition has no place here", &[])),
            Form::Auxiliary(name) => Err(Fault::new(format!("`{name}` has no place here"), &[])),
        }
    }

    fn reference(&mut self, name: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Node<'gc>> {
        Ok(match Scope::look_up(self.mc, scope, name) {
            Binding::Local(local) => {
                local.mentions.fetch_add(self.mc, 1);
                Node::Local(local)
            }
            Binding::Global(global) => Node::Global(global),
            Binding::Macro(_) | Binding::Form(_) => {
                return Err(Fault::new("this is a keyword and no variable:", &[scope::plain(name)]));
            }
        })
    }

    /// The form that is at the head of a list, if one is.
    pub(crate) fn head(&self, form: Value<'gc>, scope: InScope<'gc>) -> Option<Form> {
        let head = form.as_pair()?.car();
        if !head.is_identifier() {
            return None;
        }
        match Scope::look_up(self.mc, scope, head) {
            Binding::Form(form) => Some(form),
            _ => None,
        }
    }

    /// The form once it is no use of a macro.
    pub(crate) fn expanded(&mut self, mut form: Value<'gc>, scope: InScope<'gc>) -> Answer<'gc, Value<'gc>> {
        for _ in 0..100_000 {
            let Value::Pair(pair) = form else { return Ok(form) };
            if !pair.car().is_identifier() {
                return Ok(form);
            }
            let Binding::Macro(rules) = Scope::look_up(self.mc, scope, pair.car()) else { return Ok(form) };
            let place = self.world.place(self.mc, form);
            self.position = place.or(self.position);
            form = rules::expand(self.mc, rules, form, scope)?;
            if let Some(place) = place {
                self.world.note(self.mc, form, place);
            }
        }
        Err(Fault::new("a macro expands without end", &[]))
    }

    /// What follows the head of a form.
    pub(crate) fn operands(&mut self, form: Value<'gc>) -> Answer<'gc, Vec<Value<'gc>>> {
        if let Some(known) = self.world.place(self.mc, form) {
            self.position = Some(known);
        }
        let rest = form.as_pair().map_or(Value::NIL, |pair| pair.cdr());
        list::to_vec(rest).map_err(|_| bad(form))
    }

    /// A name that means what it means to the language, whatever the program has defined.
    pub(crate) fn built_in(&self, name: &str) -> Value<'gc> {
        let name = Value::Symbol(self.world.intern(self.mc, name));
        Value::object(self.mc, Object::Alias { name, scope: self.world.top(self.mc) })
    }

    /// A datum as it was before macros.
    pub(crate) fn datum(&self, datum: Value<'gc>) -> Value<'gc> {
        if !rules::has_alias(datum) {
            return datum;
        }
        match datum {
            Value::Pair(_) => {
                // In a loop along the list, as lists are long.
                let (mut items, mut rest) = (Vec::new(), datum);
                while let Value::Pair(pair) = rest {
                    items.push(self.datum(pair.car()));
                    rest = pair.cdr();
                }
                list::with_tail(self.mc, items, self.datum(rest))
            }
            Value::Vector(items) => {
                let items: Vec<_> = items.iter().map(|item| self.datum(item.get())).collect();
                Value::vector(self.mc, items)
            }
            _ => scope::plain(datum),
        }
    }
}

/// Expressions one after the other.
pub(crate) fn sequence(mut nodes: Vec<Node<'_>>) -> Node<'_> {
    match nodes.len() {
        0 => Node::Constant(Value::UNSPECIFIED),
        1 => nodes.remove(0),
        _ => Node::Sequence(nodes),
    }
}

/// A call. That of a procedure that is written there binds its variables and calls nothing.
pub(crate) fn call<'gc>(
    callee: Node<'gc>,
    arguments: Vec<Node<'gc>>,
    position: Option<Position>,
) -> Node<'gc> {
    match callee {
        Node::Lambda(lambda) if !lambda.rest && lambda.parameters.len() == arguments.len() => {
            Node::Let(lambda.parameters.into_iter().zip(arguments).collect(), Box::new(lambda.body))
        }
        callee => Node::Call(Box::new(Call { callee, arguments, position })),
    }
}

/// A form is not as it has to be.
pub(crate) fn bad(form: Value<'_>) -> Fault<'_> {
    Fault::new("this form has another shape:", &[form])
}

/// Marks a variable as assigned to.
pub(crate) fn assigned(mc: &Mutation<'_>, cell: &GcCell<bool>) {
    cell.set(mc, true);
}
