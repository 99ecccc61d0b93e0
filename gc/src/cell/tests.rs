//! The word of a cell that is borrowed, without heap and threads: what a collection forgets of it. Threads that meet
//! there are in `tests_loom`.

use super::borrow_word::{BorrowWord, Borrowed, Half};
use crate::mutator::Bias;
use crate::os::fence;

/// Two mutators, of which the second comes to the cell of the first one.
fn owner_and_comer() -> (Bias, Bias) {
    fence::prepare();
    (Bias::of_thread(&"owner".into()), Bias::of_thread(&"comer".into()))
}

/// Where the owner of a cell counts its borrows, as long as no other mutator has been there.
fn owned() -> Half {
    if fence::is_free() { Half::Own } else { Half::Shared }
}

#[test]
fn a_cell_is_its_owners_until_another_one_comes() {
    let (owner, comer) = owner_and_comer();
    let word = BorrowWord::new();
    for (who, expected) in
        [(&owner, owned()), (&owner, owned()), (&comer, Half::Shared), (&owner, Half::Shared)]
    {
        assert_eq!(word.borrow_exclusively(who), Ok(expected));
        word.release_exclusive(expected);
    }
}

/// The owner's bias is settled by then, so only the comer can be seen to own the cell.
#[test]
fn a_collection_forgets_the_owner_and_who_came() {
    let (owner, comer) = owner_and_comer();
    let word = BorrowWord::new();
    for who in [&owner, &comer] {
        word.borrow(who).map(|half| word.release(half)).expect("nothing is borrowed");
    }
    word.forget_sharing();
    assert_eq!(word.borrow(&comer), Ok(owned()));
}

/// A guard that was leaked keeps the contents borrowed, whoever collects.
#[test]
fn a_collection_forgets_no_borrow() {
    for first_half in [owned(), Half::Shared] {
        let (owner, comer) = owner_and_comer();
        let word = BorrowWord::new();
        if first_half == Half::Shared {
            word.borrow(&owner).map(|half| word.release(half)).expect("nothing is borrowed");
            word.borrow(&comer).map(|half| word.release(half)).expect("nothing is borrowed");
        }
        assert_eq!(word.borrow(&owner), Ok(first_half));
        assert!(word.borrow_exclusively(&comer).is_err());
        word.forget_sharing();
        assert_eq!(word.borrowed(), Borrowed::Shared);
        assert!(word.borrow_exclusively(&comer).is_err());
        assert_eq!(word.borrow(&comer), Ok(Half::Shared));
    }
}
