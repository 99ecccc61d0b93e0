/* All that can be done wrong, and what is said to it. */

#include <pthread.h>

#include "program.h"

static gc_mutator of_other_thread;
static gc_root of_this_thread;

/* A mutator of its own, and uses of one that is not. */
static void *on_another_thread(void *argument) {
    world *w = argument;
    void *object;
    FAILS(GC_WRONG_THREAD, "another thread's", gc_enter(w->mutator));
    FAILS(GC_WRONG_THREAD, "another thread's", gc_leave(w->mutator));
    FAILS(GC_WRONG_THREAD, "another thread's", gc_detach(w->mutator));
    FAILS(GC_WRONG_THREAD, "another thread's", gc_alloc(w->mutator, node_type(), 0, &object));
    FAILS(GC_WRONG_THREAD, "another thread's", gc_root_get(w->mutator, of_this_thread, &object));
    /* A thread that ends is detached. */
    OK(gc_attach(w->heap, &of_other_thread));
    return NULL;
}

void misuse_handles(void) {
    world w = world_new(), v = world_new();
    void *object, *other;
    gc_heap_report report;
    gc_root root;
    gc_weak weak;
    gc_pin pin;
    bool flag;

    /* No place for the result, and no options. */
    FAILS(GC_NULL, "no place", gc_heap_new(NULL, NULL));
    FAILS(GC_NULL, "no place", gc_attach(w.heap, NULL));
    FAILS(GC_NULL, "no place", gc_heap_stats(w.heap, NULL));
    FAILS(GC_NULL, "no place", gc_heap_stats(w.heap, (gc_heap_report *)((char *)&report + 1)));
    FAILS(GC_NULL, "not aligned", gc_heap_new((gc_heap_options *)((char *)&report + 1), &(gc_heap){0}));
    gc_heap_options bad = {.flags = 4};
    FAILS(GC_INVALID_ARGUMENT, "flags", gc_heap_new(&bad, &(gc_heap){0}));

    /* Handles that are none: of nothing, made up, of another kind. */
    const uint64_t wrong[] = {0, 1, 2, 12345, UINT64_MAX, w.mutator.id, w.heap.id ^ (1ull << 20),
                              w.heap.id + (1ull << 32)};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        gc_heap heap = {wrong[i]};
        FAILS(GC_INVALID_HANDLE, "no handle of a heap", gc_attach(heap, &(gc_mutator){0}));
        FAILS(GC_INVALID_HANDLE, "no handle of a heap", gc_heap_close(heap));
        FAILS(GC_INVALID_HANDLE, "no handle of a heap", gc_heap_collect(heap, 0, NULL));
        FAILS(GC_INVALID_HANDLE, "no handle of a heap", gc_heap_run_pending(heap, NULL));
        FAILS(GC_INVALID_HANDLE, "no handle of a heap", gc_heap_wait_for_pending(heap, 1));
        FAILS(GC_INVALID_HANDLE, "no handle of a heap", gc_heap_stats(heap, &report));
        FAILS(GC_INVALID_HANDLE, "no handle of a heap", gc_heap_trim(heap, NULL));
        FAILS(GC_INVALID_HANDLE, "no handle of a heap", gc_heap_verify(heap));
    }
    FAILS(GC_INVALID_HANDLE, "a mutator", gc_enter((gc_mutator){0}));
    FAILS(GC_INVALID_HANDLE, "a mutator", gc_enter((gc_mutator){w.mutator.id + 100}));
    FAILS(GC_INVALID_HANDLE, "a root", gc_root_drop((gc_root){w.heap.id}));
    FAILS(GC_INVALID_HANDLE, "a weak pointer", gc_weak_drop((gc_weak){0}));
    FAILS(GC_INVALID_HANDLE, "a pin", gc_pin_drop((gc_pin){0}));
    FAILS(GC_INVALID_HANDLE, "a piece of external memory", gc_external_set((gc_external){0}, 1));
    FAILS(GC_INVALID_HANDLE, "a piece of external memory", gc_external_drop((gc_external){7}));
    FAILS(GC_NULL, "no place", gc_external_new(w.heap, 1, NULL));
    FAILS(GC_INVALID_HANDLE, "a cleanup", gc_cleanup_stop((gc_cleanup){0}, &flag));
    FAILS(GC_INVALID_HANDLE, "a cleanup", gc_cleanup_forget((gc_cleanup){7}));

    /* Outside, where one has to be inside. */
    FAILS(GC_NOT_INSIDE, "gc_enter", gc_leave(w.mutator));
    FAILS(GC_NOT_INSIDE, "gc_enter", gc_alloc(w.mutator, node_type(), 0, &object));
    FAILS(GC_NOT_INSIDE, "gc_enter", gc_should_leave(w.mutator, &flag));
    OK(gc_enter(w.mutator));
    OK(gc_alloc(w.mutator, node_type(), 0, &object));
    OK(gc_root_new(w.mutator, object, &root));
    OK(gc_weak_new(w.mutator, object, &weak));
    OK(gc_pin_new(w.mutator, object, &pin));

    /* Inside, where one has to be outside. */
    FAILS(GC_INSIDE, "gc_leave", gc_heap_collect(w.heap, 0, NULL));
    FAILS(GC_INSIDE, "gc_leave", gc_heap_collect(v.heap, 1, NULL));
    FAILS(GC_INSIDE, "gc_leave", gc_heap_run_pending(w.heap, NULL));
    FAILS(GC_INSIDE, "gc_leave", gc_heap_wait_for_pending(v.heap, 0));
    FAILS(GC_INSIDE, "gc_leave", gc_heap_close(w.heap));
    FAILS(GC_INSIDE, "leave it before", gc_detach(w.mutator));

    /* In the wrong order. */
    OK(gc_enter(v.mutator));
    FAILS(GC_NOT_INNERMOST, "leave that one first", gc_leave(w.mutator));
    OK(gc_alloc(v.mutator, node_type(), 0, &other));

    /* Another heap's. */
    FAILS(GC_WRONG_HEAP, "another heap's", gc_object_check(v.mutator, object));
    FAILS(GC_WRONG_HEAP, "another heap's", gc_set(w.mutator, object, 0, other));
    FAILS(GC_WRONG_HEAP, "another heap's", gc_set(w.mutator, other, 0, object));
    FAILS(GC_WRONG_HEAP, "another heap's", gc_root_new(v.mutator, object, &root));
    FAILS(GC_WRONG_HEAP, "another heap", gc_root_get(v.mutator, root, &other));
    FAILS(GC_WRONG_HEAP, "another heap", gc_weak_get(v.mutator, weak, &other));
    OK(gc_leave(v.mutator));
    OK(gc_leave(w.mutator));
    FAILS(GC_NOT_INSIDE, "gc_enter", gc_leave(w.mutator));
    FAILS(GC_NOT_INSIDE, "gc_enter", gc_root_get(w.mutator, root, &object));
    FAILS(GC_NOT_INSIDE, "gc_enter", gc_weak_get(w.mutator, weak, &object));
    FAILS(GC_NOT_INSIDE, "gc_enter", gc_object_check(w.mutator, object));

    /* Other threads. */
    of_this_thread = root;
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, on_another_thread, &w) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    FAILS(GC_WRONG_THREAD, "another thread's", gc_enter(of_other_thread));

    /* A heap that is in use is not closed. */
    FAILS(GC_BUSY, "attached", gc_heap_close(w.heap));
    gc_mutator second;
    OK(gc_attach(w.heap, &second));
    CHECK(second.id != w.mutator.id);
    OK(gc_detach(second));
    FAILS(GC_INVALID_HANDLE, "detached", gc_detach(second));
    OK(gc_detach(w.mutator));
    FAILS(GC_INVALID_HANDLE, "detached", gc_enter(w.mutator));
    FAILS(GC_BUSY, "pins", gc_heap_close(w.heap));
    OK(gc_pin_drop(pin));
    FAILS(GC_INVALID_HANDLE, "ended", gc_pin_drop(pin));
    FAILS(GC_INVALID_HANDLE, "ended", gc_pin_address(pin, &object));
    OK(gc_heap_close(w.heap));
    FAILS(GC_INVALID_HANDLE, "ended", gc_heap_close(w.heap));
    FAILS(GC_INVALID_HANDLE, "ended", gc_attach(w.heap, &w.mutator));

    /* Roots and weak pointers outlive their heap, and end once. */
    OK(gc_enter(v.mutator));
    FAILS(GC_WRONG_HEAP, "another heap", gc_root_get(v.mutator, root, &object));
    FAILS(GC_WRONG_HEAP, "another heap", gc_weak_get(v.mutator, weak, &object));
    OK(gc_leave(v.mutator));
    gc_root clone;
    OK(gc_root_clone(root, &clone));
    OK(gc_root_drop(root));
    FAILS(GC_INVALID_HANDLE, "ended", gc_root_drop(root));
    FAILS(GC_INVALID_HANDLE, "ended", gc_root_clone(root, &clone));
    OK(gc_root_drop(clone));
    OK(gc_weak_drop(weak));
    FAILS(GC_INVALID_HANDLE, "ended", gc_weak_drop(weak));
    FAILS(GC_INVALID_HANDLE, "ended", gc_weak_clone(weak, &weak));
    world_end(v);
}

