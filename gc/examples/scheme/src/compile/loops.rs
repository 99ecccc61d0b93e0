//! Finds the procedures that are loops: all that is ever done with them is to call them, as the last thing of the loop
//! itself, once it has been entered. Such a call becomes a jump, and the procedure is never made.

use std::collections::HashMap;

use gc::{Gc, GcCell};

use super::node::{Fix, Node};

/// How often each variable is called where only a loop could, by its address.
type Calls = HashMap<*const (), u32>;

/// Marks the loops of a program.
pub(crate) fn find(node: &mut Node<'_>) {
    last(node);
}

/// Looks at an expression that is the last one of a procedure, or of a loop. Gives the calls in it that are last, too.
fn last(node: &mut Node<'_>) -> Calls {
    match node {
        Node::Constant(_) | Node::Local(_) | Node::Global(_) => Calls::new(),
        Node::SetLocal(_, value) | Node::SetGlobal(_, value) | Node::Define(_, value) => inner(value),
        Node::If(parts) => {
            let [condition, then, other] = &mut **parts;
            inner(condition);
            let calls = last(then);
            add(calls, last(other))
        }
        Node::Or(nodes) | Node::Sequence(nodes) => match nodes.split_last_mut() {
            Some((end, rest)) => {
                rest.iter_mut().for_each(|node| _ = inner(node));
                last(end)
            }
            None => Calls::new(),
        },
        Node::Lambda(lambda) => {
            last(&mut lambda.body);
            Calls::new()
        }
        Node::Call(call) => {
            call.arguments.iter_mut().for_each(|argument| _ = inner(argument));
            match &mut call.callee {
                Node::Local(local) => Calls::from([(Gc::as_ptr(*local).cast(), 1)]),
                callee => inner(callee),
            }
        }
        Node::Let(bindings, body) => {
            bindings.iter_mut().for_each(|(_, value)| _ = inner(value));
            last(body)
        }
        Node::Fix(fix) => last_of_fix(fix),
    }
}

/// As `last`, for an expression after which something is left to do.
fn inner(node: &mut Node<'_>) -> Calls {
    last(node);
    Calls::new()
}

fn last_of_fix(fix: &mut Fix<'_>) -> Calls {
    let mut of_procedures: Vec<Calls> =
        fix.procedures.iter_mut().map(|(_, lambda)| last(&mut lambda.body)).collect();
    let mut calls = last(&mut fix.body);
    let [(local, lambda)] = &fix.procedures[..] else { return calls };
    let enters = matches!(
        &fix.body,
        Node::Call(call) if matches!(call.callee, Node::Local(callee) if Gc::ptr_eq(callee, *local))
            && call.arguments.len() == lambda.parameters.len()
    );
    let key = Gc::as_ptr(*local).cast();
    let of_loop = of_procedures.pop().unwrap_or_default();
    let known = of_loop.get(&key).copied().unwrap_or(0) + calls.get(&key).copied().unwrap_or(0);
    if enters && !lambda.rest && !local.assigned.get() && known == local.mentions.get() && arity_fits(fix) {
        fix.is_loop = true;
        calls = add(calls, of_loop);
    }
    calls.remove(&key);
    calls
}

/// Whether all calls of the one procedure pass as many arguments as it takes. It is known that all are last.
fn arity_fits(fix: &Fix<'_>) -> bool {
    fn fits(node: &Node<'_>, key: *const GcCell<bool>, count: usize) -> bool {
        match node {
            Node::If(parts) => parts[1..].iter().all(|part| fits(part, key, count)),
            Node::Or(nodes) | Node::Sequence(nodes) => nodes.last().is_none_or(|node| fits(node, key, count)),
            Node::Let(_, body) => fits(body, key, count),
            Node::Fix(fix) => {
                fits(&fix.body, key, count)
                    && fix.procedures.iter().all(|(_, lambda)| fits(&lambda.body, key, count))
            }
            Node::Call(call) => match call.callee {
                Node::Local(local) if std::ptr::eq(&raw const local.assigned, key) => {
                    call.arguments.len() == count
                }
                _ => true,
            },
            _ => true,
        }
    }
    let (local, lambda) = &fix.procedures[0];
    fits(&lambda.body, &raw const local.assigned, lambda.parameters.len())
}

fn add(mut calls: Calls, others: Calls) -> Calls {
    for (key, count) in others {
        *calls.entry(key).or_default() += count;
    }
    calls
}
