//! `uuid`.

use uuid::{NonNilUuid, Uuid};

use crate::trace::impls::macros::leaf;

leaf!(Uuid, NonNilUuid);
