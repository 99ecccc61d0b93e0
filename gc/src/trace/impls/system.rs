//! Small values of std: time, network addresses, identities, layouts.

use core::alloc::Layout;
use core::any::TypeId;
use core::convert::Infallible;
use core::ops::RangeFull;
use core::time::Duration;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::sync::atomic;
use std::thread::ThreadId;
use std::time::{Instant, SystemTime};

use super::macros::leaf;

leaf!(Duration, Instant, SystemTime);
leaf!(IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6);
leaf!(ThreadId, TypeId, Layout);
leaf!(core::cmp::Ordering, atomic::Ordering, RangeFull, Infallible);