static void misuse_types(world w) {
    gc_type type;
    void *object;
    const uint64_t pointers[] = {4, 0};
    gc_type_options options = {.size = 24, .pointers = pointers, .pointers_length = 2};
    OK(gc_type_new(&options, &type));
    FAILS(GC_NULL, "options", gc_type_new(NULL, &type));
    FAILS(GC_NULL, "no place", gc_type_new(&options, NULL));
    options.size = 23;
    FAILS(GC_INVALID_ARGUMENT, "word 2", gc_type_new(&options, &type));
    options = (gc_type_options){.size = 24, .pointers_length = 1};
    FAILS(GC_INVALID_ARGUMENT, "NULL", gc_type_new(&options, &type));
    options = (gc_type_options){.size = 24, .align = 24};
    FAILS(GC_INVALID_ARGUMENT, "power of two", gc_type_new(&options, &type));
    options = (gc_type_options){.size = 24, .align = 8192};
    FAILS(GC_INVALID_ARGUMENT, "4096", gc_type_new(&options, &type));
    options = (gc_type_options){.size = SIZE_MAX};
    FAILS(GC_INVALID_ARGUMENT, "so large", gc_type_new(&options, &type));
    options = (gc_type_options){.element_size = 8, .element_pointers = pointers, .element_pointers_length = 1};
    FAILS(GC_INVALID_ARGUMENT, "an element", gc_type_new(&options, &type));
    options = (gc_type_options){.element_size = 28, .element_pointers = pointers, .element_pointers_length = 1};
    FAILS(GC_INVALID_ARGUMENT, "multiple of 8", gc_type_new(&options, &type));

    FAILS(GC_INVALID_HANDLE, "a type", gc_alloc(w.mutator, (gc_type){0}, 0, &object));
    FAILS(GC_INVALID_HANDLE, "a type", gc_alloc(w.mutator, (gc_type){node_type().id + 10000}, 0, &object));
    FAILS(GC_INVALID_ARGUMENT, "no elements", gc_alloc(w.mutator, node_type(), 1, &object));
    FAILS(GC_NULL, "no place", gc_alloc(w.mutator, node_type(), 0, NULL));
    options = (gc_type_options){.element_size = 16};
    OK(gc_type_new(&options, &type));
    FAILS(GC_NO_MEMORY, "address space", gc_alloc(w.mutator, type, SIZE_MAX / 8, &object));
    FAILS(GC_NO_MEMORY, "no room", gc_alloc(w.mutator, type, SIZE_MAX / 64, &object));
}

