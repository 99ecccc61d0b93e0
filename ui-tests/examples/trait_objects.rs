//! Trait objects in the heap: pointed to, boxed, rooted, with a supertrait, generic in nothing but the brand.
use gc::{DynTrace, Gc, Heap, Root, Trace, dyn_trace};

trait Shape<'gc>: DynTrace<'gc> + 'gc {
    fn area(&self) -> f64;
    fn parts(&self) -> Vec<Gc<'gc, dyn Shape<'gc>>> {
        vec![]
    }
}
dyn_trace!(dyn Shape<'gc>);

mod solids {
    use super::Shape;

    pub trait Solid<'gc>: Shape<'gc> {
        fn volume(&self) -> f64;
    }
}
dyn_trace!(dyn solids::Solid<'gc>);

#[derive(Trace)]
struct Square(f64);
impl<'gc> Shape<'gc> for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}
#[derive(Trace)]
struct Group<'gc> {
    near: Vec<Gc<'gc, dyn Shape<'gc>>>,
    owned: Box<dyn Shape<'gc>>,
}
impl<'gc> Shape<'gc> for Group<'gc> {
    fn area(&self) -> f64 {
        self.near.iter().map(|part| part.area()).sum::<f64>() + self.owned.area()
    }
    fn parts(&self) -> Vec<Gc<'gc, dyn Shape<'gc>>> {
        self.near.clone()
    }
}
impl<'gc> solids::Solid<'gc> for Square {
    fn volume(&self) -> f64 {
        0.0
    }
}

fn main() {
    let heap = Heap::new();
    let root: Root<dyn Shape<'static>> = heap.mutate(|mc| {
        let square = Gc::unsize::<dyn Shape>(Gc::new(mc, Square(2.0)), |square| square);
        let group = Gc::new(mc, Group { near: vec![square, square], owned: Box::new(Square(1.0)) });
        mc.root(Gc::unsize::<dyn Shape>(group, |group| group))
    });
    let solid =
        heap.mutate(|mc| mc.root(Gc::unsize::<dyn solids::Solid>(Gc::new(mc, Square(3.0)), |square| square)));
    heap.collect().unwrap();
    heap.mutate(|mc| {
        assert_eq!(root.get(mc).area(), 9.0);
        assert_eq!(root.get(mc).parts().len(), 2);
        assert_eq!(solid.get(mc).volume(), 0.0);
        assert_eq!(Gc::unsize::<dyn Shape>(solid.get(mc), |solid| solid).area(), 9.0);
    });
}
