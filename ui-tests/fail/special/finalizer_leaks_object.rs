// What a finalizer is given is an object in a mutation; `into_root` takes it out.
use gc::{Gc, Mutation};

fn set<'gc>(mc: &Mutation<'gc>, object: Gc<'gc, u64>) {
    let _ = mc.set_finalizer(object, |object| {
        let mut kept = None;
        object.mutate(|_, gc| kept = Some(gc));
    });
}

fn main() {}
