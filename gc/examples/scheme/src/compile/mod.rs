//! Data to code, in three steps: forms are told apart and macros expanded ([`expand`]), which gives a tree of [`node`]s that
//! lives on Rust's side; loops are found in it ([`loops`]); and it becomes instructions ([`generate`]).
//!
//! One form of the top level is compiled within one mutation, so the tree may hold pointers without being an object.

pub(crate) mod binding_forms;
pub(crate) mod body;
pub(crate) mod code;
pub(crate) mod definitions;
pub(crate) mod expand;
pub(crate) mod form;
pub(crate) mod generate;
mod generate_bindings;
pub(crate) mod imports;
pub(crate) mod inline;
pub(crate) mod libraries;
pub(crate) mod loops;
pub(crate) mod node;
pub(crate) mod quasiquote;
pub(crate) mod rules;
pub(crate) mod scope;
pub(crate) mod simple_forms;
pub(crate) mod templates;

use gc::{Gc, Mutation};

use crate::machine::world::World;
use crate::value::Value;
use crate::value::condition::Answer;
use code::Code;
use expand::Expander;
use scope::{Environment, Scope};

/// Compiles one form of the top level into a procedure without arguments.
pub(crate) fn compile<'gc>(
    mc: &Mutation<'gc>,
    world: &World<'gc>,
    environment: Gc<'gc, Environment<'gc>>,
    form: Value<'gc>,
) -> Answer<'gc, Gc<'gc, Code<'gc>>> {
    let scope = Scope::top(mc, environment);
    let mut expander = Expander::new(mc, world);
    let tree = expander.top_level(form, scope);
    let position = expander.position();
    let mut tree = match (tree, position) {
        (Ok(tree), _) => tree,
        (Err(fault), Some(position)) => return Err(fault.at(position)),
        (Err(fault), None) => return Err(fault),
    };
    loops::find(&mut tree);
    generate::program(mc, &tree)
}
