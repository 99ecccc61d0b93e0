/* Many threads in one heap. */

#include <pthread.h>
#include <stdatomic.h>

#include "program.h"

enum { THREADS = 4, ROUNDS = 300, ITEMS = 20, HEADS = 8 };

typedef struct {
    gc_heap heap;
    gc_root heads; /* of an object of HEADS pointers */
    uint64_t number;
    atomic_int running;
} shared;

/* Pushes nodes in front of shared lists, in competition with other threads. */
static void *push(void *argument) {
    shared *s = argument;
    gc_mutator m;
    OK(gc_attach(s->heap, &m));
    for (int round = 0; round < ROUNDS; round++) {
        OK(gc_enter(m));
        void *heads;
        OK(gc_root_get(m, s->heads, &heads));
        for (int item = 0; item < ITEMS; item++) {
            size_t at = 8 * (size_t)((round + item) % HEADS);
            void *object, *first, *found;
            OK(gc_alloc(m, node_type(), 0, &object));
            ((node *)object)->number = 1;
            OK(gc_get(m, heads, at, &first));
            for (;;) {
                OK(gc_set(m, object, 0, first));
                OK(gc_compare_exchange(m, heads, at, first, object, &found));
                if (found == first) break;
                first = found;
            }
            /* Garbage beside it, and a look at what another thread has made. */
            OK(gc_alloc(m, node_type(), 0, &object));
            if (first != NULL) {
                OK(gc_object_check(m, first));
                CHECK(((node *)first)->number == 1);
            }
        }
        OK(gc_leave(m));
    }
    /* The last one leaves its mutation and its mutator to the end of the thread. */
    if (atomic_fetch_sub(&s->running, 1) == 1) {
        OK(gc_enter(m));
    } else {
        OK(gc_detach(m));
    }
    return NULL;
}

void use_threads(void) {
    shared s;
    gc_mutator m;
    gc_type heads_type;
    const uint64_t all[] = {(1 << HEADS) - 1};
    gc_type_options options = {.size = HEADS * 8, .pointers = all, .pointers_length = 1};
    OK(gc_type_new(&options, &heads_type));
    gc_heap_options of_heap = {.min_heap_bytes = 64 << 10};
    OK(gc_heap_new(&of_heap, &s.heap));
    OK(gc_attach(s.heap, &m));
    void *heads;
    OK(gc_enter(m));
    OK(gc_alloc(m, heads_type, 0, &heads));
    OK(gc_root_new(m, heads, &s.heads));
    OK(gc_leave(m));
    atomic_init(&s.running, THREADS);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, push, &s) == 0);
    while (atomic_load(&s.running) > 0) {
        gc_status status = gc_heap_collect(s.heap, 1, NULL);
        CHECK(status == GC_OK || status == GC_TIMED_OUT);
    }
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);

    CHECK(live_after_collect(s.heap) == 1 + THREADS * ROUNDS * ITEMS);
    OK(gc_enter(m));
    OK(gc_root_get(m, s.heads, &heads));
    uint64_t n = 0;
    for (size_t at = 0; at < HEADS; at++) {
        void *object;
        OK(gc_get(m, heads, 8 * at, &object));
        while (object != NULL) {
            n += ((node *)object)->number;
            OK(gc_get(m, object, 0, &object));
        }
    }
    CHECK(n == THREADS * ROUNDS * ITEMS);
    OK(gc_leave(m));
    OK(gc_root_drop(s.heads));
    CHECK(live_after_collect(s.heap) == 0);
    OK(gc_detach(m));
    OK(gc_heap_close(s.heap));
}
