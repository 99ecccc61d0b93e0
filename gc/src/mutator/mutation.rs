//! [`Mutation`].

/// An open mutation.
#[derive(Debug)]
pub struct Mutation<'gc> {
    brand: core::marker::PhantomData<*mut &'gc ()>,
}
