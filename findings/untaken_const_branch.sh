#!/usr/bin/env bash
# Of `if const { T::IS_PLAIN } { plain::<T>() } else { other::<T>() }` the compiler makes no code for the branch that is not
# taken, in a build without optimization either: `plain::<Other>` does not exist in the program. But its constants are
# evaluated, and those of whatever it calls. So an assertion in a `const` block there, which asks for just that condition,
# stops the build for types that never get there. Who generates less code by such branches, as collections and collectors do
# for types without drop glue, writes the condition into the assertion once more.
#
# Seen with rustc 1.95.0: error E0080 for `Other`; without the assertion one instance of `plain`, that of `Plain`.
#
# Exits with 1 if that has changed.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
rustc --version

# The program, with an assertion in `plain` or without.
program() {
    cat <<RUST
trait Kind {
    const IS_PLAIN: bool;
}

struct Plain;
impl Kind for Plain {
    const IS_PLAIN: bool = true;
}

struct Other;
impl Kind for Other {
    const IS_PLAIN: bool = false;
}

fn asserts<T: Kind>() {
    $1
}

fn plain<T: Kind>() {
    asserts::<T>();
}

fn other<T: Kind>() {}

fn choose<T: Kind>() {
    if const { T::IS_PLAIN } { plain::<T>() } else { other::<T>() }
}

fn main() {
    choose::<Plain>();
    choose::<Other>();
}
RUST
}

program '' >without.rs
rustc --edition 2024 --emit llvm-ir without.rs
instances=$(grep -c '^define .*5plain' without.ll)
program 'const { assert!(T::IS_PLAIN, "not plain") }' >with.rs
errors=$(rustc --edition 2024 with.rs 2>&1 | grep -c '^error\[E0080\]: evaluation panicked: not plain' || true)
printf 'instances of `plain`: %d; errors with the assertion: %d\n' "$instances" "$errors"
((instances == 1 && errors == 1))
