//! Emitted code among hostile neighbours.
#![allow(dead_code, reason = "only the types matter, not their values")]

/// Without the prelude.
mod no_prelude {
    #![no_implicit_prelude]

    #[derive(::gc::Trace)]
    struct Plain(u8, ::std::string::String);
    #[derive(::gc::Trace)]
    struct Node<'gc, T> {
        value: T,
        next: ::std::option::Option<::gc::Gc<'gc, Node<'gc, T>>>,
        #[trace(static)]
        name: ::std::string::String,
    }
    #[derive(::gc::Trace)]
    #[repr(u8)]
    enum Tagged<'gc, T> {
        A(T),
        B { g: ::gc::Gc<'gc, T> },
        C,
    }
    #[derive(::gc::Trace, ::gc::Word)]
    enum Value<'gc> {
        A(u32),
        B(::gc::Gc<'gc, u8>),
        C,
    }
    impl ::std::clone::Clone for Value<'_> {
        fn clone(&self) -> Self {
            *self
        }
    }
    impl ::std::marker::Copy for Value<'_> {}
}

/// The crate under another name.
mod renamed {
    mod elsewhere {
        pub(super) mod inner {
            pub(in super::super) use ::gc as other;
        }
    }
    /// What `::gc` must not be taken for.
    mod gc {}

    #[derive(::gc::Trace)]
    #[trace(crate = "elsewhere::inner::other")]
    struct Node<'gc, T> {
        value: T,
        next: Option<elsewhere::inner::other::Gc<'gc, Node<'gc, T>>>,
    }
    #[derive(::gc::Trace, ::gc::Word, Clone, Copy)]
    #[trace(crate = "self::elsewhere::inner::other")]
    enum Value<'gc> {
        A(u32),
        B(elsewhere::inner::other::Gc<'gc, u8>),
    }
}

/// Names of everything that the emitted code could mean.
mod shadowed {
    #![allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "what is tested")]

    use ::gc::Gc;

    struct Option;
    struct Some;
    struct None;
    struct PhantomData;
    struct Mask;
    struct DropKind;
    struct Tracer;
    struct Static;
    struct bool;
    struct usize;
    trait Trace {
        const MASK: u8 = 0;
        const TAIL: u8 = 0;
        const LEAF: u8 = 0;
        fn trace(&self) {}
        fn trace_tail(&self) {}
        fn drop_kind(&self) {}
    }
    impl<T: ?Sized> Trace for T {}
    trait Send {}
    trait Sync {}
    trait Copy {}

    #[derive(::gc::Trace)]
    struct Node<'gc, T> {
        __field0: Gc<'gc, T>,
        __tracer: T,
        this: Gc<'gc, Self>,
    }
    #[derive(::gc::Trace)]
    struct Plain(u8);
    #[derive(::gc::Trace)]
    enum Named<'gc, MASK, Static, At> {
        MASK(MASK),
        TAIL(Static),
        Static(At),
        At(Gc<'gc, At>),
    }
    #[derive(::gc::Trace)]
    #[repr(u8)]
    enum Tagged<'gc, Tag> {
        VARIANTS(Tag),
        __TagOfVariant(Gc<'gc, Tag>),
    }
}

/// A field whose function binds a `'gc` of its own.
mod brand_taken {
    use ::gc::Mutation;

    #[derive(::gc::Trace)]
    struct Callback<T> {
        call: for<'gc> fn(&'gc Mutation<'gc>) -> u8,
        value: T,
    }
}

/// Raw identifiers.
mod raw {
    use ::gc::Gc;

    #[derive(::gc::Trace)]
    struct Node<'gc> {
        r#type: Gc<'gc, u8>,
        r#struct: u8,
    }
    #[derive(::gc::Trace)]
    enum Kind<'gc> {
        r#Fn { r#match: Gc<'gc, u8> },
    }
}

/// Types that a macro makes, so that their tokens come in invisible groups.
mod from_macro {
    use ::gc::Gc;

    macro_rules! node {
        ($name:ident, $life:lifetime, $t:ident, $field:ty, $n:expr) => {
            #[derive(::gc::Trace)]
            struct $name<$life, $t> {
                field: $field,
                many: [Gc<$life, $t>; $n],
            }
        };
    }
    node!(Node, 'gc, T, Option<Gc<'gc, T>>, 2 + 1);
    node!(Function, 'gc, T, fn(&Gc<'gc, u8>), 2 + 1);
}

/// Where lints are forbidden, an `allow` in emitted code would be an error.
mod forbidding {
    #![forbid(unsafe_code, unused_imports, unreachable_patterns, unused_variables, non_snake_case)]
    #![deny(clippy::all, clippy::pedantic)]

    use ::gc::{Gc, Trace, Word};

    #[derive(Trace)]
    struct Plain(u8, String);
    #[derive(Trace)]
    struct Node<'gc, T> {
        value: T,
        next: Option<Gc<'gc, Node<'gc, T>>>,
        #[trace(static)]
        name: String,
        call: fn(&Gc<'gc, u8>),
    }
    #[derive(Trace)]
    #[repr(u8)]
    enum Tagged<'gc, T> {
        One(Gc<'gc, T>),
        Two { value: T },
    }
    #[derive(Trace)]
    #[repr(u8)]
    enum Single<'gc, T> {
        One(Gc<'gc, T>),
    }
    #[derive(Trace, Word, Clone, Copy)]
    enum Value<'gc> {
        Nil,
        Text(Gc<'gc, String>),
    }
}
