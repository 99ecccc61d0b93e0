//! The machine: two stacks in the heap, and a step that works on them.

use std::collections::HashMap;

use gc::{ByAddress, Gc, GcRefCell, Heap, Mutation, Root, Trace};

use crate::compile::{Symbols, compile};
use crate::reader::Datum;
use crate::value::{Closure, Code, Expr, NATIVES, Native, Scope, Symbol, Value, Variables};

/// What is to be done, the next on top. It stands where a recursive interpreter has calls of itself.
#[derive(Trace)]
enum Todo<'gc> {
    Eval(Code<'gc>, Scope<'gc>),
    /// Goes on with the first if the latest value is not false or nil, else with the second.
    Choose(Code<'gc>, Code<'gc>, Scope<'gc>),
    Define(Symbol<'gc>),
    Set(Symbol<'gc>, Scope<'gc>),
    /// Calls the function that lies below so many arguments.
    Call(usize),
}

/// An interpreter.
#[derive(Trace)]
pub(crate) struct Machine<'gc> {
    symbols: Symbols<'gc>,
    globals: GcRefCell<HashMap<ByAddress<'gc, str>, Value<'gc>>>,
    todo: GcRefCell<Vec<Todo<'gc>>>,
    values: GcRefCell<Vec<Value<'gc>>>,
}

impl<'gc> Machine<'gc> {
    /// A machine that knows the functions of the host.
    pub(crate) fn new(mc: &Mutation<'gc>) -> Gc<'gc, Self> {
        let symbols = Symbols::new();
        let native = |&(name, function)| (symbols.intern(mc, name).into(), Value::Native(Native(function)));
        let globals = GcRefCell::new(NATIVES.iter().map(native).collect());
        Gc::new(mc, Self { symbols, globals, todo: GcRefCell::default(), values: GcRefCell::default() })
    }

    /// Forgets what it was at, and prepares to evaluate a form.
    fn start(&self, mc: &Mutation<'gc>, form: &Datum) -> Result<(), String> {
        let code = compile(mc, &self.symbols, form)?;
        self.values.borrow_mut(mc).clear();
        self.todo.replace(mc, vec![Todo::Eval(code, None)]);
        Ok(())
    }

    /// Works until all is done, and returns the value; or until somebody waits for this thread to leave the mutation.
    fn work(&self, mc: &Mutation<'gc>) -> Result<Option<Value<'gc>>, String> {
        let (mut todo, mut values) = (self.todo.borrow_mut(mc), self.values.borrow_mut(mc));
        while let Some(item) = todo.pop() {
            self.step(mc, item, &mut todo, &mut values)?;
            if mc.should_leave() {
                return Ok(None);
            }
        }
        Ok(values.pop())
    }

    fn step(
        &self,
        mc: &Mutation<'gc>,
        item: Todo<'gc>,
        todo: &mut Vec<Todo<'gc>>,
        values: &mut Vec<Value<'gc>>,
    ) -> Result<(), String> {
        match item {
            Todo::Eval(code, scope) => match *code {
                Expr::Constant(value) => values.push(value),
                Expr::Variable(name) => values.push(self.look_up(mc, name, scope)?),
                Expr::Lambda(lambda) => values.push(Value::Closure(Gc::new(mc, Closure { lambda, scope }))),
                Expr::If(condition, then, other) => {
                    todo.extend([Todo::Choose(then, other, scope), Todo::Eval(condition, scope)]);
                }
                Expr::Define(name, value) => todo.extend([Todo::Define(name), Todo::Eval(value, scope)]),
                Expr::Set(name, value) => todo.extend([Todo::Set(name, scope), Todo::Eval(value, scope)]),
                Expr::Call(ref parts) => {
                    todo.push(Todo::Call(parts.len() - 1));
                    todo.extend(parts.iter().rev().map(|part| Todo::Eval(*part, scope)));
                }
            },
            Todo::Choose(then, other, scope) => {
                let is_true = !matches!(pop(values), Value::Nil | Value::Bool(false));
                todo.push(Todo::Eval(if is_true { then } else { other }, scope));
            }
            Todo::Define(name) => {
                let value = pop(values);
                self.globals.borrow_mut(mc).insert(name.into(), value);
                values.push(value);
            }
            Todo::Set(name, scope) => {
                let value = *values.last().expect("each expression leaves a value");
                let (variables, place) =
                    Variables::find(scope, name).ok_or_else(|| format!("`{name}` is no variable here"))?;
                variables.values.borrow_mut(mc)[place] = value;
            }
            Todo::Call(count) => {
                let arguments = values.split_off(values.len() - count);
                match pop(values) {
                    Value::Native(native) => values.push((native.0)(mc, &arguments)?),
                    Value::Closure(closure) => todo.push(enter(mc, closure, arguments)?),
                    other => return Err(format!("{other} is not a function")),
                }
            }
        }
        Ok(())
    }

    fn look_up(
        &self,
        mc: &Mutation<'gc>,
        name: Symbol<'gc>,
        scope: Scope<'gc>,
    ) -> Result<Value<'gc>, String> {
        let value = match Variables::find(scope, name) {
            Some((variables, place)) => Some(variables.values.borrow(mc)[place]),
            None => self.globals.borrow(mc).get(&name.into()).copied(),
        };
        value.ok_or_else(|| format!("`{name}` is not defined"))
    }
}

fn pop<'gc>(values: &mut Vec<Value<'gc>>) -> Value<'gc> {
    values.pop().expect("each expression leaves a value")
}

/// What a call has to do: the body, in a scope of its own. Nothing is left on the stack for a call that is the last thing
/// of its caller, so a loop may be written as a recursion.
fn enter<'gc>(
    mc: &Mutation<'gc>,
    closure: Gc<'gc, Closure<'gc>>,
    arguments: Vec<Value<'gc>>,
) -> Result<Todo<'gc>, String> {
    let (expected, found) = (closure.lambda.parameters.len(), arguments.len());
    if expected != found {
        return Err(format!("{expected} arguments are expected, and {found} are given"));
    }
    let values = GcRefCell::new(arguments);
    let variables = Gc::new(mc, Variables { of: closure.lambda, values, outer: closure.scope });
    Ok(Todo::Eval(closure.lambda.body, Some(variables)))
}

/// Evaluates one form, in as many mutations as it takes.
pub(crate) fn evaluate(
    heap: &Heap,
    machine: &Root<Machine<'static>>,
    form: &Datum,
) -> Result<String, String> {
    heap.mutate(|mc| machine.get(mc).start(mc, form))?;
    loop {
        let result = heap.mutate(|mc| {
            let value = machine.get(mc).work(mc)?;
            Ok::<_, String>(value.map(|value| value.to_string()))
        })?;
        if let Some(value) = result {
            return Ok(value);
        }
        // Here nothing of the program is on Rust's stack, however deep it is in its own calls.
    }
}
