//! The input as the facts that checks and expansion need. Each keeps the syntax it was made from.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{
    Data, DeriveInput, Expr, GenericParam, Generics, Ident, Lifetime, Member, Path, Token, Type,
    TypeParamBound,
};

use crate::attr::{self, Repr, StaticSetting, TypeSettings};
use crate::errors::Errors;
use crate::markers::Mentions;
use crate::syntax::{
    has_macro, is_bare_function, is_ident, is_maybe_sized, mentions_ident, mentions_lifetime, names_trait,
    type_predicate,
};

/// The type under the derive.
pub(crate) struct Input {
    pub(crate) ident: Ident,
    pub(crate) settings: TypeSettings,
    pub(crate) repr: Repr,
    pub(crate) generics: Generics,
    /// The lifetime for which `Trace` is implemented: the type's own, or a fresh one.
    pub(crate) brand: Lifetime,
    /// Whether the brand is the type's own lifetime.
    pub(crate) has_lifetime: bool,
    /// The type parameters.
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Body,
}

/// A type parameter.
pub(crate) struct Parameter {
    pub(crate) ident: Ident,
    pub(crate) role: Role,
    /// `#[trace(static)]` on it.
    pub(crate) is_static: Option<Path>,
    /// Whether it says `?Sized`.
    pub(crate) maybe_unsized: bool,
}

/// What becomes of a type parameter when the brand is replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It is traced, and its own brand is replaced.
    Rebranded,
    /// As `Rebranded`; bounded by `Word`, so that it must be a `Word` at every brand.
    Word,
    /// `#[trace(static)]`, and a mere marker or of fields that are not traced: it stays as it is.
    Kept,
    /// `#[trace(static)]`, and a traced field needs that it is `Trace`: it stays as it is and is so at every brand.
    KeptTraced,
    /// As `KeptTraced`; bounded by `Leaf`, beside which a bound at one brand is ambiguous.
    KeptLeaf,
}

pub(crate) enum Body {
    Struct(Variant),
    Enum(Vec<Variant>),
    Union(Token![union]),
}

/// A variant, or the whole of a struct.
pub(crate) struct Variant {
    /// None for a struct.
    pub(crate) ident: Option<Ident>,
    pub(crate) fields: Vec<Field>,
    pub(crate) discriminant: Option<Expr>,
}

pub(crate) struct Field {
    pub(crate) member: Member,
    pub(crate) ty: Type,
    /// `#[trace(static)]` on it.
    pub(crate) is_static: Option<Path>,
    pub(crate) treatment: Treatment,
}

/// How a field is traced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// By its own `Trace`.
    Traced,
    /// `#[trace(static)]`: not at all.
    Static,
    /// A bare `fn(..)` type, whose arguments may name the brand at will: it is code and owns nothing.
    /// Only the syntax can tell, since no implementation covers higher-ranked function pointers.
    Function,
}

impl Input {
    /// Everything that can be read off the input; errors are those of attributes.
    pub(crate) fn new(input: &DeriveInput, errors: &mut Errors) -> Self {
        let settings = TypeSettings::parse(&input.attrs, errors);
        let body = body(&input.data, errors);
        let own = input.generics.lifetimes().next().map(|parameter| parameter.lifetime.clone());
        let mut this = Self {
            ident: input.ident.clone(),
            repr: Repr::parse(&input.attrs),
            generics: input.generics.clone(),
            has_lifetime: own.is_some(),
            brand: own.unwrap_or_else(|| fresh_brand(&body)),
            parameters: Vec::new(),
            settings,
            body,
        };
        this.parameters = this.read_parameters(errors);
        this.find_functions();
        this.find_roles();
        this
    }

