/* Objects of all layouts, roots, weak pointers, pins. */

#include <time.h>

#include "program.h"

/* A list of n nodes, the first of which has the number n. */
static node *list(gc_mutator m, uint64_t n) {
    void *last = NULL;
    for (uint64_t number = 1; number <= n; number++) {
        void *object;
        OK(gc_alloc(m, node_type(), 0, &object));
        CHECK(((node *)object)->next == NULL && ((node *)object)->number == 0);
        ((node *)object)->number = number;
        OK(gc_set(m, object, offsetof(node, next), last));
        last = object;
    }
    return last;
}

static uint64_t length(gc_mutator m, void *first) {
    uint64_t n = 0;
    for (void *at = first; at != NULL; n++) {
        CHECK(((node *)at)->number > 0);
        OK(gc_get(m, at, offsetof(node, next), &at));
    }
    return n;
}

static void lists(void) {
    world w = world_new();
    gc_root root, again;
    OK(gc_enter(w.mutator));
    void *first = list(w.mutator, 1000);
    list(w.mutator, 1000);
    OK(gc_object_check(w.mutator, first));
    OK(gc_root_new(w.mutator, first, &root));
    OK(gc_leave(w.mutator));
    CHECK(live_after_collect(w.heap) == 1000);

    OK(gc_root_clone(root, &again));
    OK(gc_root_drop(root));
    OK(gc_enter(w.mutator));
    void *found;
    OK(gc_root_get(w.mutator, again, &found));
    CHECK(found == first && length(w.mutator, found) == 1000);
    /* A ring, nested: no safepoint comes before the outermost mutation is left. */
    OK(gc_enter(w.mutator));
    void *second;
    OK(gc_get(w.mutator, found, 0, &second));
    OK(gc_set(w.mutator, second, 0, found));
    OK(gc_leave(w.mutator));
    OK(gc_object_check(w.mutator, second));
    OK(gc_leave(w.mutator));
    CHECK(live_after_collect(w.heap) == 2);

    OK(gc_root_drop(again));
    CHECK(live_after_collect(w.heap) == 0);
    gc_heap_report report;
    OK(gc_heap_stats(w.heap, &report));
    CHECK(report.objects_allocated == 2000 && report.objects_freed == 2000 && report.cycles == 3);
    CHECK(report.roots == 0 && report.cycles_automatic == 0);
    size_t bytes;
    OK(gc_heap_trim(w.heap, &bytes));
    world_end(w);
}

/* Words of a mask, at an alignment, without and with elements. */
static void layouts(void) {
    world w = world_new();
    const uint64_t wide[] = {1ull << 63, 1};
    const uint64_t first[] = {1};
    const uint64_t second_of_three[] = {2};
    const size_t aligns[] = {0, 1, 8, 16, 64, 4096};
    for (size_t i = 0; i < sizeof aligns / sizeof aligns[0]; i++) {
        /* Plain: two pointers after 63 words. */
        gc_type_options options = {.size = 70 * 8, .align = aligns[i], .pointers = wide, .pointers_length = 2};
        gc_type plain, row, table;
        OK(gc_type_new(&options, &plain));
        /* Elements that are pointers, and such that have one beside two numbers. */
        gc_type_options of_row = {.size = 8, .align = aligns[i], .element_size = 8,
                                  .element_pointers = first, .element_pointers_length = 1};
        OK(gc_type_new(&of_row, &row));
        gc_type_options of_table = {.size = 20, .align = aligns[i], .pointers = first, .pointers_length = 1,
                                    .element_size = 24, .element_pointers = second_of_three,
                                    .element_pointers_length = 1};
        OK(gc_type_new(&of_table, &table));

        OK(gc_enter(w.mutator));
        void *objects[3], *target;
        OK(gc_alloc(w.mutator, plain, 0, &objects[0]));
        OK(gc_alloc(w.mutator, row, 3000, &objects[1]));
        OK(gc_alloc(w.mutator, table, 100, &objects[2]));
        size_t align = aligns[i] < 8 ? 8 : aligns[i];
        for (size_t o = 0; o < 3; o++) CHECK((uintptr_t)objects[o] % align == 0);
        size_t size;
        OK(gc_object_size(w.mutator, objects[0], &size));
        CHECK(size >= 70 * 8);
        OK(gc_object_size(w.mutator, objects[1], &size));
        CHECK(size == 8 + 3000 * 8);
        OK(gc_object_size(w.mutator, objects[2], &size));
        CHECK(size == 24 + 100 * 24);

        const struct { int object; size_t offset; } words[] = {
            {0, 63 * 8}, {0, 64 * 8}, {1, 8}, {1, 8 + 2999 * 8}, {2, 0}, {2, 24 + 8}, {2, 24 + 99 * 24 + 8}};
        size_t n = sizeof words / sizeof words[0];
        for (size_t word = 0; word < n; word++) {
            OK(gc_alloc(w.mutator, node_type(), 0, &target));
            ((node *)target)->number = word;
            OK(gc_set(w.mutator, objects[words[word].object], words[word].offset, target));
        }
        for (size_t word = 0; word < 70; word++) {
            gc_status expected = word == 63 || word == 64 ? GC_OK : GC_NOT_A_POINTER;
            CHECK(gc_get(w.mutator, objects[0], word * 8, &target) == expected);
        }
        /* Bytes beside pointers are the program's. */
        memset((char *)objects[0], 0xFF, 63 * 8);
        memset((char *)objects[2] + 8, 0xFF, 24);
        gc_root roots[3];
        for (size_t o = 0; o < 3; o++) OK(gc_root_new(w.mutator, objects[o], &roots[o]));
        OK(gc_leave(w.mutator));
        CHECK(live_after_collect(w.heap) == 3 + n);
        OK(gc_enter(w.mutator));
        for (size_t word = 0; word < n; word++) {
            void *object;
            OK(gc_root_get(w.mutator, roots[words[word].object], &object));
            OK(gc_get(w.mutator, object, words[word].offset, &target));
            CHECK(((node *)target)->number == word);
            OK(gc_set(w.mutator, object, words[word].offset, NULL));
        }
        OK(gc_leave(w.mutator));
        CHECK(live_after_collect(w.heap) == 3);
        for (size_t o = 0; o < 3; o++) OK(gc_root_drop(roots[o]));
        CHECK(live_after_collect(w.heap) == 0);

        gc_type same;
        OK(gc_type_new(&of_table, &same));
        CHECK(same.id == table.id && same.id != row.id);
    }
    world_end(w);
}

