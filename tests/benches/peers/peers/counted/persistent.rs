//! Trees that share nodes, for peers of [`counted!`](super::counted).

macro_rules! persistent {
    (derive: [$($derive:path),*], trace: $trace:ident, rest: $rest:path) => {
        use std::collections::VecDeque;

        use $crate::workloads::persistent;

        #[derive($($derive),*)]
        struct Shared {
            key: u64,
            height: u32,
            children: [Option<Ptr<Shared>>; 2],
        }
        $trace! { Shared: children }

        struct Versions(VecDeque<Ptr<Shared>>);

        struct Maker;

        impl persistent::Nodes for Maker {
            type Node = Ptr<Shared>;

            fn make(&self, key: u64, height: u32, children: [Option<Self::Node>; 2]) -> Self::Node {
                Ptr::new(Shared { key, height, children })
            }

            fn key(node: &Self::Node) -> u64 {
                node.key
            }

            fn height(node: &Self::Node) -> u32 {
                node.height
            }

            fn children(node: &Self::Node) -> &[Option<Self::Node>; 2] {
                &node.children
            }
        }

        impl persistent::Persistent for Versions {
            fn new(keys: u64) -> Self {
                Self(VecDeque::from([persistent::tree(&Maker, 0, keys).expect("there are keys")]))
            }

            fn batch(&mut self, steps: &mut persistent::Steps) {
                let newest = self.0.back().expect("there is one").clone();
                self.0.push_back(steps.each(&Maker, newest));
                if self.0.len() > persistent::VERSIONS {
                    self.0.pop_front();
                }
                $rest();
            }
        }
    };
}
pub(in crate::peers) use persistent;