    fn read_parameters(&self, errors: &mut Errors) -> Vec<Parameter> {
        for parameter in &self.generics.params {
            let (attributes, place) = match parameter {
                GenericParam::Lifetime(parameter) => (&parameter.attrs, "lifetime"),
                GenericParam::Const(parameter) => (&parameter.attrs, "const parameter"),
                GenericParam::Type(_) => continue,
            };
            if let Some(path) = StaticSetting::parse(attributes, place, errors).is_static {
                errors.at(
                    path,
                    format!("`static` belongs on a type, a field or a type parameter, not on a {place}"),
                );
            }
        }
        self.generics
            .type_params()
            .map(|parameter| Parameter {
                ident: parameter.ident.clone(),
                role: Role::Rebranded,
                is_static: StaticSetting::parse(&parameter.attrs, "type parameter", errors).is_static,
                maybe_unsized: self.bounds_of(&parameter.ident).any(is_maybe_sized),
            })
            .collect()
    }

    /// A bare `fn` that names a type parameter is traced like any field: what the parameter holds is
    /// rebranded, so the implementation must see it.
    fn find_functions(&mut self) {
        let rebranded: Vec<Ident> = self.rebranded().map(|parameter| parameter.ident.clone()).collect();
        let generic_self = Ident::new("Self", Span::call_site());
        for field in self.body.fields_mut() {
            let ty = &field.ty;
            // A macro may name what its tokens do not.
            let names_parameter = rebranded.iter().any(|ident| mentions_ident(ty, ident))
                || !rebranded.is_empty() && (mentions_ident(ty, &generic_self) || has_macro(ty));
            if field.treatment == Treatment::Traced && is_bare_function(ty) && !names_parameter {
                field.treatment = Treatment::Function;
            }
        }
    }

    fn find_roles(&mut self) {
        let all_static = self.settings.is_static.is_some();
        let roles: Vec<Role> = self
            .parameters
            .iter()
            .map(|parameter| {
                let ident = &parameter.ident;
                let mut traced = self.body.fields().filter(|field| field.treatment == Treatment::Traced);
                if all_static {
                    Role::Kept
                } else if parameter.is_static.is_some() {
                    let declared = self.generics.params.iter().collect();
                    let mentions = Mentions { owner: &self.ident, declared, parameter: ident };
                    if !traced.any(|field| mentions.asks_for_trace(&field.ty)) {
                        Role::Kept
                    } else if self.bounds_of(ident).any(|bound| names_trait(bound, &["Leaf"])) {
                        Role::KeptLeaf
                    } else {
                        Role::KeptTraced
                    }
                } else if self.bounds_of(ident).any(|bound| names_trait(bound, &["Word"])) {
                    Role::Word
                } else {
                    Role::Rebranded
                }
            })
            .collect();
        for (parameter, role) in self.parameters.iter_mut().zip(roles) {
            parameter.role = role;
        }
    }

    /// The bounds of a type parameter, wherever they are written.
    fn bounds_of<'a>(&'a self, ident: &'a Ident) -> impl Iterator<Item = &'a TypeParamBound> {
        let inline = self.generics.type_params().filter(move |parameter| parameter.ident == *ident);
        let written = self.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        inline.flat_map(|parameter| &parameter.bounds).chain(
            written
                .chain(&self.settings.bounds)
                .filter_map(type_predicate)
                .filter(|(ty, _)| is_ident(ty, ident))
                .flat_map(|(_, bounds)| bounds),
        )
    }

    /// Type parameters whose brand is replaced, or would be.
    pub(crate) fn rebranded(&self) -> impl Iterator<Item = &Parameter> {
        let all_static = self.settings.is_static.is_some();
        self.parameters.iter().filter(move |parameter| !all_static && parameter.is_static.is_none())
    }

    /// Whether no value can hold a `Gc`, by the parameters alone: then the fields are not looked at.
    pub(crate) fn is_plain(&self) -> bool {
        self.settings.is_static.is_some() || !self.has_lifetime && self.parameters.is_empty()
    }

    /// Whether the syntax depends on a type parameter or the brand.
    pub(crate) fn is_generic(&self, ty: &Type) -> bool {
        let own_name = Ident::new("Self", Span::call_site());
        self.parameters.iter().any(|parameter| mentions_ident(ty, &parameter.ident))
            || self.mentions_brand(ty)
            || !self.is_concrete() && mentions_ident(ty, &own_name)
    }

    /// Whether there is neither a lifetime nor a type parameter.
    pub(crate) fn is_concrete(&self) -> bool {
        !self.has_lifetime && self.parameters.is_empty()
    }

