/* What the parts of the program share. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gc.h"

/* Ends the process if something is not so. */
#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);            \
            abort();                                                                           \
        }                                                                                      \
    } while (0)

/* A call that is right. */
#define OK(call)                                                                               \
    do {                                                                                       \
        gc_status status_ = (call);                                                            \
        if (status_ != GC_OK) {                                                                \
            fprintf(stderr, "%s:%d: %s: %d: %s\n", __FILE__, __LINE__, #call, (int)status_,    \
                    gc_last_error_message());                                                  \
            abort();                                                                           \
        }                                                                                      \
    } while (0)

/* A call that is wrong, and is found to be. The text has these words in it. */
#define FAILS(expected, words, call)                                                           \
    do {                                                                                       \
        gc_status status_ = (call);                                                            \
        if (status_ != (expected) || strstr(gc_last_error_message(), (words)) == NULL) {       \
            fprintf(stderr, "%s:%d: %s: %d, and not %s: %s\n", __FILE__, __LINE__, #call,      \
                    (int)status_, #expected, gc_last_error_message());                         \
            abort();                                                                           \
        }                                                                                      \
    } while (0)

/* A heap that does nothing by itself, and this thread attached to it. */
typedef struct {
    gc_heap heap;
    gc_mutator mutator;
} world;

static inline world world_new(void) {
    world w;
    gc_heap_options options = {0};
    options.flags = GC_HEAP_MANUAL | GC_HEAP_BY_HAND;
    options.name = "of the C program";
    OK(gc_heap_new(&options, &w.heap));
    OK(gc_attach(w.heap, &w.mutator));
    return w;
}

static inline void world_end(world w) {
    OK(gc_heap_verify(w.heap));
    OK(gc_detach(w.mutator));
    OK(gc_heap_close(w.heap));
}

/* A list: a pointer, and a number beside it. */
typedef struct node {
    struct node *next; /* by gc_get and gc_set */
    uint64_t number;
} node;

gc_type node_type(void);

static inline uint64_t live_after_collect(gc_heap heap) {
    gc_cycle_report cycle;
    OK(gc_heap_collect(heap, 0, &cycle));
    return cycle.live_objects;
}

void use_objects(void);
void use_callbacks(void);
void use_threads(void);
void misuse_handles(void);
void misuse_objects(void);
void misuse_callbacks(void);

/* All of it. */
void run_program(void);

#endif
