//! What derived types say about how they are dropped.
#![allow(dead_code, reason = "only the types matter, not their values")]

use std::collections::HashMap;

use gc::implement::{DropKind, DropWalk};
use gc::{Gc, Trace};

struct Foreign;
impl Drop for Foreign {
    fn drop(&mut self) {}
}

#[derive(Trace)]
struct Numbers(u64, [u8; 4]);
#[derive(Trace)]
struct Text(String, Vec<Box<str>>);
#[derive(Trace)]
struct Own(u64);
impl Drop for Own {
    fn drop(&mut self) {}
}
#[derive(Trace)]
struct HasOwn(u64, Vec<Own>);
#[derive(Trace)]
struct HasForeign(String, Foreign);
#[derive(Trace)]
struct HasForeignPlain(std::process::ExitStatus);
#[derive(Trace)]
struct HasClosure(Box<dyn Fn() + Send + Sync>);
#[derive(Trace)]
enum Json {
    Text(String),
    Array(Vec<Self>),
    Object(HashMap<String, Self>),
}
#[derive(Trace)]
enum Expression {
    Own(Own),
    Call(Vec<Self>),
}
#[derive(Trace)]
struct Node<'gc, T> {
    value: T,
    next: Option<Gc<'gc, Node<'gc, Own>>>,
    call: fn(Gc<'gc, T>),
}
#[derive(Trace)]
struct StaticField<'gc> {
    g: Gc<'gc, u8>,
    #[trace(static)]
    f: Foreign,
}
#[derive(Trace)]
struct StaticText<'gc> {
    g: Gc<'gc, u8>,
    #[trace(static)]
    f: Vec<String>,
}
#[derive(Trace)]
struct StaticParameter<#[trace(static)] T> {
    #[trace(static)]
    f: Option<T>,
}
#[derive(Trace)]
enum Tree<'gc, T> {
    Leaf(T),
    Inner(Vec<Tree<'gc, T>>, Gc<'gc, T>),
}
#[derive(Trace)]
#[trace(static)]
struct DeclaredText(String);
#[derive(Trace)]
#[trace(static)]
struct Declared<T>(T);

fn kind<T: Trace<'static>>() -> DropKind {
    DropWalk::default().visit::<T>(T::drop_kind)
}

#[test]
fn only_the_programs_own_code_is_user() {
    assert_eq!(kind::<Numbers>(), DropKind::None);
    assert_eq!(kind::<Text>(), DropKind::Library);
    assert_eq!(kind::<Own>(), DropKind::User);
    assert_eq!(kind::<HasOwn>(), DropKind::User);
    assert_eq!(kind::<HasForeign>(), DropKind::User);
    assert_eq!(kind::<HasForeignPlain>(), DropKind::None);
    assert_eq!(kind::<HasClosure>(), DropKind::User);
}

#[test]
fn recursive_types_find_an_end() {
    assert_eq!(kind::<Json>(), DropKind::Library);
    assert_eq!(kind::<Expression>(), DropKind::User);
    assert_eq!(kind::<Tree<'static, String>>(), DropKind::Library);
    assert_eq!(kind::<Tree<'static, Own>>(), DropKind::User);
}

#[test]
fn what_is_behind_a_gc_is_not_dropped() {
    assert_eq!(kind::<Node<'static, u8>>(), DropKind::None);
    assert_eq!(kind::<Node<'static, String>>(), DropKind::Library);
    assert_eq!(kind::<Node<'static, Own>>(), DropKind::User);
}

#[test]
fn static_fields_are_asked_or_doubted() {
    assert_eq!(kind::<StaticField<'static>>(), DropKind::User);
    assert_eq!(kind::<StaticText<'static>>(), DropKind::Library);
    assert_eq!(kind::<StaticParameter<u8>>(), DropKind::None);
    assert_eq!(kind::<StaticParameter<String>>(), DropKind::User);
    assert_eq!(kind::<DeclaredText>(), DropKind::Library);
    assert_eq!(kind::<Declared<String>>(), DropKind::User);
    assert_eq!(kind::<Declared<u8>>(), DropKind::None);
}
