// A trait object of a foreign trait is not known to the collector.
use gc::{Gc, Mutation};

fn store<'gc>(mc: &Mutation<'gc>, error: Box<dyn std::error::Error + Send + Sync>) {
    Gc::new(mc, error);
}

fn main() {}
