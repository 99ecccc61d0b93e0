//! The functions of `Trace`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Member;
use syn::ext::IdentExt;

use super::constants::{of_field, this};
use super::{check_type, field_local, local, pattern};
use crate::anchor::{derived_trace as derived, private};
use crate::model::{Body, Field, Input, Treatment, Variant};

/// Of a type that holds no `Gc`, by its parameters. Its fields need not be `Trace`, but they must be those that
/// the derive saw: `drop_kind` speaks of them.
pub(super) fn of_plain(input: &Input) -> TokenStream {
    let (p, derived) = (private(input), derived(input));
    let drop_kind = drop_kind_of_plain(input);
    let owned = if input.is_concrete() { owned(input) } else { TokenStream::new() };
    let checks = for_each_variant(input, |variant| {
        let fields = variant.fields.iter().enumerate();
        fields.map(|(index, field)| check_type(&derived, field, &field_local(index))).collect()
    });
    quote! {
        #[inline]
        fn trace(&self, _: &mut #p::Tracer) {
            #checks
        }
        #[inline]
        fn trace_tail(&self, _: &mut #p::Tracer) {}
        #owned
        #drop_kind
    }
}

/// Of a type that may hold one.
pub(super) fn of_holder(input: &Input) -> TokenStream {
    let trace = trace(input);
    let trace_tail = trace_tail(input);
    let drop_kind = drop_kind_of_holder(input);
    let owned = owned(input);
    let parts = parts(input);
    quote!(#trace #trace_tail #owned #drop_kind #parts)
}

/// Says what the fields are called that may hold an edge. Where a field that may have no size lies is known to `trace` only,
/// so such a type has no names.
fn parts(input: &Input) -> TokenStream {
    if input.is_maybe_unsized() {
        return TokenStream::new();
    }
    let (p, derived, parts) = (private(input), derived(input), local("__parts"));
    let body = for_each_variant(input, |variant| {
        let name = variant.ident.iter().map(|ident| ident.unraw().to_string());
        let fields = variant.fields.iter().enumerate().map(|(index, field)| {
            let bound = field_local(index);
            if field.treatment != Treatment::Traced {
                return quote!(let _ = #bound;);
            }
            let name = match &field.member {
                Member::Named(ident) => ident.unraw().to_string(),
                Member::Unnamed(index) => index.index.to_string(),
            };
            let (leaf, of) = (of_field(input, field, "LEAF"), of_field(input, field, "trace_parts"));
            quote! {
                if !#leaf {
                    #derived.part(&mut *#parts, #name, #bound, #of);
                }
            }
        });
        quote!(#(#derived.variant(&mut *#parts, #name);)* #(#fields)*)
    });
    quote! {
        #[inline]
        fn trace_parts(&self, #parts: &mut #p::Parts<'_>) {
            let _ = &#parts;
            #body
        }
    }
}

/// Adds up what the fields own. Of a type that holds no `Gc`, and of a field that is not traced, only what is known of it
/// without generics can be asked.
fn owned(input: &Input) -> TokenStream {
    let (p, derived, tally) = (private(input), derived(input), local("__tally"));
    let body = for_each_variant(input, |variant| {
        let fields = variant.fields.iter().enumerate().map(|(index, field)| {
            let (bound, ty) = (field_local(index), &field.ty);
            let is_asked = field.treatment == Treatment::Static && !input.is_generic(ty);
            if input.is_plain() || is_asked {
                quote!(#derived.probe::<#ty>().owned_by(#bound, &mut *#tally);)
            } else if field.treatment == Treatment::Traced {
                let owned = of_field(input, field, "owned");
                quote_spanned!(field.span()=> #owned(#bound, #tally);)
            } else {
                quote!(let _ = #bound;)
            }
        });
        quote!(#(#fields)*)
    });
    quote! {
        #[inline]
        fn owned(&self, #tally: &mut #p::Tally) {
            let _ = &#tally;
            #body
        }
    }
}

/// Checks every field and traces those that may hold an edge.
fn trace(input: &Input) -> TokenStream {
    let (p, derived) = (private(input), derived(input));
    let tracer = local("__tracer");
    let body = for_each_variant(input, |variant| {
        let fields = variant.fields.iter().enumerate().map(|(index, field)| {
            let bound = field_local(index);
            let check = check_type(&derived, field, &bound);
            let step = match field.treatment {
                Treatment::Traced => {
                    let trace = of_field(input, field, "trace");
                    quote_spanned!(field.span()=> #trace(#bound, #tracer);)
                }
                Treatment::Static => {
                    let ty = &field.ty;
                    let derived = at(field.span(), derived.clone());
                    quote_spanned!(field.span()=> #derived.assert_static::<#ty>();)
                }
                Treatment::Function => TokenStream::new(),
            };
            quote!(#check #step)
        });
        quote!(#(#fields)*)
    });
    quote! {
        #[inline]
        fn trace(&self, #tracer: &mut #p::Tracer) {
            let _ = &#tracer;
            #body
        }
    }
}

/// Reports what the mask cannot say.
fn trace_tail(input: &Input) -> TokenStream {
    let (p, this, tracer) = (private(input), this(input), local("__tracer"));
    let body = if matches!(input.body, Body::Struct(_)) && !input.is_maybe_unsized() {
        for_each_variant(input, |variant| tails(input, variant))
    } else if input.has_variant_masks() {
        variant_tails(input)
    } else {
        quote!(#this::trace(self, #tracer);)
    };
    quote! {
        #[inline]
        fn trace_tail(&self, #tracer: &mut #p::Tracer) {
            let _ = &#tracer;
            #body
        }
    }
}

/// For an enum with a mask for each variant: the words of the variant that not all variants have, then the
/// tails of its fields.
fn variant_tails(input: &Input) -> TokenStream {
    let (this, derived, tracer) = (this(input), derived(input), local("__tracer"));
    let arms = input.body.variants().iter().enumerate().map(|(index, variant)| {
        let (pattern, tails) = (pattern(variant), tails(input, variant));
        // SAFETY (of the emitted code): the mask of a variant describes its fields, at offsets that the compiler
        // gave, and the value is of that variant. A mask that does not fit has no words.
        quote! {
            #pattern => {
                unsafe { #derived.trace_excess(#tracer, self, #this::VARIANTS, #index, #this::MASK) };
                #tails
            }
        }
    });
    // With a mask that does not fit, the variants' masks are not all there.
    quote! {
        if !#derived.fits(#this::MASK) {
            return #this::trace(self, #tracer);
        }
        match self { #(#arms)* }
    }
}

/// The tails of the fields of a variant that is bound by `pattern`.
fn tails(input: &Input, variant: &Variant) -> TokenStream {
    let tracer = local("__tracer");
    let fields = variant.fields.iter().enumerate().map(|(index, field)| {
        let bound = field_local(index);
        if field.treatment != Treatment::Traced {
            return quote!(let _ = #bound;);
        }
        let trace_tail = of_field(input, field, "trace_tail");
        quote_spanned!(field.span()=> #trace_tail(#bound, #tracer);)
    });
    quote!(#(#fields)*)
}

/// Destructures `self` and runs what `body` makes of each variant.
fn for_each_variant(input: &Input, body: impl Fn(&Variant) -> TokenStream) -> TokenStream {
    let arms = input.body.variants().iter().map(|variant| {
        let (pattern, body) = (pattern(variant), body(variant));
        (pattern, body)
    });
    if matches!(input.body, Body::Struct(_)) {
        return arms.map(|(pattern, body)| quote!(let #pattern = self; #body)).collect();
    }
    let arms = arms.map(|(pattern, body)| quote!(#pattern => { #body }));
    // A reference to an enum without variants would need an arm, the enum itself does not.
    let value = if input.body.variants().is_empty() { quote!(*self) } else { quote!(self) };
    quote!(match #value { #(#arms)* })
}

/// What a type without parameters runs when it is dropped. Its fields need not be `Trace`, so each is asked
/// whether it is.
fn drop_kind_of_plain(input: &Input) -> TokenStream {
    let (p, derived) = (private(input), derived(input));
    if !input.is_concrete() {
        // In generic code nothing can be asked.
        return quote! {
            fn drop_kind(_: &mut #p::DropWalk) -> #p::DropKind {
                #derived.unknown_drop::<Self>()
            }
        };
    }
    let own = quote!(#derived.probe::<Self>().own_drop_kind_or(#derived.no_drop()));
    let fields = input.body.fields().map(|field| drop_kind_if_known(input, field));
    drop_kind(input, &own, fields)
}

/// What a type that may hold a `Gc` runs when it is dropped: what its fields run, as it has no `Drop` itself, which
/// could follow the `Gc`.
fn drop_kind_of_holder(input: &Input) -> TokenStream {
    let derived = derived(input);
    let probe = quote!(#derived.probe::<Self>());
    let own = quote!({
        #probe.refuse_drop(#probe.own_drop_or(#derived.no_own_drop()));
        #derived.no_drop()
    });
    drop_kind(input, &own, input.body.fields().map(|field| drop_kind_of_field(input, field)))
}

/// `drop_kind`, of the kind of the type's own `Drop` and those of its fields.
fn drop_kind(input: &Input, own: &TokenStream, fields: impl Iterator<Item = TokenStream>) -> TokenStream {
    let (p, derived, walk, kind) = (private(input), derived(input), local("__walk"), local("__kind"));
    quote! {
        fn drop_kind(#walk: &mut #p::DropWalk) -> #p::DropKind {
            let _ = &#walk;
            let #kind = #own;
            #(let #kind = #derived.both_drops(#kind, #fields);)*
            #kind
        }
    }
}

fn drop_kind_of_field(input: &Input, field: &Field) -> TokenStream {
    let (derived, walk, ty) = (derived(input), local("__walk"), &field.ty);
    match field.treatment {
        Treatment::Function => quote!(#derived.no_drop()),
        Treatment::Static if input.is_generic(ty) => quote!(#derived.unknown_drop::<#ty>()),
        Treatment::Static => drop_kind_if_known(input, field),
        Treatment::Traced => {
            let drop_kind = of_field(input, field, "drop_kind");
            quote!(#derived.drop_of_field::<#ty>(#walk, #drop_kind))
        }
    }
}

/// The kind of a field that need not be `Trace`.
fn drop_kind_if_known(input: &Input, field: &Field) -> TokenStream {
    let (derived, walk, ty) = (derived(input), local("__walk"), &field.ty);
    quote!(#derived.probe::<#ty>().drop_kind_or(&mut *#walk, #derived.unknown_drop::<#ty>()))
}

/// What a probe says if the type does not implement what it asks for: its second argument, whatever that is. (A method
/// of this trait that safe code puts another in front of is an error, see `gc::__private::Probe`.)
pub(super) fn otherwise() -> TokenStream {
    let otherwise = local("__otherwise");
    quote! {
        trait __Otherwise {
            fn own_drop_or<R>(self, _: R) -> R;
            fn own_drop_kind_or<R>(self, _: R) -> R;
            fn drop_kind_or<W, R>(self, _: W, _: R) -> R;
            fn owned_by<V, T>(self, _: V, _: T);
        }
        impl<P> __Otherwise for P {
            fn own_drop_or<R>(self, #otherwise: R) -> R {
                #otherwise
            }
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

/// The tokens, pointing at another place.
fn at(place: Span, tokens: TokenStream) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut token| {
        token.set_span(place);
        token
    });
    tokens.collect()
}
