//! Types that own and point to themselves and each other.
#![allow(dead_code)]

use std::collections::HashMap;

use gc::{Gc, GcRefCell, Heap, Trace};

#[derive(Trace)]
enum Json {
    Null,
    Number(f64),
    List(Vec<Json>),
    Object(HashMap<String, Json>),
    Boxed(Box<Json>),
}

#[derive(Trace)]
enum Expr<'gc> {
    Call(Box<Expr<'gc>>, Vec<Expr<'gc>>),
    Block(Vec<Stmt<'gc>>),
    Closure(Gc<'gc, Function<'gc>>),
}
#[derive(Trace)]
enum Stmt<'gc> {
    Eval(Expr<'gc>),
    Let(String, Option<Box<Expr<'gc>>>),
}
#[derive(Trace)]
struct Function<'gc> {
    body: GcRefCell<Option<Stmt<'gc>>>,
    parent: Option<Gc<'gc, Self>>,
}

#[derive(Trace)]
struct Rose<T> {
    value: T,
    children: Vec<Rose<T>>,
}

fn main() {
    let heap = Heap::new();
    heap.mutate(|mc| {
        let map = HashMap::from([(String::new(), Json::Null)]);
        let list = vec![Json::Number(1.0), Json::Object(map), Json::Boxed(Box::new(Json::Null))];
        Gc::new(mc, Json::List(list));
        let function = Gc::new(mc, Function { body: GcRefCell::new(None), parent: None });
        let inner = Gc::new(mc, Function { body: GcRefCell::new(None), parent: Some(function) });
        let call = Expr::Call(Box::new(Expr::Closure(inner)), vec![]);
        let local = Stmt::Let(String::new(), Some(Box::new(call)));
        *function.body.borrow_mut(mc) = Some(Stmt::Eval(Expr::Block(vec![local])));
        let leaf = Rose { value: function, children: vec![] };
        Gc::new(mc, Rose { value: inner, children: vec![leaf] });
    });
    assert_eq!(heap.collect().unwrap().live_objects, 0);
}