static void misuse_words(world w) {
    void *object, *row, *found;
    size_t size;
    OK(gc_alloc(w.mutator, node_type(), 0, &object));
    FAILS(GC_NOT_A_POINTER, "no pointer", gc_get(w.mutator, object, 8, &found));
    FAILS(GC_NOT_A_POINTER, "no pointer", gc_set(w.mutator, object, 8, object));
    FAILS(GC_NOT_A_POINTER, "no pointer", gc_get(w.mutator, object, 1, &found));
    FAILS(GC_OUT_OF_RANGE, "beyond", gc_get(w.mutator, object, 16, &found));
    FAILS(GC_OUT_OF_RANGE, "beyond", gc_set(w.mutator, object, SIZE_MAX, object));
    FAILS(GC_OUT_OF_RANGE, "beyond", gc_set(w.mutator, object, SIZE_MAX - 7, object));
    FAILS(GC_NOT_A_POINTER, "no pointer", gc_compare_exchange(w.mutator, object, 8, NULL, NULL, &found));
    FAILS(GC_NULL, "no place", gc_compare_exchange(w.mutator, object, 0, NULL, NULL, NULL));
    FAILS(GC_NULL, "no place", gc_get(w.mutator, object, 0, NULL));
    FAILS(GC_NULL, "no place", gc_object_size(w.mutator, object, NULL));

    gc_type type;
    const uint64_t first[] = {1};
    gc_type_options options = {.size = 12, .element_size = 16, .element_pointers = first,
                               .element_pointers_length = 1};
    OK(gc_type_new(&options, &type));
    OK(gc_alloc(w.mutator, type, 3, &row));
    OK(gc_object_size(w.mutator, row, &size));
    CHECK(size == 16 + 3 * 16);
    OK(gc_set(w.mutator, row, 16 + 2 * 16, object));
    FAILS(GC_NOT_A_POINTER, "no pointer", gc_set(w.mutator, row, 0, object));
    FAILS(GC_NOT_A_POINTER, "no pointer", gc_set(w.mutator, row, 8, object));
    FAILS(GC_NOT_A_POINTER, "no pointer", gc_set(w.mutator, row, 24, object));
    FAILS(GC_OUT_OF_RANGE, "beyond", gc_set(w.mutator, row, 16 + 3 * 16, object));
    OK(gc_alloc(w.mutator, type, 0, &row));
    FAILS(GC_OUT_OF_RANGE, "beyond", gc_set(w.mutator, row, 16, object));
}

