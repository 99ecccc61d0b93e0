// A `Gc` is no way to send what is not `Send`.
use std::rc::Rc;

use gc::Gc;

fn send<T: Send>() {}

fn main() {
    send::<Gc<'static, Rc<u8>>>();
}
