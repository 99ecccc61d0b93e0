// An attribute macro changes the field of a word after the derive saw it.
use std::marker::PhantomData;

use attribute_macros::replace;
use gc::{Gc, Trace, Word};

#[derive(Word)]
#[replace(#[derive(Clone, Copy, Trace)] struct Handle<'gc>(Gc<'gc, u8>, PhantomData<&'gc ()>);)]
struct Handle<'gc>(u64, PhantomData<&'gc ()>);

fn main() {}
