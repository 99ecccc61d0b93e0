//! What follows a failed check: implementations that do nothing, so that the program's uses of the type are no
//! errors, too. They are sound because they never come without the error.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{DeriveInput, Lifetime};

use crate::expand::anonymous;
use crate::model::Input;

/// The fallback of `#[derive(Trace)]`: at every brand, whatever the type.
pub(crate) fn trace(original: &DeriveInput, input: &Input) -> TokenStream {
    let (krate, ident) = (&input.settings.krate, &input.ident);
    let brand = Lifetime::new("'__brand", Span::call_site());
    let mut generics = original.generics.clone();
    generics.make_where_clause();
    let (_, arguments, clause) = generics.split_for_impl();
    let predicates = clause.iter().flat_map(|clause| &clause.predicates);
    let mut own = original.generics.clone();
    own.params.insert(0, syn::parse_quote!(#brand));
    let (parameters, ..) = own.split_for_impl();
    anonymous(quote! {
        #[automatically_derived]
        unsafe impl #parameters #krate::Trace<#brand> for #ident #arguments
        where
            #(#predicates,)*
            Self: #krate::__private::Send + #krate::__private::Sync + #brand,
        {
            const MASK: #krate::__private::Mask = #krate::__private::Mask::EMPTY;
            const TAIL: #krate::__private::bool = false;
            const LEAF: #krate::__private::bool = false;
            fn trace(&self, _: &mut #krate::__private::Tracer) {}
            fn trace_tail(&self, _: &mut #krate::__private::Tracer) {}
        }
    })
}
