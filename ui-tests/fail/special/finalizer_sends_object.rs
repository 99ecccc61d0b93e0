// The short form has the object for as long as its mutation, too.
use std::sync::mpsc::Sender;

use gc::{Gc, Mutation};

fn set<'gc>(mc: &Mutation<'gc>, object: Gc<'gc, u64>, kept: Sender<Gc<'static, u64>>) {
    let _ = mc.set_finalizer_in(object, move |_, gc| kept.send(gc).unwrap());
}

fn main() {}
