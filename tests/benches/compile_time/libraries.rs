//! What the libraries call the same things.

use std::path::Path;

/// A library, as the patterns of `rings.rs` want it.
pub(crate) struct Library {
    pub(crate) name: &'static str,
    pub(crate) uses: &'static str,
    pub(crate) heap: &'static str,
    pub(crate) heap_type: &'static str,
    pub(crate) derive: &'static str,
    pub(crate) attribute: &'static str,
    pub(crate) lifetime: &'static str,
    /// A pointer to the type `$Next`.
    pub(crate) pointer: &'static str,
    pub(crate) cell: &'static str,
    /// Before a block that makes the value `made` and ends with `root`, and is to be kept as `kept`.
    pub(crate) make: &'static str,
    pub(crate) root: &'static str,
    /// Before a block that looks at what `kept` keeps as `object`, and after it.
    pub(crate) look: &'static str,
    pub(crate) end: &'static str,
}

impl Library {
    /// The line of the manifest. What is not of this workspace has the version of its lock file.
    pub(crate) fn dependency(&self, workspace: &Path) -> String {
        match self.name {
            "gc" => format!("gc.path = {:?}", workspace.join("gc")),
            name => format!("{name} = \"*\""),
        }
    }
}

pub(crate) const LIBRARIES: [Library; 3] = [
    Library {
        name: "gc",
        uses: "use gc::{Gc, GcCell, Heap, Root, Trace};",
        heap: "Heap::new()",
        heap_type: "Heap",
        derive: "Trace",
        attribute: "",
        lifetime: "<'gc>",
        pointer: "Gc<'gc, $Next<'gc>>",
        cell: "GcCell",
        make: "let kept: Root<$This<'static>> = heap.mutate(|mc|",
        root: "mc.root(Gc::new(mc, made))",
        look: "); heap.mutate(|mc| { let object = kept.get(mc);",
        end: "})",
    },
    Library {
        name: "gc-arena",
        uses: "use gc_arena::{Arena, Collect, DynamicRoot, DynamicRootSet, Gc, Lock, Rootable};\n\
            type Heap = Arena<Rootable![DynamicRootSet<'_>]>;",
        heap: "Heap::new(|mc| DynamicRootSet::new(mc))",
        heap_type: "Heap",
        derive: "Collect",
        attribute: "#[collect(no_drop)]",
        lifetime: "<'gc>",
        pointer: "Gc<'gc, $Next<'gc>>",
        cell: "Lock",
        make: "let kept: DynamicRoot<Rootable![$This<'_>]> = heap.mutate(|mc, roots|",
        root: "roots.stash(mc, Gc::new(mc, made))",
        look: "); heap.mutate(|_, roots| { let object = roots.fetch(&kept);",
        end: "})",
    },
    Library {
        name: "boa_gc",
        uses: "use boa_gc::{Finalize, Gc, GcRefCell, Trace};",
        heap: "()",
        heap_type: "()",
        derive: "Trace, Finalize",
        attribute: "",
        lifetime: "",
        pointer: "Gc<$Next>",
        cell: "GcRefCell",
        make: "let kept: Gc<$This> = {",
        root: "Gc::new(made)",
        look: "}; { let object: &$This = &kept;",
        end: "}",
    },
];
