//! The forms that the compiler knows; all others are macros.

use gc::Trace;

/// A form.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Trace)]
pub(crate) enum Form {
    Quote,
    Quasiquote,
    Lambda,
    Define,
    DefineLibrary,
    DefineSyntax,
    DefineRecordType,
    Set,
    If,
    Begin,
    Let,
    LetStar,
    Letrec,
    LetSyntax,
    And,
    Or,
    When,
    Unless,
    Cond,
    CondExpand,
    Import,
    Include,
    SyntaxError,
    /// What has a meaning inside of other forms only.
    Auxiliary(&'static str),
}

/// All by name.
pub(crate) const FORMS: &[(&str, Form)] = &[
    ("quote", Form::Quote),
    ("quasiquote", Form::Quasiquote),
    ("lambda", Form::Lambda),
    ("define", Form::Define),
    ("define-library", Form::DefineLibrary),
    ("define-syntax", Form::DefineSyntax),
    ("define-record-type", Form::DefineRecordType),
    ("set!", Form::Set),
    ("if", Form::If),
    ("begin", Form::Begin),
    ("let", Form::Let),
    ("let*", Form::LetStar),
    ("letrec", Form::Letrec),
    ("letrec*", Form::Letrec),
    ("let-syntax", Form::LetSyntax),
    ("letrec-syntax", Form::LetSyntax),
    ("and", Form::And),
    ("or", Form::Or),
    ("when", Form::When),
    ("unless", Form::Unless),
    ("cond", Form::Cond),
    ("cond-expand", Form::CondExpand),
    ("import", Form::Import),
    ("include", Form::Include),
    ("syntax-error", Form::SyntaxError),
    ("else", Form::Auxiliary("else")),
    ("=>", Form::Auxiliary("=>")),
    ("...", Form::Auxiliary("...")),
    ("_", Form::Auxiliary("_")),
    ("unquote", Form::Auxiliary("unquote")),
    ("unquote-splicing", Form::Auxiliary("unquote-splicing")),
    ("syntax-rules", Form::Auxiliary("syntax-rules")),
];
