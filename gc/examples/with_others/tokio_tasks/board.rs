//! What the tasks share, and what each has for itself: posts.

use gc::{Gc, GcCell, GcRwLock, Mutation, Trace};

/// Posts that the board shows.
const SHOWN: usize = 20;
/// Posts of its own that a member keeps.
const KEPT: usize = 8;

/// Where everybody posts.
#[derive(Trace)]
pub(super) struct Board<'gc> {
    /// Written by tasks on all threads, each for a moment in a mutation.
    posts: GcRwLock<Vec<Gc<'gc, Post<'gc>>>>,
}

/// Who posts.
#[derive(Trace)]
pub(super) struct Member<'gc> {
    board: Gc<'gc, Board<'gc>>,
    number: usize,
    /// The last post, from which those before can be reached.
    latest: GcCell<Option<Gc<'gc, Post<'gc>>>>,
    n_posts: GcCell<usize>,
}

/// What was posted.
#[derive(Trace)]
pub(super) struct Post<'gc> {
    text: String,
    author: Gc<'gc, Member<'gc>>,
    /// What it answers; forgotten when the author has posted enough.
    answers: GcCell<Option<Gc<'gc, Post<'gc>>>>,
    /// The author's post before.
    before: GcCell<Option<Gc<'gc, Post<'gc>>>>,
}

impl<'gc> Board<'gc> {
    pub(super) fn new(mc: &Mutation<'gc>) -> Gc<'gc, Self> {
        Gc::new(mc, Self { posts: GcRwLock::new(Vec::new()) })
    }

    /// A post to answer: not always the same.
    pub(super) fn choose(&self, mc: &Mutation<'gc>, number: usize) -> Option<Gc<'gc, Post<'gc>>> {
        let posts = self.posts.read(mc);
        posts.get(number % posts.len().max(1)).copied()
    }

    fn show(&self, mc: &Mutation<'gc>, post: Gc<'gc, Post<'gc>>) {
        let mut posts = self.posts.write(mc);
        if posts.len() == SHOWN {
            posts.remove(0);
        }
        posts.push(post);
    }
}

impl<'gc> Member<'gc> {
    pub(super) fn new(mc: &Mutation<'gc>, board: Gc<'gc, Board<'gc>>, number: usize) -> Gc<'gc, Self> {
        Gc::new(mc, Self { board, number, latest: GcCell::new(None), n_posts: GcCell::new(0) })
    }

    pub(super) fn board(&self) -> Gc<'gc, Board<'gc>> {
        self.board
    }

    pub(super) fn number(&self) -> usize {
        self.number
    }

    pub(super) fn n_posts(&self) -> usize {
        self.n_posts.get()
    }

    /// Posts that are kept, the latest first.
    pub(super) fn posts(&self) -> impl Iterator<Item = Gc<'gc, Post<'gc>>> {
        std::iter::successors(self.latest.get(), |post| post.before.get())
    }
}

/// A member posts, perhaps an answer.
pub(super) fn post<'gc>(
    mc: &Mutation<'gc>,
    author: Gc<'gc, Member<'gc>>,
    answers: Option<Gc<'gc, Post<'gc>>>,
) -> Gc<'gc, Post<'gc>> {
    let text = match answers {
        Some(other) => format!("post {} for {}", author.n_posts(), other.author.number),
        None => format!("post {} for all", author.n_posts()),
    };
    let before = GcCell::new(author.latest.get());
    let post = Gc::new(mc, Post { text, author, answers: GcCell::new(answers), before });
    author.latest.set(mc, Some(post));
    author.n_posts.set(mc, author.n_posts() + 1);
    // All that was only reachable from here is garbage.
    if let Some(oldest) = author.posts().nth(KEPT - 1) {
        oldest.before.set(mc, None);
        oldest.answers.set(mc, None);
    }
    author.board.show(mc, post);
    post
}

impl<'gc> Post<'gc> {
    pub(super) fn author(&self) -> Gc<'gc, Member<'gc>> {
        self.author
    }

    /// Which post of its author it is, as its text says.
    pub(super) fn number(&self) -> Option<usize> {
        self.text.split(' ').nth(1)?.parse().ok()
    }
}
