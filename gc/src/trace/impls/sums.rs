//! Std's enums other than `Option`. Where their variants keep their fields is not documented, so no mask
//! describes them: all their edges are in the tail.

use core::ops::{Bound, ControlFlow};
use core::task::Poll;

use super::macros::sum;

sum! {
    Result<T, E> { Ok(value) => value, Err(error) => error }
    ControlFlow<B, C> { Self::Break(value) => value, Self::Continue(value) => value }
    Poll<T> { Self::Ready(value) => value, Self::Pending => () }
    Bound<T> { Self::Included(value) => value, Self::Excluded(value) => value, Self::Unbounded => () }
}
