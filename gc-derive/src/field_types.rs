//! Macros in the types of fields.
//!
//! The emitted code names the type of a field several times: for its mask, to trace it, to compare it with the type
//! that the field has. A macro is expanded each time, and a procedural one may give another type each time. So a type
//! with a macro in it is named once, as an associated type, and by that from then on.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::bounds::{self, ImplGenerics};
use crate::model::Input;
use crate::syntax::has_macro;

/// Replaces the types that have a macro in them; returns what they are replaced by.
pub(crate) fn name_once(input: &mut Input) -> TokenStream {
    let ident = input.ident.clone();
    let ImplGenerics { parameters, arguments, predicates } = bounds::as_declared(input);
    let fields = input.body.fields_mut().enumerate().filter(|(_, field)| has_macro(&field.ty));
    fields
        .map(|(index, field)| {
            let owner = format_ident!("__TypeOfField{index}", span = Span::call_site());
            let once = syn::parse_quote_spanned!(field.span()=> <Self as #owner>::Type);
            let ty = core::mem::replace(&mut field.ty, once);
            let named = quote_spanned!(field.span()=> type Type = #ty;);
            quote! {
                trait #owner {
                    type Type;
                }
                #[automatically_derived]
                impl #parameters #owner for #ident #arguments where #predicates {
                    #named
                }
            }
        })
        .collect()
}
