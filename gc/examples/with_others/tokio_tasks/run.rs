//! The tasks.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gc::{CollectError, Heap, Root, Stats};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};

use super::board::{Board, Member, Post, post};
use super::times::Times;

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Tasks.
    pub tasks: usize,
    /// Steps of each.
    pub steps: usize,
    /// Threads of the runtime.
    pub workers: usize,
    /// See [`HeapBuilder::min_heap_bytes`](gc::HeapBuilder::min_heap_bytes).
    pub min_heap_bytes: usize,
}

/// What has happened.
#[derive(Debug)]
pub struct Report {
    /// How long each step took: two mutations, without the waiting between them.
    pub steps: Times,
    /// The heap when all tasks had ended.
    pub stats: Stats,
    /// Objects that were alive when the last root was gone.
    pub live_objects: u64,
}

/// Why there is no report.
#[derive(Debug)]
pub enum Problem {
    /// The runtime could not be started.
    Runtime(io::Error),
    /// A task panicked.
    Task(JoinError),
    /// A collection was not possible.
    Collect(CollectError),
}

/// Runs the tasks on a runtime of their own.
///
/// # Errors
///
/// The runtime could not be started, or a task panicked.
pub fn run(plan: Plan) -> Result<Report, Problem> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(plan.workers)
        .enable_time()
        .build()
        .map_err(Problem::Runtime)?;
    let heap = Heap::builder().name("room").min_heap_bytes(plan.min_heap_bytes).build();
    let steps = runtime.block_on(room(&heap, plan)).map_err(Problem::Task)?;
    // Not in the runtime: a collection may wait, and a thread that waits runs no task.
    drop(runtime);
    heap.collect().map_err(Problem::Collect)?;
    let stats = heap.stats();
    Ok(Report { steps: Times::new(steps), live_objects: stats.live_objects, stats })
}

/// Starts all members and waits for them.
async fn room(heap: &Heap, plan: Plan) -> Result<Vec<Duration>, JoinError> {
    let board: Root<Board<'static>> = heap.mutate(|mc| mc.root(Board::new(mc)));
    // Something that tasks wait for: few may be in it at a time.
    let desk = Arc::new(Semaphore::new(plan.workers * 2));
    let mut tasks = JoinSet::new();
    for number in 0..plan.tasks {
        tasks.spawn(member(heap.clone(), board.clone(), Arc::clone(&desk), number, plan.steps));
    }
    let mut times = Vec::new();
    while let Some(steps) = tasks.join_next().await {
        times.extend(steps?);
    }
    Ok(times)
}

// ANCHOR: member
/// A task. All that it holds across an `.await` is roots; so it is `Send`.
async fn member(
    heap: Heap,
    board: Root<Board<'static>>,
    desk: Arc<Semaphore>,
    number: usize,
    steps: usize,
) -> Vec<Duration> {
    let me: Root<Member<'static>> = heap.mutate(|mc| mc.root(Member::new(mc, board.get(mc), number)));
    let mut times = Vec::with_capacity(steps);
    for step in 0..steps {
        let started = Instant::now();
        let seen: Option<Root<Post<'static>>> = heap.mutate(|mc| {
            let seen = me.get(mc).board().choose(mc, number + step)?;
            Some(mc.root(seen))
        });
        let reading = started.elapsed();

        // The thread goes to other tasks, and this task on, perhaps, another.
        let turn = desk.acquire().await.expect("nobody closes it");
        tokio::task::yield_now().await;
        drop(turn);

        let started = Instant::now();
        heap.mutate(|mc| {
            let me = me.get(mc);
            let seen = seen.map(|seen| seen.get(mc));
            let own = post(mc, me, seen);
            assert_eq!(
                (own.author().number(), own.number()),
                (number, Some(step)),
                "a post is what was made"
            );
        });
        times.push(reading + started.elapsed());
        if step % 8 == 7 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    heap.mutate(|mc| assert_eq!(me.get(mc).n_posts(), steps));
    times
}
// ANCHOR_END: member

#[cfg(test)]
mod tests {
    use super::{Plan, run};

    #[test]
    fn tasks_share_a_heap_that_collects() {
        let plan = Plan { tasks: 100, steps: 40, workers: 4, min_heap_bytes: 64 << 10 };
        let report = run(plan).unwrap();
        assert_eq!(report.steps.count(), 4000);
        let stats = report.stats;
        assert!(stats.cycles_automatic > 0, "{stats:?}");
        assert_eq!((stats.roots, report.live_objects), (0, 0));
        // The board, the members, the posts.
        assert_eq!(stats.objects_allocated, 1 + 100 + 4000);
    }
}