/* Bytes without pointers, from none to more than an arena. */
static void sizes(void) {
    world w = world_new();
    gc_type bytes;
    gc_type_options options = {.element_size = 1};
    OK(gc_type_new(&options, &bytes));
    const size_t lengths[] = {0, 1, 16, 17, 500, 5000, 20000, 1 << 20, 70 << 20};
    enum { N = sizeof lengths / sizeof lengths[0] };
    gc_root roots[N];
    OK(gc_enter(w.mutator));
    for (size_t i = 0; i < N; i++) {
        void *object;
        OK(gc_alloc(w.mutator, bytes, lengths[i], &object));
        size_t size;
        OK(gc_object_size(w.mutator, object, &size));
        CHECK(size >= lengths[i] && size <= lengths[i] + lengths[i] / 8 + 4096);
        if (lengths[i] > 0) {
            CHECK(((char *)object)[lengths[i] - 1] == 0);
            ((char *)object)[lengths[i] - 1] = (char)i;
        }
        OK(gc_root_new(w.mutator, object, &roots[i]));
    }
    OK(gc_leave(w.mutator));
    CHECK(live_after_collect(w.heap) == N);
    OK(gc_enter(w.mutator));
    for (size_t i = 1; i < N; i++) {
        void *object;
        OK(gc_root_get(w.mutator, roots[i], &object));
        OK(gc_object_check(w.mutator, object));
        CHECK(((char *)object)[lengths[i] - 1] == (char)i);
    }
    OK(gc_leave(w.mutator));
    for (size_t i = 0; i < N; i++) OK(gc_root_drop(roots[i]));
    CHECK(live_after_collect(w.heap) == 0);
    world_end(w);
}

static void weak_pointers(void) {
    world w = world_new();
    gc_weak weak, again;
    gc_root root;
    void *object, *found;
    OK(gc_enter(w.mutator));
    object = list(w.mutator, 2);
    OK(gc_root_new(w.mutator, object, &root));
    OK(gc_weak_new(w.mutator, object, &weak));
    OK(gc_weak_clone(weak, &again));
    OK(gc_leave(w.mutator));
    OK(gc_heap_collect(w.heap, 0, NULL));
    OK(gc_enter(w.mutator));
    OK(gc_weak_get(w.mutator, again, &found));
    CHECK(found == object);
    OK(gc_leave(w.mutator));
    OK(gc_root_drop(root));
    OK(gc_heap_collect(w.heap, 10000, NULL));
    OK(gc_enter(w.mutator));
    OK(gc_weak_get(w.mutator, weak, &found));
    CHECK(found == NULL);
    OK(gc_leave(w.mutator));
    OK(gc_weak_drop(weak));
    OK(gc_weak_drop(again));
    CHECK(live_after_collect(w.heap) == 0);
    world_end(w);
}

