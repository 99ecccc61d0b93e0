//! What peers have in common whose pointers are values that are cloned and dropped: [`counted!`] makes the types and the
//! workloads of one of them that all can do. The modules below have a macro each for one workload more.

mod destructors;
mod finalizers;
mod graph;
mod interpreter;
mod mutators;
mod persistent;
mod weak;

use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};

pub(super) use destructors::destructors;
pub(super) use finalizers::finalizers;
pub(super) use graph::graph;
pub(super) use interpreter::interpreter;
pub(super) use mutators::mutators;
pub(super) use persistent::persistent;
pub(super) use weak::weak;

/// A cell, whatever it is called.
pub(super) trait Changes<T> {
    fn made(value: T) -> Self;
    fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R;
    fn look<R>(&self, look: impl FnOnce(&T) -> R) -> R;
}

impl<T> Changes<T> for RefCell<T> {
    fn made(value: T) -> Self {
        Self::new(value)
    }

    fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.borrow_mut())
    }

    fn look<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.borrow())
    }
}

impl<T> Changes<T> for Mutex<T> {
    fn made(value: T) -> Self {
        Self::new(value)
    }

    fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn look<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Types and workloads with the pointer `Ptr` and the cell `Mutable` of the module that calls this.
///
/// `derive` names what is derived; `trace` a macro that is called with each type and its fields that lead on, for what
/// cannot be derived; `rest` a function that is called after what would be a mutation, for peers that want to be told when
/// to collect.
macro_rules! counted {
    (derive: [$($derive:path),*], trace: $trace:ident, rest: $rest:path) => {
        use $crate::peers::counted::Changes;
        use $crate::random::{Random, weight};
        use $crate::workloads::{binary_trees, cache, gcbench, short_lists, strings};

        $crate::peers::counted::persistent! { derive: [$($derive),*], trace: $trace, rest: $rest }
        $crate::peers::counted::interpreter! { derive: [$($derive),*], trace: $trace, rest: $rest }

        #[derive($($derive),*)]
        struct Tree {
            left: Option<Ptr<Tree>>,
            right: Option<Ptr<Tree>>,
        }
        $trace! { Tree: left, right }

        impl Tree {
            fn make(depth: u32) -> Ptr<Self> {
                let child = || (depth > 0).then(|| Self::make(depth - 1));
                Ptr::new(Self { left: child(), right: child() })
            }

            fn count(&self) -> u64 {
                let count = |child: &Option<Ptr<Self>>| child.as_ref().map_or(0, |node| node.count());
                1 + count(&self.left) + count(&self.right)
            }
        }

        struct Trees(Option<Ptr<Tree>>);

        impl binary_trees::BinaryTrees for Trees {
            fn new() -> Self {
                Self(None)
            }

            fn tree(&mut self, depth: u32) -> u64 {
                let nodes = Tree::make(depth).count();
                $rest();
                nodes
            }

            fn keep(&mut self, depth: u32) {
                self.0 = Some(Tree::make(depth));
            }

            fn count_kept(&mut self) -> u64 {
                self.0.as_ref().expect("kept").count()
            }
        }

        #[derive($($derive),*)]
        struct Node {
            children: Mutable<[Option<Ptr<Node>>; 2]>,
            _numbers: [u32; 2],
        }
        $trace! { Node: children }

        impl Node {
            fn made(children: [Option<Ptr<Self>>; 2]) -> Ptr<Self> {
                Ptr::new(Self { children: Mutable::made(children), _numbers: [0; 2] })
            }

            fn bottom_up(depth: u32) -> Ptr<Self> {
                Self::made([(); 2].map(|()| (depth > 0).then(|| Self::bottom_up(depth - 1))))
            }

            fn top_down(depth: u32) -> Ptr<Self> {
                let top = Self::made([None, None]);
                top.populate(depth);
                top
            }

            fn populate(&self, depth: u32) {
                if depth > 0 {
                    self.children.change(|children| {
                        *children = [(); 2].map(|()| Some(Self::made([None, None])));
                    });
                    self.children.look(|children| {
                        children.iter().flatten().for_each(|child| child.populate(depth - 1));
                    });
                }
            }

            fn leftmost(&self) -> u64 {
                1 + self.children.look(|children| children[0].as_ref().map_or(0, |left| left.leftmost()))
            }

            fn count(&self) -> u64 {
                1 + self.children.look(|children| children.iter().flatten().map(|child| child.count()).sum::<u64>())
            }
        }

        struct Bench {
            numbers: Ptr<Vec<f64>>,
            kept: Option<Ptr<Node>>,
        }

        impl gcbench::GcBench for Bench {
            fn new() -> Self {
                Self { numbers: Ptr::new(gcbench::numbers()), kept: None }
            }

            fn top_down(&mut self, depth: u32) -> u64 {
                let length = Node::top_down(depth).leftmost();
                $rest();
                length
            }

            fn bottom_up(&mut self, depth: u32) -> u64 {
                let length = Node::bottom_up(depth).leftmost();
                $rest();
                length
            }

            fn keep(&mut self, depth: u32) {
                self.kept = Some(Node::top_down(depth));
            }

            fn count_kept(&mut self) -> u64 {
                self.kept.as_ref().expect("kept").count()
            }

            fn number(&mut self, at: usize) -> f64 {
                self.numbers[at]
            }
        }

        #[derive($($derive),*)]
        struct List {
            number: u64,
            next: Option<Ptr<List>>,
        }
        $trace! { List: next }

        struct Lists;

        impl short_lists::ShortLists for Lists {
            fn new() -> Self {
                Self
            }

            fn batch(&mut self, lists: &mut short_lists::Lists) {
                lists.each(|length| {
                    let mut list = None;
                    (0..length).for_each(|number| list = Some(Ptr::new(List { number, next: list.take() })));
                    std::iter::successors(list.as_ref(), |list| list.next.as_ref()).map(|list| list.number).sum()
                });
                $rest();
            }
        }

        #[derive($($derive),*)]
        struct Entries {
            map: cache::Map<Ptr<String>>,
        }
        $trace! { Entries: map }

        struct Cached(Ptr<Mutable<Entries>>);

        impl cache::Cache for Cached {
            fn new(window: usize) -> Self {
                Self(Ptr::new(Mutable::made(Entries { map: cache::map(window) })))
            }

            fn batch(&mut self, steps: &mut cache::Steps) {
                self.0.change(|entries| steps.each(&mut entries.map, |text| Ptr::new(text.to_owned())));
                $rest();
            }
        }

        #[derive($($derive),*)]
        struct Document {
            name: String,
            children: Vec<Ptr<Document>>,
        }
        $trace! { Document: children }

        impl Document {
            fn make(depth: u32, random: &mut Random) -> Ptr<Self> {
                let name = strings::name(random).to_owned();
                let n = if depth > 0 { strings::CHILDREN } else { 0 };
                let children = (0..n).map(|_| Self::make(depth - 1, random)).collect();
                Ptr::new(Self { name, children })
            }

            fn weight(&self) -> u64 {
                weight(&self.name) + self.children.iter().map(|child| child.weight()).sum::<u64>()
            }
        }

        struct Documents(Vec<Ptr<Document>>);

        impl strings::Strings for Documents {
            fn new() -> Self {
                Self(Vec::new())
            }

            fn replace(&mut self, place: usize, read: usize, random: &mut Random) -> u64 {
                let document = Document::make(strings::DEPTH, random);
                match self.0.get_mut(place) {
                    Some(known) => *known = document,
                    None => self.0.push(document),
                }
                $rest();
                self.0[read].weight()
            }
        }
    };
}
pub(super) use counted;

/// For peers that find out themselves when to collect.
pub(super) fn nothing() {}

/// For peers whose types are traced by what is derived, or not at all.
macro_rules! no_trace {
    ($type:ident: $($field:ident),*) => {};
}
pub(super) use no_trace;
