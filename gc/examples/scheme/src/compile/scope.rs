//! What names mean while a program is compiled.
//!
//! A macro brings names in as aliases, each a new object that remembers the name and the scope of the macro. An alias that is
//! bound means its binding, as any name does; one that is not means what its name means in the scope of the macro. So
//! variables of a macro and of its user never meet, which is all there is to hygiene.

use std::collections::HashMap;

use gc::{ByAddress, Gc, GcCell, GcRefCell, GcRwLock, GcStr, Mutation, Thin, Trace};

use super::form::Form;
use super::rules::Macro;
use crate::value::equality::is_eq;
use crate::value::object::Object;
use crate::value::{Symbol, Value};

/// The names of a part of a program.
#[derive(Trace)]
pub(crate) struct Scope<'gc> {
    bindings: GcRefCell<Vec<(Value<'gc>, Binding<'gc>)>>,
    parent: Option<Gc<'gc, Scope<'gc>>>,
    pub(crate) environment: Gc<'gc, Environment<'gc>>,
}

/// What a name means.
#[derive(Clone, Copy, Trace)]
pub(crate) enum Binding<'gc> {
    Local(Gc<'gc, Local<'gc>>),
    Global(Gc<'gc, Global<'gc>>),
    Macro(Gc<'gc, Macro<'gc>>),
    Form(Form),
}

/// A variable of a procedure.
#[derive(Trace)]
pub(crate) struct Local<'gc> {
    pub(crate) name: Value<'gc>,
    /// Whether it is assigned to after it has its first value, and so shared by those who know it.
    pub(crate) assigned: GcCell<bool>,
    /// How often it is mentioned.
    pub(crate) mentions: GcCell<u32>,
}

/// A variable of the top level.
#[derive(Trace)]
pub(crate) struct Global<'gc> {
    pub(crate) name: Symbol<'gc>,
    pub(crate) value: GcCell<Value<'gc>>,
    /// Whether the program has given it a meaning of its own.
    pub(crate) changed: GcCell<bool>,
}

/// The names of the top level.
#[derive(Trace)]
pub(crate) struct Environment<'gc> {
    /// Where names are looked up that are not here. They are copied, so that a program changes its own ones only.
    parent: Option<Gc<'gc, Environment<'gc>>>,
    bindings: GcRwLock<HashMap<ByAddress<'gc, Thin<str>>, Binding<'gc>>>,
}

impl<'gc> Scope<'gc> {
    /// The scope of the top level.
    pub(crate) fn top(mc: &Mutation<'gc>, environment: Gc<'gc, Environment<'gc>>) -> Gc<'gc, Self> {
        Gc::new(mc, Self { bindings: GcRefCell::default(), parent: None, environment })
    }

    /// A scope in this one.
    pub(crate) fn inner(mc: &Mutation<'gc>, this: Gc<'gc, Self>) -> Gc<'gc, Self> {
        let environment = this.environment;
        Gc::new(mc, Self { bindings: GcRefCell::default(), parent: Some(this), environment })
    }

    pub(crate) fn is_top(&self) -> bool {
        self.parent.is_none()
    }

    pub(crate) fn bind(&self, mc: &Mutation<'gc>, name: Value<'gc>, binding: Binding<'gc>) {
        self.bindings.borrow_mut(mc).push((name, binding));
    }

    /// Binds a name to a new variable.
    pub(crate) fn local(&self, mc: &Mutation<'gc>, name: Value<'gc>) -> Gc<'gc, Local<'gc>> {
        let local =
            Gc::new(mc, Local { name: plain(name), assigned: GcCell::new(false), mentions: GcCell::new(0) });
        self.bind(mc, name, Binding::Local(local));
        local
    }

    /// Whether a name is bound in this very scope.
    pub(crate) fn binds(&self, mc: &Mutation<'gc>, name: Value<'gc>) -> bool {
        self.bindings.borrow(mc).iter().any(|(bound, _)| is_eq(*bound, name))
    }