static void pins(void) {
    world w = world_new();
    gc_pin pin, another;
    void *object, *address;
    OK(gc_enter(w.mutator));
    object = list(w.mutator, 3);
    OK(gc_pin_new(w.mutator, object, &pin));
    OK(gc_pin_new(w.mutator, object, &another));
    OK(gc_leave(w.mutator));
    CHECK(live_after_collect(w.heap) == 3);
    OK(gc_pin_address(pin, &address));
    CHECK(address == object && ((node *)address)->number == 3);
    gc_heap_report report;
    OK(gc_heap_stats(w.heap, &report));
    CHECK(report.pins == 2);
    OK(gc_pin_drop(pin));
    CHECK(live_after_collect(w.heap) == 3);
    OK(gc_pin_drop(another));
    CHECK(live_after_collect(w.heap) == 0);
    world_end(w);
}

/* At its limit a heap says so, and goes on when it was left. */
static void limits(void) {
    gc_heap heap;
    gc_mutator m;
    gc_heap_options options = {.limit_bytes = 1 << 20};
    OK(gc_heap_new(&options, &heap));
    OK(gc_attach(heap, &m));
    for (int round = 0; round < 3; round++) {
        OK(gc_enter(m));
        void *object;
        gc_status status = GC_OK;
        size_t n = 0;
        while (status == GC_OK) {
            status = gc_alloc(m, node_type(), 0, &object);
            n++;
        }
        CHECK(status == GC_NO_MEMORY && n > 10000);
        CHECK(strstr(gc_last_error_message(), "limit") != NULL);
        OK(gc_leave(m));
        OK(gc_heap_collect(heap, 0, NULL));
    }
    OK(gc_enter(m));
    gc_external external;
    gc_heap_report report;
    OK(gc_external_new(heap, 1000, &external));
    OK(gc_external_set(external, 3000));
    OK(gc_heap_stats(heap, &report));
    CHECK(report.owned_bytes == 3000);
    OK(gc_external_drop(external));
    OK(gc_heap_stats(heap, &report));
    CHECK(report.owned_bytes == 0);
    bool leave = true;
    OK(gc_should_leave(m, &leave));
    OK(gc_leave(m));
    OK(gc_detach(m));
    OK(gc_heap_close(heap));
}

/* The end of a list moves to the front while cycles are under way, in builds in which these go on between mutations. */
static void moves(void) {
    enum { LENGTH = 1000, ROUNDS = 40 };
    gc_heap heap;
    gc_mutator m;
    gc_heap_options options = {.min_heap_bytes = 1};
    OK(gc_heap_new(&options, &heap));
    OK(gc_attach(heap, &m));
    gc_root root;
    void *front, *at, *before, *last;
    OK(gc_enter(m));
    OK(gc_alloc(m, node_type(), 0, &front));
    OK(gc_root_new(m, front, &root));
    OK(gc_leave(m));
    for (int round = 0; round < ROUNDS; round++) {
        OK(gc_enter(m));
        OK(gc_root_get(m, root, &front));
        OK(gc_set(m, front, 0, list(m, LENGTH)));
        OK(gc_leave(m));
        for (int i = 0; i < round; i++) {
            OK(gc_enter(m));
            OK(gc_leave(m));
        }
        OK(gc_enter(m));
        OK(gc_get(m, front, 0, &before));
        for (;;) {
            OK(gc_get(m, before, 0, &last));
            OK(gc_get(m, last, 0, &at));
            if (at == NULL) break;
            before = last;
        }
        OK(gc_set(m, front, 0, last));
        OK(gc_set(m, before, 0, NULL));
        OK(gc_leave(m));
        OK(gc_heap_collect(heap, 0, NULL));
        OK(gc_enter(m));
        OK(gc_get(m, front, 0, &at));
        CHECK(at == last && ((node *)last)->number == 1);
        OK(gc_leave(m));
    }
    OK(gc_root_drop(root));
    OK(gc_detach(m));
    OK(gc_heap_close(heap));
}

/* A heap that nobody enters frees what it can by itself. */
static void idles(void) {
    gc_heap heap;
    gc_mutator m;
    gc_heap_options options = {.idle_after_ms = 20};
    OK(gc_heap_new(&options, &heap));
    OK(gc_attach(heap, &m));
    OK(gc_enter(m));
    list(m, 100000);
    OK(gc_leave(m));
    gc_heap_report report;
    do {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        OK(gc_heap_stats(heap, &report));
    } while (report.cycles == 0);
    CHECK(report.cycles_automatic == 1);
    OK(gc_detach(m));
    OK(gc_heap_close(heap));
}

void use_objects(void) {
    lists();
    layouts();
    sizes();
    weak_pointers();
    pins();
    limits();
    moves();
    idles();
}
