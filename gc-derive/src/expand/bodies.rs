//! The functions of `Trace`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Ident, Member};

use super::constants::of_field;
use super::{check_type, derived, field_local, local, pattern};
use crate::anchor::{derived_trace, private};
use crate::model::{Body, Input, Treatment, Variant};

/// Of a type that holds no `Gc`, by its parameters. Its fields need not be `Trace`, but they must be those that
/// the derive saw: `drop_kind` speaks of them.
pub(super) fn of_plain(input: &Input) -> TokenStream {
    let p = private(input);
    let (fields, drop_kind) = (fields(input), drop_kind_of_plain(input));
    quote! {
        #fields
        #[inline]
        fn trace(&self, _: &mut #p::Tracer) {}
        #drop_kind
    }
}

/// Of a type that may hold one. The other walks over the fields are what the trait does by default.
pub(super) fn of_holder(input: &Input) -> TokenStream {
    let (p, derived, tracer) = (private(input), derived_trace(input), local("__tracer"));
    let (fields, drop_kind) = (fields(input), drop_kind_of_holder(input));
    quote! {
        #fields
        #[inline]
        fn trace(&self, #tracer: &mut #p::Tracer) {
            #derived.trace(self, #tracer)
        }
        #drop_kind
    }
}

/// Checks every field, and shows those that may hold an edge or own something. Of a type that holds no `Gc`, and of a
/// field that is not traced, only what is known of it without generics can be asked what it owns.
fn fields(input: &Input) -> TokenStream {
    let (p, derived, the_real, brand) = (private(input), derived(), derived_trace(input), &input.brand);
    let (value, fields, tally) = (local("__value"), local("__fields"), local("__tally"));
    let body = for_each_variant(input, &value, |number, variant| {
        let last = variant.fields.len().wrapping_sub(1);
        let of_variant = variant.ident.iter().map(|ident| {
            let name = ident.unraw().to_string();
            // SAFETY (of the emitted code): the value has just been found to be of this variant.
            quote!(unsafe { #derived.variant(#fields, #name, #number) };)
        });
        let shown = variant.fields.iter().enumerate().map(|(index, field)| {
            let (bound, ty) = (field_local(index), &field.ty);
            let is_shown = field.treatment == Treatment::Traced && !input.is_plain();
            if is_shown {
                let name = match &field.member {
                    Member::Named(ident) => ident.unraw().to_string(),
                    Member::Unnamed(index) => index.index.to_string(),
                };
                let is_last = input.is_maybe_unsized() && index == last;
                let show = of_field(input, field, if is_last { "show_last_field" } else { "show_field" });
                let shown = quote_spanned!(field.span()=> #show(#bound, #fields, #name););
                let check = (!input.has_shape()).then(|| check_type(field, &bound));
                return quote!(#check #shown);
            }
            let check = check_type(field, &bound);
            let is_static = (field.treatment == Treatment::Static && !input.is_plain())
                .then(|| quote_spanned!(field.span()=> #derived.assert_static::<#ty>();));
            let is_asked = if input.is_plain() {
                input.is_concrete()
            } else {
                field.treatment == Treatment::Static && !input.is_generic(ty)
            };
            let owned = is_asked.then(|| {
                let owned = quote!(#derived.probe::<#ty>().owned_by(#bound, &mut *#tally));
                quote!(#derived.own(#fields, |#tally| #owned);)
            });
            quote!(#check #is_static #owned)
        });
        quote!(#(#of_variant)* #(#shown)*)
    });
    quote! {
        #[inline]
        fn trace_fields(#value: &Self, #fields: &mut impl #p::Fields<#brand>) {
            let #derived = #the_real;
            let _ = (&#fields, #derived);
            #body
        }
    }
}

/// Destructures what `value` refers to, and runs what `body` makes of each variant and its number.
fn for_each_variant(
    input: &Input,
    value: &Ident,
    body: impl Fn(usize, &Variant) -> TokenStream,
) -> TokenStream {
    let arms = input.body.variants().iter().enumerate().map(|(number, variant)| {
        let (pattern, body) = (pattern(variant), body(number, variant));
        (pattern, body)
    });
    if matches!(input.body, Body::Struct(_)) {
        return arms.map(|(pattern, body)| quote!(let #pattern = #value; #body)).collect();
    }
    let arms = arms.map(|(pattern, body)| quote!(#pattern => { #body }));
    // A reference to an enum without variants would need an arm, the enum itself does not.
    let value = if input.body.variants().is_empty() { quote!(*#value) } else { quote!(#value) };
    quote!(match #value { #(#arms)* })
}

/// What a type without parameters runs when it is dropped. Its fields need not be `Trace`, so each is asked
/// whether it is.
fn drop_kind_of_plain(input: &Input) -> TokenStream {
    let (p, derived) = (private(input), derived());
    if !input.is_concrete() {
        // In generic code nothing can be asked.
        let derived = derived_trace(input);
        return quote! {
            fn drop_kind(_: &mut #p::DropWalk) -> #p::DropKind {
                #derived.unknown_drop::<Self>()
            }
        };
    }
    drop_kind(input, &quote!(#derived.probe::<Self>().own_drop_kind_or(#derived.no_drop())))
}

/// What a type that may hold a `Gc` runs when it is dropped: what its fields run, as it has no `Drop` itself, which
/// could follow the `Gc`.
fn drop_kind_of_holder(input: &Input) -> TokenStream {
    let derived = derived();
    let probe = quote!(#derived.probe::<Self>());
    let own = quote!({
        #probe.refuse_drop(#probe.own_drop());
        #derived.no_drop()
    });
    drop_kind(input, &own)
}

/// `drop_kind`, of the kind of the type's own `Drop` and those of its fields.
fn drop_kind(input: &Input, own: &TokenStream) -> TokenStream {
    let (p, derived, the_real) = (private(input), derived(), derived_trace(input));
    let (walk, kind) = (local("__walk"), local("__kind"));
    let (mut traced, mut others) = (Vec::new(), Vec::new());
    for field in input.body.fields() {
        let ty = &field.ty;
        let unknown = quote!(#derived.unknown_drop::<#ty>());
        match field.treatment {
            Treatment::Traced if !input.is_plain() => traced.push(of_field(input, field, "drop_kind_once")),
            Treatment::Function if !input.is_plain() => {}
            _ if input.is_generic(ty) => others.push(unknown),
            _ => others.push(quote!(#derived.probe::<#ty>().drop_kind_or(&mut *#walk, #unknown))),
        }
    }
    quote! {
        fn drop_kind(#walk: &mut #p::DropWalk) -> #p::DropKind {
            let #derived = #the_real;
            let #kind = #own;
            #(let #kind = #derived.both_drops(#kind, #others);)*
            #derived.drop_of_fields(#kind, #walk, &[#(#traced),*])
        }
    }
}

/// What a probe says, and does, if the type does not implement what it asks for: its last argument, or nothing. (A method
/// of this trait that safe code puts another in front of is an error, see `gc::__private::Probe`, which itself says so of
/// `Drop`.)
pub(super) fn otherwise(input: &Input) -> TokenStream {
    let otherwise = local("__otherwise");
    if !input.is_plain() && input.body.fields().all(|field| field.treatment == Treatment::Traced) {
        // Of most types only their own `Drop` is asked.
        return TokenStream::new();
    }
    quote! {
        trait __Otherwise {
            fn own_drop_kind_or<R>(self, _: R) -> R;
            fn drop_kind_or<W, R>(self, _: W, _: R) -> R;
            fn owned_by<V, T>(self, _: V, _: T);
        }
        impl<P> __Otherwise for P {
            fn own_drop_kind_or<R>(self, #otherwise: R) -> R {
                #otherwise
            }
            fn drop_kind_or<W, R>(self, _: W, #otherwise: R) -> R {
                #otherwise
            }
            #[inline]
            fn owned_by<V, T>(self, _: V, _: T) {}
        }
    }
}
