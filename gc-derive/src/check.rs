//! The rules: one function each, with its reason above it. What only types can tell is left to the compiler.

use quote::ToTokens;
use syn::{
    DeriveInput, GenericArgument, Path, PathArguments, PathSegment, Type, TypeParamBound, TypePath,
    WherePredicate,
};

use crate::closures;
use crate::errors::Errors;
use crate::model::{Body, Field, Input, Treatment};
use crate::pointers;
use crate::syntax::{is_ident, mentions_ident, names_trait, type_predicate};

/// Checks every rule of `#[derive(Trace)]`.
pub(crate) fn check(original: &DeriveInput, input: &Input, errors: &mut Errors) {
    no_union(input, errors);
    one_lifetime(original, errors);
    not_packed(input, errors);
    static_type_has_no_lifetime(original, input, errors);
    no_setting_without_effect(input, errors);
    parameter_bounds_can_be_carried(input, errors);
    predicates_can_be_carried(input, errors);
    added_bounds_can_be_carried(input, errors);
    for field in input.body.fields() {
        no_root(input, field, errors);
        has_size(field, errors);
        pointers::check(input, field, errors);
        closures::check(input, field, errors);
        no_foreign_cell(input, &field.ty, field, errors);
        no_raw_pointer(input, field, errors);
        static_field_holds_nothing(input, field, errors);
    }
}

/// Which field of a union is live is not known: `union U<'gc> { a: Gc<'gc, u8>, b: usize }`.
fn no_union(input: &Input, errors: &mut Errors) {
    if let Body::Union(token) = &input.body {
        errors.at(token, "`#[derive(Trace)]` does not support unions: use an enum");
    }
}

/// The brand is the only lifetime that the heap can promise anything about: `struct N<'gc, 'a> { s: &'a str, .. }`
/// would outlive what it borrows.
fn one_lifetime(original: &DeriveInput, errors: &mut Errors) {
    for second in original.generics.lifetimes().skip(1) {
        errors.at(
            &second.lifetime,
            "a type in the garbage-collected heap can have one lifetime only, the heap brand: \
             borrowed data cannot be stored in the heap, so store an owned value, an `Arc` or a `Gc`",
        );
    }
}

/// Fields of packed types cannot be borrowed, and masked words must be aligned.
fn not_packed(input: &Input, errors: &mut Errors) {
    if let Some(packed) = &input.repr.packed {
        errors.at(packed, "`#[derive(Trace)]` does not support packed types: remove `packed`");
    }
}

/// `#[trace(static)] struct N<'gc>(Gc<'gc, u8>)` would hide an edge.
fn static_type_has_no_lifetime(original: &DeriveInput, input: &Input, errors: &mut Errors) {
    let lifetime = original.generics.lifetimes().next();
    if let (Some(_), Some(lifetime)) = (&input.settings.is_static, lifetime) {
        errors.at(
            &lifetime.lifetime,
            "a `#[trace(static)]` type cannot have a lifetime, because it could hold a `Gc`: \
             remove the lifetime, or remove `static` and mark the fields that hold no `Gc`",
        );
    }
}

/// A setting that changes nothing is a misunderstanding.
fn no_setting_without_effect(input: &Input, errors: &mut Errors) {
    let settings = &input.settings;
    if settings.is_static.is_some() {
        for useless in settings.no_rebrand.iter().chain(&settings.bound) {
            let name = useless.to_token_stream();
            errors.at(useless, format!("`{name}` has no effect on a `static` type: remove one of the two"));
        }
        let fields = input.body.fields().filter_map(|field| field.is_static.as_ref());
        for useless in
            fields.chain(input.parameters.iter().filter_map(|parameter| parameter.is_static.as_ref()))
        {
            errors.at(useless, "the whole type is `#[trace(static)]` already: remove this `static`");
        }
    } else if input.is_concrete()
        && let Some(useless) = &settings.no_rebrand
    {
        errors.at(useless, "a type without parameters has no brand to replace: remove `no_rebrand`");
    }
}

const CANNOT_BE_CARRIED: &str = "a trait bound on a type parameter of a GC type cannot be carried over to \
     another brand: move the bound to the impl blocks, or mark the parameter `#[trace(static)]` if it never \
     holds `Gc` pointers";

/// `struct M<'gc, K: Ord>` is rebranded to `M<'a, K::At<'a>>`, and that `K::At<'a>: Ord` cannot be required
/// in `Rebrand`, because it would have to hold for every `K::At<'a>` in turn.
fn parameter_bounds_can_be_carried(input: &Input, errors: &mut Errors) {
    for parameter in input.generics.type_params() {
        if is_rebranded(input, &parameter.ident) {
            parameter.bounds.iter().for_each(|bound| check_bound(bound, CANNOT_BE_CARRIED, errors));
        }
    }
}