    /// Whether the fields of the type are asked for their shapes, where their types are compared with those that the derive
    /// saw. Else that is done where they are shown.
    pub(crate) fn has_shape(&self) -> bool {
        matches!(self.body, Body::Struct(_)) && !self.is_plain() && !self.is_maybe_unsized()
    }

    /// Whether a field of a struct is a type parameter that may be unsized, and so the struct itself. (That the field is
    /// the last one is a rule of the language.)
    pub(crate) fn is_maybe_unsized(&self) -> bool {
        let Body::Struct(Variant { fields, .. }) = &self.body else { return false };
        self.parameters
            .iter()
            .filter(|parameter| parameter.maybe_unsized)
            .any(|parameter| fields.iter().any(|field| is_ident(&field.ty, &parameter.ident)))
    }

    pub(crate) fn mentions_brand(&self, ty: &Type) -> bool {
        self.has_lifetime && mentions_lifetime(ty, &self.brand)
    }

    /// Whether this is an enum whose layout the language documents and whose variants have masks.
    pub(crate) fn has_variant_masks(&self) -> bool {
        let documented = self.repr.c || self.repr.integer.is_some();
        let traced = self.body.fields().any(|field| field.treatment == Treatment::Traced);
        matches!(self.body, Body::Enum(_)) && documented && traced && !self.is_plain()
    }
}

impl Body {
    pub(crate) fn variants(&self) -> &[Variant] {
        match self {
            Self::Struct(variant) => core::slice::from_ref(variant),
            Self::Enum(variants) => variants,
            Self::Union(_) => &[],
        }
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.variants().iter().flat_map(|variant| &variant.fields)
    }

    pub(crate) fn fields_mut(&mut self) -> impl Iterator<Item = &mut Field> {
        match self {
            Self::Struct(variant) => core::slice::from_mut(variant),
            Self::Enum(variants) => variants,
            Self::Union(_) => &mut [],
        }
        .iter_mut()
        .flat_map(|variant| &mut variant.fields)
    }
}

impl Variant {
    /// The fields that are traced.
    pub(crate) fn traced(&self) -> impl Iterator<Item = (usize, &Field)> {
        self.fields.iter().enumerate().filter(|(_, field)| field.treatment == Treatment::Traced)
    }
}

impl Field {
    /// Where code about the field points, resolved as code of the derive, so that lints leave it alone.
    pub(crate) fn span(&self) -> Span {
        self.ty.span().resolved_at(Span::call_site())
    }
}

fn body(data: &Data, errors: &mut Errors) -> Body {
    match data {
        Data::Struct(data) => {
            Body::Struct(Variant { ident: None, fields: fields(&data.fields, errors), discriminant: None })
        }
        Data::Enum(data) => Body::Enum(
            data.variants
                .iter()
                .map(|variant| {
                    attr::refuse_on_variant(&variant.attrs, errors);
                    Variant {
                        ident: Some(variant.ident.clone()),
                        fields: fields(&variant.fields, errors),
                        discriminant: variant.discriminant.as_ref().map(|(_, value)| value.clone()),
                    }
                })
                .collect(),
        ),
        Data::Union(data) => Body::Union(data.union_token),
    }
}

fn fields(fields: &syn::Fields, errors: &mut Errors) -> Vec<Field> {
    fields
        .members()
        .zip(fields)
        .map(|(member, field)| {
            let is_static = StaticSetting::parse(&field.attrs, "field", errors).is_static;
            let treatment = if is_static.is_some() { Treatment::Static } else { Treatment::Traced };
            Field { member, ty: field.ty.clone(), is_static, treatment }
        })
        .collect()
}

/// `'gc`, so that `bound` can name it; another name if a field binds a `'gc` of its own (`for<'gc> fn(..)`).
fn fresh_brand(body: &Body) -> Lifetime {
    let brand = Lifetime::new("'gc", Span::call_site());
    if body.fields().any(|field| mentions_lifetime(&field.ty, &brand)) {
        return Lifetime::new("'__gc", Span::call_site());
    }
    brand
}
