/* The program alone, without anything in Rust but the library. */

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <valgrind/valgrind.h>

#include "program.h"

static int pipe_ends[2];

/* A thread that the child does not have. */
static void *wait_for_end(void *argument) {
    char byte;
    CHECK(read(pipe_ends[0], &byte, 1) == 0);
    return argument;
}

/* A heap of the parent cannot be used in a child that lacks threads, but one of its own can. */
static void misuse_after_fork(void) {
    world w = world_new();
    void *object;
    gc_root root;
    OK(gc_enter(w.mutator));
    OK(gc_alloc(w.mutator, node_type(), 0, &object));
    OK(gc_root_new(w.mutator, object, &root));
    OK(gc_leave(w.mutator));
    pthread_t thread;
    CHECK(pipe(pipe_ends) == 0);
    CHECK(pthread_create(&thread, NULL, wait_for_end, NULL) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        /* What the stacks of the parent's threads led to, such as the one that swept a heap closed before, leads nowhere
           here. */
        VALGRIND_CLO_CHANGE("--leak-check=no");
        gc_mutator m;
        FAILS(GC_FORKED, "forked off", gc_enter(w.mutator));
        FAILS(GC_FORKED, "forked off", gc_attach(w.heap, &m));
        FAILS(GC_FORKED, "forked off", gc_heap_collect(w.heap, 0, NULL));
        OK(gc_root_drop(root));
        OK(gc_heap_close(w.heap));
        world own = world_new();
        OK(gc_enter(own.mutator));
        OK(gc_alloc(own.mutator, node_type(), 0, &object));
        OK(gc_leave(own.mutator));
        CHECK(live_after_collect(own.heap) == 0);
        world_end(own);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(close(pipe_ends[1]) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(close(pipe_ends[0]) == 0);
    CHECK(live_after_collect(w.heap) == 1);
    OK(gc_root_drop(root));
    world_end(w);
}

int main(void) {
    run_program();
    misuse_after_fork();
    puts("all is as the header says");
    return 0;
}
