//! `either`.

use either::Either;

use crate::trace::impls::macros::sum;

sum! {
    Either<L, R> { Self::Left(value) => value, Self::Right(value) => value }
}
