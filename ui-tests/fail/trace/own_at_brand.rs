// Which types stand at a brand is not for a program to say.
use gc::{AtBrand, Gc, Trace};

#[derive(Trace)]
struct Inner<'gc>(Gc<'gc, u8>);
impl<'gc> AtBrand<'gc> for Inner<'static> {}

fn main() {}