/// The same for where-clauses: `where K: Ord`, `where Vec<K>: Clone`, `where u8: From<K>`.
fn predicates_can_be_carried(input: &Input, errors: &mut Errors) {
    for predicate in input.generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
        check_predicate(input, predicate, CANNOT_BE_CARRIED, errors);
    }
}

/// The same for `#[trace(bound = "T: Ord")]`, which may be meant for `Trace` alone.
fn added_bounds_can_be_carried(input: &Input, errors: &mut Errors) {
    const MESSAGE: &str = "this bound cannot be carried over to another brand: if the type need not be rooted \
         by itself add `no_rebrand`, or mark the parameter `#[trace(static)]` if it never holds `Gc` pointers";
    for predicate in &input.settings.bounds {
        check_predicate(input, predicate, MESSAGE, errors);
    }
}

fn check_predicate(input: &Input, predicate: &WherePredicate, message: &str, errors: &mut Errors) {
    let Some((ty, bounds)) = type_predicate(predicate) else { return };
    if input.settings.no_rebrand.is_some() {
        return;
    }
    for bound in bounds {
        let mentions = |ident| mentions_ident(ty, ident) || mentions_ident(bound, ident);
        if input.rebranded().any(|parameter| is_ident(ty, &parameter.ident)) {
            check_bound(bound, message, errors);
        } else if input.rebranded().any(|parameter| mentions(&parameter.ident)) {
            refuse_trait(bound, message, errors);
        }
    }
}

/// A bound directly on a rebranded parameter: fine if every `Trace` type keeps it at every brand, or if
/// there is a way to ask for it at every brand (`Word`).
fn check_bound(bound: &TypeParamBound, message: &str, errors: &mut Errors) {
    const KEPT: [&str; 9] =
        ["Send", "Sync", "Sized", "Trace", "DynTrace", "Rebrand", "RebrandDst", "Word", "RebrandWord"];
    match bound {
        TypeParamBound::Lifetime(lifetime) if lifetime.ident == "static" => errors.at(
            lifetime,
            "a type parameter that is `'static` at every brand is written `#[trace(static)]`: mark it so",
        ),
        TypeParamBound::Lifetime(_) => {}
        TypeParamBound::Trait(of) if of.maybe.is_some() || names_trait(bound, &KEPT) => {}
        _ => refuse_trait(bound, message, errors),
    }
}

fn refuse_trait(bound: &TypeParamBound, message: &str, errors: &mut Errors) {
    if let TypeParamBound::Trait(of) = bound
        && of.maybe.is_none()
    {
        errors.at(bound, message);
    }
}

fn is_rebranded(input: &Input, ident: &syn::Ident) -> bool {
    input.settings.no_rebrand.is_none() && input.rebranded().any(|parameter| parameter.ident == *ident)
}

/// A `Root` or `Pinned` inside the heap keeps its target for ever, even in a cycle. By name: nothing but leaks
/// depend on it, and a program's own `Root` can be written with a path (`self::Root<T>`).
fn no_root(input: &Input, field: &Field, errors: &mut Errors) {
    let Type::Path(TypePath { qself: None, path, .. }) = &field.ty else { return };
    if input.settings.is_static.is_some() || field.is_static.is_some() {
        return;
    }
    let Some(last) = path.segments.last() else { return };
    let ours = match path.segments.len() {
        1 => path.leading_colon.is_none(),
        2 => path.segments[0].ident == "gc",
        _ => false,
    };
    if (last.ident == "Root" || last.ident == "Pinned") && ours && has_one_type_argument(last) {
        let message = format!(
            "a `{}` inside the heap keeps its target for ever: store a `Gc`, \
             or mark the field `#[trace(static)]` if that is what you want",
            last.ident
        );
        errors.at(&field.ty, &message);
    }
}

/// `Mutex<Gc<'gc, T>>` gives only a lifetime error that does not say why, `Rc<T>` gives nine errors about threads. By
/// name; the program's own type of such a name can be written with a path.
fn no_foreign_cell(input: &Input, ty: &Type, field: &Field, errors: &mut Errors) {
    if input.settings.is_static.is_some() || field.treatment != Treatment::Traced {
        return;
    }
    let Type::Path(TypePath { qself: None, path, .. }) = ty else { return };
    let Some(last) = path.segments.last() else { return };
    let name = last.ident.to_string();
    let ours = substitute(&name, input).filter(|_| may_be_std(path) && has_one_type_argument(last));
    let reason = if input.mentions_brand(ty) {
        format!("the collector cannot see into `{name}`, so it must not hold a `Gc`")
    } else if is_thread_bound(&name) && !(input.is_concrete() && name == "UnsafeCell") {
        format!("objects are shared between threads, and `{name}` cannot be")
    } else {
        String::new()
    };
    match ours {
        Some(ours) if !reason.is_empty() => {
            let mut by_word = String::new();
            if input.is_concrete() {
                // Whether the type is `Send` and `Sync` cannot be a condition if it has no parameters.
                errors.refuse_fallback();
                by_word = format!(
                    "; if `{}` is `Sync` by your word, mark the field `#[trace(static)]`",
                    input.ident
                );
            }
            errors.at(
                ty,
                format!(
                    "{reason}: use `{ours}` (if this is a type of yours, write `self::{name}` or another path{by_word})"
                ),
            );
        }
        _ => type_arguments(last).for_each(|inner| no_foreign_cell(input, inner, field, errors)),
    }
}