/* Objects that a cycle has found dead, and nobody has swept. */
static void stale_before_the_sweep(void) {
    enum { N = 100000, STEP = 10 };
    gc_heap heap;
    gc_mutator m;
    static void *objects[N / STEP];
    gc_heap_options options = {.min_heap_bytes = 64 << 10};
    OK(gc_heap_new(&options, &heap));
    OK(gc_attach(heap, &m));
    gc_heap_report report;
    gc_type bytes;
    gc_type_options of_bytes = {.element_size = 1};
    OK(gc_type_new(&of_bytes, &bytes));
    for (int round = 0; round < 3; round++) {
        OK(gc_enter(m));
        for (int i = 0; i < N; i++) OK(gc_alloc(m, bytes, 1000, &objects[i / STEP]));
        OK(gc_heap_stats(heap, &report));
        uint64_t before = report.cycles;
        OK(gc_leave(m)); /* where a cycle is due, by which they die */
        OK(gc_heap_stats(heap, &report));
        OK(gc_enter(m));
        for (int i = N / STEP - 1; i >= 0 && report.cycles > before; i--) {
            FAILS(GC_NOT_AN_OBJECT, "no object", gc_object_check(m, objects[i]));
        }
        OK(gc_leave(m));
    }
    CHECK(report.cycles_automatic > 0);
    OK(gc_detach(m));
    OK(gc_heap_close(heap));
}

/* Objects whose memory does not exist any more. */
static void stale_and_unmapped(void) {
    enum { N = 4 };
    world w = world_new();
    void *objects[N];
    gc_type bytes;
    gc_type_options options = {.element_size = 1};
    OK(gc_type_new(&options, &bytes));
    OK(gc_enter(w.mutator));
    for (int i = 0; i < N; i++) OK(gc_alloc(w.mutator, bytes, 40 << 20, &objects[i]));
    for (int i = 0; i < N; i++) OK(gc_object_check(w.mutator, objects[i]));
    OK(gc_leave(w.mutator));
    OK(gc_heap_collect(w.heap, 0, NULL));
    OK(gc_heap_trim(w.heap, NULL));
    OK(gc_enter(w.mutator));
    for (int i = 0; i < N; i++) FAILS(GC_NOT_AN_OBJECT, "no object", gc_object_check(w.mutator, objects[i]));
    OK(gc_leave(w.mutator));
    world_end(w);
}

