/* Destructors, finalizers, cleanups. */

#include "program.h"

/* What callbacks have noted. */
typedef struct {
    int destroyed, finalized, cleaned, released;
    uint64_t sum;
    gc_root kept;
} notes;

static void destroy(void *object, size_t length, void *argument) {
    notes *n = argument;
    n->destroyed++;
    n->sum += *(uint64_t *)object + length;
}

static void finalize(gc_heap heap, gc_root root, void *argument) {
    notes *n = argument;
    gc_mutator m;
    void *object;
    OK(gc_attach(heap, &m));
    OK(gc_enter(m));
    OK(gc_root_get(m, root, &object));
    n->sum += ((node *)object)->number;
    n->finalized++;
    OK(gc_leave(m));
    OK(gc_detach(m));
    OK(gc_root_clone(root, &n->kept));
}

static void clean(void *argument) { ((notes *)argument)->cleaned++; }

static void release(void *argument) { ((notes *)argument)->released++; }

static void destructors(void) {
    world w = world_new();
    notes n = {0};
    const uint64_t pointers[] = {2};
    gc_type_options options = {.size = 16, .pointers = pointers, .pointers_length = 1, .destructor = destroy,
                               .destructor_argument = &n};
    gc_type fixed, with_elements;
    OK(gc_type_new(&options, &fixed));
    options.element_size = 3;
    OK(gc_type_new(&options, &with_elements));
    gc_root root;
    void *object, *other;
    OK(gc_enter(w.mutator));
    OK(gc_alloc(w.mutator, fixed, 0, &object));
    *(uint64_t *)object = 1000;
    OK(gc_alloc(w.mutator, with_elements, 7, &other));
    *(uint64_t *)other = 2000;
    OK(gc_set(w.mutator, other, 8, object));
    OK(gc_root_new(w.mutator, other, &root));
    OK(gc_leave(w.mutator));
    OK(gc_heap_collect(w.heap, 0, NULL));
    CHECK(n.destroyed == 0);
    OK(gc_root_drop(root));
    OK(gc_heap_collect(w.heap, 0, NULL));
    uint64_t ran;
    OK(gc_heap_run_pending(w.heap, &ran));
    CHECK(ran == 2 && n.destroyed == 2 && n.sum == 3007);
    /* At the end of the heap, too. */
    OK(gc_enter(w.mutator));
    OK(gc_alloc(w.mutator, fixed, 0, &object));
    OK(gc_leave(w.mutator));
    world_end(w);
    CHECK(n.destroyed == 3);
}

static void finalizers(void) {
    world w = world_new();
    notes n = {0};
    void *object;
    gc_weak weak;
    OK(gc_enter(w.mutator));
    OK(gc_alloc(w.mutator, node_type(), 0, &object));
    ((node *)object)->number = 7;
    OK(gc_weak_new(w.mutator, object, &weak));
    OK(gc_finalizer_set(w.mutator, object, finalize, &n, release));
    FAILS(GC_ALREADY_SET, "already", gc_finalizer_set(w.mutator, object, finalize, &n, release));
    CHECK(n.released == 0);
    bool had;
    OK(gc_finalizer_clear(w.mutator, object, &had));
    CHECK(had && n.released == 1);
    OK(gc_finalizer_clear(w.mutator, object, &had));
    CHECK(!had && n.released == 1);
    OK(gc_finalizer_set(w.mutator, object, finalize, &n, release));
    OK(gc_leave(w.mutator));
    OK(gc_heap_collect(w.heap, 0, NULL));
    OK(gc_heap_wait_for_pending(w.heap, 0));
    CHECK(n.finalized == 1 && n.released == 2 && n.sum == 7);

    OK(gc_enter(w.mutator));
    void *found;
    OK(gc_root_get(w.mutator, n.kept, &found));
    CHECK(found == object && ((node *)found)->number == 7);
    OK(gc_weak_get(w.mutator, weak, &found));
    CHECK(found == NULL);
    /* One that is never due is released with the heap. */
    OK(gc_finalizer_set(w.mutator, object, finalize, &n, release));
    OK(gc_leave(w.mutator));
    OK(gc_weak_drop(weak));
    world_end(w);
    CHECK(n.finalized == 1 && n.released == 3);
    /* A root may outlive its heap. */
    OK(gc_root_drop(n.kept));
}

static void cleanups(void) {
    world w = world_new();
    notes n = {0};
    void *object;
    gc_cleanup stopped, forgotten, late;
    OK(gc_enter(w.mutator));
    OK(gc_alloc(w.mutator, node_type(), 0, &object));
    OK(gc_cleanup_add(w.mutator, object, clean, &n, release, &stopped));
    OK(gc_cleanup_add(w.mutator, object, clean, &n, release, &forgotten));
    OK(gc_cleanup_add(w.mutator, object, clean, &n, release, &late));
    OK(gc_cleanup_add(w.mutator, object, clean, &n, NULL, NULL));
    OK(gc_leave(w.mutator));
    bool was_due;
    OK(gc_cleanup_stop(stopped, &was_due));
    CHECK(was_due && n.released == 1 && n.cleaned == 0);
    OK(gc_cleanup_forget(forgotten));
    OK(gc_heap_collect(w.heap, 0, NULL));
    OK(gc_heap_run_pending(w.heap, NULL));
    CHECK(n.cleaned == 3 && n.released == 3);
    OK(gc_cleanup_stop(late, &was_due));
    CHECK(!was_due);
    /* One that never runs is released with the heap. */
    OK(gc_enter(w.mutator));
    OK(gc_alloc(w.mutator, node_type(), 0, &object));
    OK(gc_cleanup_add(w.mutator, object, clean, &n, release, &late));
    OK(gc_leave(w.mutator));
    world_end(w);
    CHECK(n.cleaned == 3 && n.released == 4);
    OK(gc_cleanup_stop(late, NULL));
}

/* On threads of the heap's own. */
static void by_themselves(void) {
    gc_heap heap;
    gc_mutator m;
    static notes n;
    n = (notes){0};
    OK(gc_heap_new(NULL, &heap));
    OK(gc_attach(heap, &m));
    OK(gc_enter(m));
    void *object;
    OK(gc_alloc(m, node_type(), 0, &object));
    ((node *)object)->number = 5;
    OK(gc_finalizer_set(m, object, finalize, &n, release));
    OK(gc_cleanup_add(m, object, clean, &n, NULL, NULL));
    OK(gc_leave(m));
    OK(gc_heap_collect(heap, 0, NULL));
    OK(gc_heap_wait_for_pending(heap, 20000));
    CHECK(n.finalized == 1 && n.released == 1 && n.cleaned == 0 && n.sum == 5);
    OK(gc_root_drop(n.kept));
    OK(gc_heap_collect(heap, 0, NULL));
    OK(gc_heap_wait_for_pending(heap, 20000));
    CHECK(n.cleaned == 1);
    gc_heap_report report;
    OK(gc_heap_stats(heap, &report));
    CHECK(report.finalizers_run == 1 && report.cleanups_run == 1);
    OK(gc_detach(m));
    OK(gc_heap_close(heap));
}

void use_callbacks(void) {
    destructors();
    finalizers();
    cleanups();
    by_themselves();
}