    /// What an identifier means here.
    pub(crate) fn look_up(mc: &Mutation<'gc>, this: Gc<'gc, Self>, name: Value<'gc>) -> Binding<'gc> {
        let (mut scope, mut name) = (this, name);
        loop {
            let mut at = Some(scope);
            while let Some(scope) = at {
                let bindings = scope.bindings.borrow(mc);
                if let Some((_, binding)) = bindings.iter().rev().find(|(bound, _)| is_eq(*bound, name)) {
                    return *binding;
                }
                at = scope.parent;
            }
            match name {
                Value::Symbol(symbol) => return scope.environment.look_up(mc, symbol),
                _ => match name.as_object() {
                    Some(Object::Alias { name: inner, scope: outer }) => (name, scope) = (*inner, *outer),
                    _ => unreachable!("it is asked of identifiers only"),
                },
            }
        }
    }
}

impl<'gc> Environment<'gc> {
    pub(crate) fn new(mc: &Mutation<'gc>, parent: Option<Gc<'gc, Self>>) -> Gc<'gc, Self> {
        Gc::new(mc, Self { parent, bindings: GcRwLock::default() })
    }

    fn find(&self, mc: &Mutation<'gc>, name: Symbol<'gc>) -> Option<Binding<'gc>> {
        self.bindings.read(mc).get(&ByAddress(GcStr::as_thin(name))).copied()
    }

    /// What a name means here. A new name is that of a variable without a value.
    pub(crate) fn look_up(&self, mc: &Mutation<'gc>, name: Symbol<'gc>) -> Binding<'gc> {
        if let Some(binding) = self.find(mc, name) {
            return binding;
        }
        match self.parent.and_then(|parent| parent.find(mc, name)) {
            Some(Binding::Global(global)) => Binding::Global(self.variable(mc, name, global.value.get())),
            Some(binding) => binding,
            None => Binding::Global(self.variable(mc, name, Value::UNASSIGNED)),
        }
    }

    fn variable(&self, mc: &Mutation<'gc>, name: Symbol<'gc>, value: Value<'gc>) -> Gc<'gc, Global<'gc>> {
        let global = Gc::new(mc, Global { name, value: GcCell::new(value), changed: GcCell::new(false) });
        self.bind(mc, name, Binding::Global(global));
        global
    }

    /// The variable of a name that is to be defined, whatever the name has meant.
    pub(crate) fn define(&self, mc: &Mutation<'gc>, name: Symbol<'gc>) -> Gc<'gc, Global<'gc>> {
        match self.look_up(mc, name) {
            Binding::Global(global) => global,
            _ => self.variable(mc, name, Value::UNASSIGNED),
        }
    }

    /// All names.
    pub(crate) fn names(&self, mc: &Mutation<'gc>) -> Vec<Symbol<'gc>> {
        self.bindings.read(mc).keys().map(|name| name.0.into()).collect()
    }

    pub(crate) fn bind(&self, mc: &Mutation<'gc>, name: Symbol<'gc>, binding: Binding<'gc>) {
        self.bindings.write(mc).insert(ByAddress(GcStr::as_thin(name)), binding);
    }
}

/// Whether two identifiers mean the same.
pub(crate) fn is_same<'gc>(
    mc: &Mutation<'gc>,
    (a, a_scope): (Value<'gc>, Gc<'gc, Scope<'gc>>),
    (b, b_scope): (Value<'gc>, Gc<'gc, Scope<'gc>>),
) -> bool {
    match (Scope::look_up(mc, a_scope, a), Scope::look_up(mc, b_scope, b)) {
        (Binding::Local(a), Binding::Local(b)) => Gc::ptr_eq(a, b),
        // The copy of a variable means the same as long as it is not changed.
        (Binding::Global(a), Binding::Global(b)) => GcStr::ptr_eq(a.name, b.name),
        (Binding::Macro(a), Binding::Macro(b)) => Gc::ptr_eq(a, b),
        (Binding::Form(a), Binding::Form(b)) => a == b,
        _ => false,
    }
}

/// The symbol that an identifier was before macros.
pub(crate) fn plain(mut name: Value<'_>) -> Value<'_> {
    while let Some(Object::Alias { name: inner, .. }) = name.as_object() {
        name = *inner;
    }
    name
}
