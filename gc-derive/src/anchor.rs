//! What emitted code names, and why safe code cannot put anything else in its place.
//!
//! Emitted code stands in the program, where safe code decides what a path means: `crate = ".."` names any module,
//! `extern crate self as gc` turns `::gc` into the program, and a module may re-export the real traits beside its own
//! everything else. So nothing is believed because of its name. An implementation names the trait that it implements,
//! always by the same path. If that is the real trait, what the implementation rests on is reached through it, by the
//! constant `DERIVED` that it gives to `()`; if it is not, the implementation is of a trait of the program's own, an
//! `unsafe trait` at that, and says nothing to the collector.
//!
//! | emitted | why it is the real one, or need not be |
//! |---|---|
//! | `#krate::Trace`, `Rebrand`, `Word`, `__private::Packed`, `__private::RebrandWord` | the trait that is implemented; also as bound and for fields |
//! | `DERIVED`, `MASK` and other constants | of that trait, by `<_ as #krate::Trace>::` |
//! | methods of `DERIVED`, and of the `Probe` it gives | inherent, by value, on values of that very type: found first |
//! | `own_drop` of what `Probe` leads to | asked for only where the type has no `Drop`; another of the name can give no other answer |
//! | the methods of `__Otherwise` | defined beside; another trait with these names in scope is an ambiguity |
//! | `Mask`, `Shape`, `Tracer`, `DropWalk`, `DropKind`, `Packing`, `bool`, `u32` | in signatures only, which must be those of the trait |
//! | `Fields` | a bound; if it asks for less than that of the trait, fields cannot be shown |
//! | `Send`, `Sync`, `Copy` as bounds | supertraits: if they are others, the real ones are not proven |
//! | `#krate::__private::Rebrand`, `RebrandDst`, `RebrandWord` of arguments | `arguments_are_rebranded` compares their types |
//! | `#krate::__private::Packed` | says first what does not fit; believed is what `DERIVED` is asked |
//! | the type and its fields | fields are destructured, and their types compared with those that the derive saw |
//! | a macro in the type of a field, which may expand otherwise each time | the type is named once (`field_types`) |
//! | `(*place).field` | syntax; a `Deref` of the program cannot be called in constants |
//! | variants, discriminants, `repr` | the constant evaluation takes no other arm than that of the tag (`layout`) |
//! | locals | hygienic; a constant of such a name would be a pattern of another type |
//! | `#[inline]`, `#[repr]`, `#[allow]`, `#[automatically_derived]` | built in: another of the name is an ambiguity |
//! | `::core::compile_error!` | if it reports nothing, what comes with it cannot be used (`fallback`) |
//!
//! `dyn_trace!` is a macro of `gc` itself and names everything by `$crate`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::bounds::{self, ImplGenerics};
use crate::expand::local;
use crate::model::Input;

/// Where the types of signatures and the supertraits are found.
pub(crate) fn private(input: &Input) -> TokenStream {
    let krate = &input.settings.krate;
    quote!(#krate::__private)
}

/// What the implementation of `Trace` does everything through.
pub(crate) fn derived_trace(input: &Input) -> TokenStream {
    let (krate, brand) = (&input.settings.krate, &input.brand);
    quote!(<() as #krate::Trace<#brand>>::DERIVED)
}

/// What the implementation of `Word` does everything through.
pub(crate) fn derived_word(input: &Input) -> TokenStream {
    let (krate, brand) = (&input.settings.krate, &input.brand);
    quote!(<() as #krate::Word<#brand>>::DERIVED)
}

/// What the implementation of `Packed` does everything through.
pub(crate) fn derived_packed(input: &Input) -> TokenStream {
    let (p, brand) = (private(input), &input.brand);
    quote!(<() as #p::Packed<#brand>>::DERIVED)
}

/// A function, never called, that compiles if the implementation of `Rebrand` or `RebrandWord` replaces brands in type
/// arguments as the real traits do. Else a trait of the program that is only called `RebrandDst` could make any type of
/// an argument. (In an implementation, which may assume what the type implies, such as `T: 'gc`.)
pub(crate) fn arguments_are_rebranded(input: &Input, implemented: &TokenStream) -> TokenStream {
    let (krate, ident, at) = (&input.settings.krate, &input.ident, bounds::at_lifetime());
    let derived = local("__derived");
    let checks: Vec<TokenStream> = input
        .parameters
        .iter()
        .filter_map(|parameter| {
            let (own, rebrand) = (&parameter.ident, bounds::rebrand_of(parameter)?);
            let (of, of_static, of_brand) = (&rebrand.of, &rebrand.of_static, &rebrand.of_brand);
            let (is_static, is_at) = (&rebrand.is_static, &rebrand.is_at);
            Some(quote! {
                #derived.#is_static::<#own, <#own as #krate::__private::#of>::#of_static>();
                #derived.#is_at::<#at, #own, <#own as #krate::__private::#of>::#of_brand<#at>>();
            })
        })
        .collect();
    if checks.is_empty() {
        return TokenStream::new();
    }
    let ImplGenerics { parameters, arguments, predicates } = bounds::for_rebrand(input);
    quote! {
        trait __Arguments {
            fn are_rebranded<#at>();
        }
        #[automatically_derived]
        impl #parameters __Arguments for #ident #arguments where #predicates {
            fn are_rebranded<#at>() {
                let #derived = <() as #implemented>::DERIVED;
                #(#checks)*
            }
        }
    }
}