/// Whether a type of std is not `Sync`, whatever is in it. (Whoever has an `UnsafeCell` in a plain type makes a lock, which
/// is `Sync` by his word.)
fn is_thread_bound(name: &str) -> bool {
    ["Cell", "RefCell", "UnsafeCell", "OnceCell", "LazyCell", "Rc"].contains(&name)
}

/// No value of such a type can be made in safe code, and a dozen errors about sizes do not say what can be.
fn has_size(field: &Field, errors: &mut Errors) {
    let is_unsized = match &field.ty {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(TypePath { qself: None, path, .. }) => path.is_ident("str"),
        _ => false,
    };
    if is_unsized {
        // `Rebrand` is for types with a size.
        errors.refuse_fallback();
        let ty = field.ty.to_token_stream();
        errors.at(
            &field.ty,
            format!(
                "the size of `{ty}` is not known: put it behind a pointer, such as `Box<{ty}>` or `Gc<'gc, {ty}>`, or \
                 let the last field be a type parameter `T: ?Sized`, of which the value has a size when it is made"
            ),
        );
    }
}

/// `*const Gc<'gc, T>` is no edge, and nine errors about threads do not say so.
fn no_raw_pointer(input: &Input, field: &Field, errors: &mut Errors) {
    let is_pointer = match &field.ty {
        Type::Ptr(_) => true,
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "NonNull"),
        _ => false,
    };
    if is_pointer && !input.is_plain() && field.treatment == Treatment::Traced {
        errors.at(
            &field.ty,
            "a raw pointer keeps no object and cannot be shared between threads: store a `Gc`, or mark the \
             field `#[trace(static)]` if it points out of the heap and the type is `Send` and `Sync` by your word",
        );
    }
}

/// A `#[trace(static)]` field whose type mentions the brand or a rebranded parameter gives only a lifetime error
/// that does not say why.
fn static_field_holds_nothing(input: &Input, field: &Field, errors: &mut Errors) {
    let Some(is_static) = &field.is_static else { return };
    if input.settings.is_static.is_some() {
        return;
    }
    if input.mentions_brand(&field.ty) {
        let brand = &input.brand;
        errors.at(
            &field.ty,
            format!(
                "a `#[trace(static)]` field is not traced, so it holds no `Gc` and cannot mention `{brand}`: \
                 remove the attribute"
            ),
        );
    } else if let Some(parameter) = input.parameters.iter().find(|parameter| {
        is_rebranded(input, &parameter.ident) && mentions_ident(&field.ty, &parameter.ident)
    }) {
        let name = &parameter.ident;
        errors.at(
            is_static,
            format!(
                "a `#[trace(static)]` field is not traced, and `{name}` may hold a `Gc`: mark the parameter \
                 `#[trace(static)] {name}`, too, or remove this one"
            ),
        );
    }
}

/// What to use for a type of std, if a `Gc` must not be in it.
fn substitute(name: &str, input: &Input) -> Option<&'static str> {
    Some(match name {
        "Rc" if !input.has_lifetime => "Arc",
        "Cell" | "AtomicPtr" => "GcCell",
        "RefCell" | "UnsafeCell" => "GcRefCell",
        "OnceCell" | "OnceLock" | "LazyCell" | "LazyLock" => "GcOnce",
        "Mutex" | "RwLock" => "GcRwLock",
        "Rc" | "Arc" | "Weak" => "Gc",
        _ => return None,
    })
}

/// Whether the path is a single name, or one of a module in which std has such types.
fn may_be_std(path: &Path) -> bool {
    const CRATES: [&str; 3] = ["std", "core", "alloc"];
    const MODULES: [&str; 4] = ["cell", "sync", "rc", "atomic"];
    let Some(first) = path.segments.first() else { return false };
    path.segments.len() == 1
        || CRATES.iter().any(|name| first.ident == name)
        || path.segments.len() == 2 && MODULES.iter().any(|name| first.ident == name)
}

fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Whether there is one argument, and it is a type.
fn has_one_type_argument(segment: &PathSegment) -> bool {
    match &segment.arguments {
        PathArguments::AngleBracketed(of) => of.args.len() == 1 && type_arguments(segment).count() == 1,
        _ => false,
    }
}