void misuse_objects(void) {
    world w = world_new();
    void *object, *row, *freed, *kept, *found;
    gc_root root;
    gc_type row_type;
    const uint64_t first[] = {1};
    gc_type_options options = {.element_size = 8, .element_pointers = first, .element_pointers_length = 1};
    OK(gc_type_new(&options, &row_type));
    OK(gc_enter(w.mutator));
    misuse_types(w);
    misuse_words(w);
    OK(gc_alloc(w.mutator, node_type(), 0, &object));
    OK(gc_alloc(w.mutator, row_type, 5, &row));

    /* Pointers that point to no object, or into one. */
    int on_stack = 0;
    const struct { void *pointer; gc_status status; const char *words; } wrong[] = {
        {NULL, GC_NULL, "NULL"},
        {(void *)1, GC_NOT_AN_OBJECT, "no heap"},
        {(void *)(uintptr_t)-1, GC_NOT_AN_OBJECT, "no heap"},
        {&on_stack, GC_NOT_AN_OBJECT, "no heap"},
        {(char *)object + 8, GC_NOT_AN_OBJECT, "8 bytes from"},
        {(char *)object + 1, GC_NOT_AN_OBJECT, "1 bytes from"},
        {(char *)row - 16, GC_NOT_AN_OBJECT, "-16 bytes from"},
        {(char *)row + 8, GC_NOT_AN_OBJECT, "8 bytes from"},
        /* A slot that nobody has taken, and a page. */
        {(char *)object + 16 * 200, GC_NOT_AN_OBJECT, "free memory"},
        {(char *)object + (16 << 20) / 16, GC_NOT_AN_OBJECT, "free memory"},
        /* Where a range of memory begins the heap has its own. */
        {(void *)((uintptr_t)object & ~(uintptr_t)((4 << 20) - 1)), GC_NOT_AN_OBJECT, "free memory"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        FAILS(wrong[i].status, wrong[i].words, gc_object_check(w.mutator, wrong[i].pointer));
        FAILS(wrong[i].status, wrong[i].words, gc_get(w.mutator, wrong[i].pointer, 0, &found));
        FAILS(wrong[i].status, wrong[i].words, gc_set(w.mutator, wrong[i].pointer, 0, NULL));
        FAILS(wrong[i].status, wrong[i].words, gc_root_new(w.mutator, wrong[i].pointer, &root));
        FAILS(wrong[i].status, wrong[i].words, gc_weak_new(w.mutator, wrong[i].pointer, &(gc_weak){0}));
        FAILS(wrong[i].status, wrong[i].words, gc_pin_new(w.mutator, wrong[i].pointer, &(gc_pin){0}));
        FAILS(wrong[i].status, wrong[i].words, gc_finalizer_clear(w.mutator, wrong[i].pointer, NULL));
        if (wrong[i].pointer != NULL) {
            FAILS(wrong[i].status, wrong[i].words, gc_set(w.mutator, object, 0, wrong[i].pointer));
        }
    }

    /* Pointers that were kept beyond their mutation: found before and after the memory is given back. */
    gc_root kept_root, neighbour_root;
    void *neighbour;
    OK(gc_alloc(w.mutator, row_type, 100, &neighbour));
    OK(gc_root_new(w.mutator, neighbour, &neighbour_root));
    OK(gc_alloc(w.mutator, node_type(), 0, &freed));
    OK(gc_alloc(w.mutator, node_type(), 0, &kept));
    OK(gc_root_new(w.mutator, kept, &kept_root));
    OK(gc_leave(w.mutator));
    OK(gc_heap_collect(w.heap, 0, NULL));
    OK(gc_enter(w.mutator));
    FAILS(GC_NOT_AN_OBJECT, "gone", gc_object_check(w.mutator, freed));
    FAILS(GC_NOT_AN_OBJECT, "gone", gc_object_check(w.mutator, row));
    OK(gc_object_check(w.mutator, kept));
    FAILS(GC_NOT_AN_OBJECT, "gone", gc_set(w.mutator, kept, 0, freed));
    OK(gc_leave(w.mutator));
    OK(gc_root_drop(kept_root));
    /* What is not needed after the next cycle any more is given back, too. */
    OK(gc_heap_collect(w.heap, 0, NULL));
    OK(gc_heap_collect(w.heap, 0, NULL));
    OK(gc_heap_trim(w.heap, NULL));
    OK(gc_enter(w.mutator));
    FAILS(GC_NOT_AN_OBJECT, "gone", gc_object_check(w.mutator, kept));
    FAILS(GC_NOT_AN_OBJECT, "gone", gc_root_new(w.mutator, freed, &root));
    OK(gc_object_check(w.mutator, neighbour));
    OK(gc_leave(w.mutator));
    OK(gc_root_drop(neighbour_root));
    world_end(w);
    stale_before_the_sweep();
    stale_and_unmapped();
}

/* What callbacks do wrong. */
typedef struct {
    world w;
    int destroyed, finalized;
    gc_root root;
} bad;

static void destroy_badly(void *object, size_t length, void *argument) {
    bad *b = argument;
    void *made;
    (void)object;
    (void)length;
    b->destroyed++;
    FAILS(GC_IN_CALLBACK, "destructor", gc_heap_collect(b->w.heap, 0, NULL));
    FAILS(GC_IN_CALLBACK, "wait for itself", gc_heap_run_pending(b->w.heap, NULL));
    FAILS(GC_IN_CALLBACK, "wait for itself", gc_heap_wait_for_pending(b->w.heap, 0));
    FAILS(GC_NOT_INSIDE, "gc_enter", gc_leave(b->w.mutator));
    /* It may use the heap, but what it leaves open is closed. */
    OK(gc_enter(b->w.mutator));
    OK(gc_alloc(b->w.mutator, node_type(), 0, &made));
}

static void finalize_badly(gc_heap heap, gc_root root, void *argument) {
    bad *b = argument;
    gc_mutator m;
    b->finalized++;
    b->root = root;
    OK(gc_attach(heap, &m));
    OK(gc_enter(m));
    FAILS(GC_NOT_INSIDE, "gc_enter", gc_leave(b->w.mutator));
    OK(gc_enter(m));
}

/* Runs inside a mutation, which it cannot leave. */
static void release_badly(void *argument) {
    bad *b = argument;
    FAILS(GC_NOT_INSIDE, "before this callback", gc_leave(b->w.mutator));
    FAILS(GC_INSIDE, "leave it before", gc_detach(b->w.mutator));
    OK(gc_enter(b->w.mutator));
}

void misuse_callbacks(void) {
    bad b = {.w = world_new()};
    gc_type type;
    gc_type_options options = {.size = 8, .destructor = destroy_badly, .destructor_argument = &b};
    OK(gc_type_new(&options, &type));
    void *object;
    OK(gc_enter(b.w.mutator));
    OK(gc_alloc(b.w.mutator, type, 0, &object));
    FAILS(GC_NULL, "finalizer is NULL", gc_finalizer_set(b.w.mutator, object, NULL, NULL, NULL));
    FAILS(GC_NULL, "cleanup is NULL", gc_cleanup_add(b.w.mutator, object, NULL, NULL, NULL, NULL));
    OK(gc_finalizer_set(b.w.mutator, object, finalize_badly, &b, release_badly));
    OK(gc_finalizer_clear(b.w.mutator, object, NULL));
    OK(gc_object_check(b.w.mutator, object));
    OK(gc_finalizer_set(b.w.mutator, object, finalize_badly, &b, NULL));
    OK(gc_leave(b.w.mutator));
    FAILS(GC_NOT_INSIDE, "gc_enter", gc_leave(b.w.mutator));
    OK(gc_heap_collect(b.w.heap, 0, NULL));
    OK(gc_heap_run_pending(b.w.heap, NULL));
    CHECK(b.finalized == 1 && b.destroyed == 0);
    FAILS(GC_INVALID_HANDLE, "ended", gc_root_drop(b.root));
    OK(gc_heap_collect(b.w.heap, 0, NULL));
    OK(gc_heap_run_pending(b.w.heap, NULL));
    CHECK(b.destroyed == 1);
    CHECK(live_after_collect(b.w.heap) == 0);
    world_end(b.w);
}
