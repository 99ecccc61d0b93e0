//! Closures in fields: `on_click: Box<dyn Fn(&Mutation<'gc>)>`.
//!
//! The compiler says that such a type is not known to the collector, and neither why nor what to write; and where no `Gc`
//! can be captured it says six times that `Box<dyn Fn()>` is not for all threads. By name, and only in types of std that
//! are as fit for threads as what they own: in a `Mutex` a closure needs less, and so it may in a type of the program.

use syn::{Type, TypePath, TypeTraitObject};

use crate::errors::Errors;
use crate::model::{Field, Input, Treatment};
use crate::pointers::{text, types};
use crate::syntax::names_trait;

/// What may stand around the closure.
const OWNERS: [&str; 16] = [
    "Box",
    "Vec",
    "VecDeque",
    "Option",
    "Arc",
    "HashMap",
    "BTreeMap",
    "BinaryHeap",
    "LinkedList",
    "Gc",
    "GcCell",
    "GcRefCell",
    "GcRwLock",
    "GcOnce",
    "GcVec",
    "WeakGc",
];

/// Checks the rule for a field.
pub(crate) fn check(input: &Input, field: &Field, errors: &mut Errors) {
    if field.treatment == Treatment::Traced && input.settings.is_static.is_none() {
        check_type(input, &field.ty, errors);
    }
}

fn check_type(input: &Input, ty: &Type, errors: &mut Errors) {
    match ty {
        Type::TraitObject(object) => no_closure(input, object, errors),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| check_type(input, ty, errors)),
        Type::Array(array) => check_type(input, &array.elem, errors),
        Type::Slice(slice) => check_type(input, &slice.elem, errors),
        Type::Paren(inner) => check_type(input, &inner.elem, errors),
        Type::Group(inner) => check_type(input, &inner.elem, errors),
        Type::Path(TypePath { qself: None, path, .. }) => {
            let owner = path.segments.last().filter(|last| OWNERS.iter().any(|name| last.ident == name));
            owner.into_iter().flat_map(types).for_each(|inner| check_type(input, inner, errors));
        }
        _ => {}
    }
}

fn no_closure(input: &Input, object: &TypeTraitObject, errors: &mut Errors) {
    let has = |names: &[&str]| object.bounds.iter().any(|bound| names_trait(bound, names));
    if !has(&["Fn", "FnMut", "FnOnce"]) {
        return;
    }
    let is_shared = has(&["Send"]) && has(&["Sync"]);
    let bounds = object.bounds.iter().filter(|bound| !names_trait(bound, &["Send", "Sync"])).map(text);
    let shared = format!("dyn {} + Send + Sync", bounds.collect::<Vec<_>>().join(" + "));
    if !input.is_concrete() {
        let and_shared = if is_shared { String::new() } else { format!(" and is a `{shared}`") };
        errors.at(
            object,
            format!(
                "the collector cannot see what a closure has captured: store a `fn` pointer, or a \
                 `Gc<{brand}, dyn ..>` of a trait of yours, implemented by a type that holds what the closure would \
                 capture; a closure that captures no `Gc`{and_shared} may be in a field that is `#[trace(static)]`",
                brand = input.brand,
            ),
        );
    } else if !is_shared {
        errors.refuse_fallback();
        let message =
            format!("objects are shared between threads, and this closure may not be: write `{shared}`");
        errors.at(object, message);
    }
}
