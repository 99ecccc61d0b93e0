/* A garbage-collected heap for C: the interface of the Rust crate `gc`.
 *
 * Generated from the sources of the crate, by `cargo run -p capi-header --features cbindgen`: do not edit.
 *
 * A thread attaches to a heap (`gc_attach`). Inside a mutation (`gc_enter`, `gc_leave`) it makes, reads and changes objects,
 * by plain pointers; when it leaves, a collection may run, and the pointers are not valid any more. What is to be
 * kept longer is kept by a root. Pointers in objects are read by `gc_get` and written by `gc_set`; all other bytes are the
 * program's.
 *
 * Every function returns a `gc_status`. If that is not `GC_OK` nothing was done, nothing was written to where the result
 * goes, and `gc_last_error_message` says why. Handles are checked whatever they are; what was ended, or is another
 * kind's, another heap's or another thread's, is an error. `{0}` is never a handle. Pointers to objects are checked, too.
 * What cannot be checked are pointers to options, masks and results, and what the program writes beyond the end of an
 * object.
 *
 * A handle is owned by who has made it. Nothing is ended by itself but what a thread or a callback leaves behind: mutators and
 * mutations.
 */

#ifndef GC_H
#define GC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// For `flags` of `gc_heap_options`: no cycle starts by itself, only `gc_heap_collect` frees.
#define GC_HEAP_MANUAL 1

// For `flags` of `gc_heap_options`: destructors, finalizers and cleanups run only in `gc_heap_run_pending`,
// `gc_heap_wait_for_pending` and `gc_heap_close`.
#define GC_HEAP_BY_HAND 2

// What a function returns: `GC_OK`, or why nothing was done. `gc_last_error_message` gives the details.
typedef enum gc_status {
  // It was done.
  GC_OK = 0,
  // A pointer that is needed is NULL, or not aligned for what it points to.
  GC_NULL,
  // An argument makes no sense: a size, a mask, an option.
  GC_INVALID_ARGUMENT,
  // The handle was never made, was ended, or is `{0}`.
  GC_INVALID_HANDLE,
  // The mutator is another thread's.
  GC_WRONG_THREAD,
  // The object, root, weak pointer or pin is another heap's.
  GC_WRONG_HEAP,
  // The thread is inside no mutation of the mutator, as it must be.
  GC_NOT_INSIDE,
  // The thread is inside a mutation, as it must not be.
  GC_INSIDE,
  // The thread has entered another mutation since, and must leave that first.
  GC_NOT_INNERMOST,
  // The pointer is not the start of an object that is alive.
  GC_NOT_AN_OBJECT,
  // The word of the object is none that its type says is a pointer.
  GC_NOT_A_POINTER,
  // The offset lies beyond the end of the object.
  GC_OUT_OF_RANGE,
  // The heap's limit is reached, or the system gives no memory. Leave the mutation, so that a collection can run.
  GC_NO_MEMORY,
  // Threads are attached to the heap, or objects of it are pinned.
  GC_BUSY,
  // The object has a finalizer already.
  GC_ALREADY_SET,
  // The thread runs a destructor, finalizer or cleanup, which would wait for itself.
  GC_IN_CALLBACK,
  // The time has passed.
  GC_TIMED_OUT,
  // The heap was made before this process was forked off by one that had several threads. It can be closed, which does
  // nothing.
  GC_FORKED,
  // A fault of the library, which was caught.
  GC_PANIC,
} gc_status;

// A thread that is attached to a heap. It belongs to the thread that has called `gc_attach`: on any other its use is
// `GC_WRONG_THREAD`.
typedef struct gc_mutator {
  // Not to be looked at.
  uint64_t id;
} gc_mutator;

// A cleanup, or what releases the argument of a cleanup or finalizer; NULL for none. It is called outside of every
// mutation, on a thread of the heap's own, in `gc_heap_run_pending` or `gc_heap_wait_for_pending`; to release an argument
// also where a cleanup is stopped, a finalizer cleared, or the heap closed. It may use the heap, and must not unwind or
// `longjmp` out.
typedef void (*gc_callback)(void *argument);

// A cleanup that was added. It is owned by who has added it, and ended by `gc_cleanup_stop` or `gc_cleanup_forget`, before
// or after it runs. Any thread may use the handle.
typedef struct gc_cleanup {
  // Not to be looked at.
  uint64_t id;
} gc_cleanup;

// A heap. It is made by `gc_heap_new` and ended by `gc_heap_close`. Any thread may use the handle.
typedef struct gc_heap {
  // Not to be looked at.
  uint64_t id;
} gc_heap;

// What one cycle did.
typedef struct gc_cycle_report {
  // Objects found alive.
  uint64_t live_objects;
  // Bytes of these.
  uint64_t live_bytes;
  // Objects found dead, or revived by a finalizer.
  uint64_t dead_objects;
  // Destructors that ran on the calling thread.
  uint64_t destructors_run;
  // Destructors that are still due.
  uint64_t destructors_left;
  // Finalizers and cleanups that are due.
  uint64_t callbacks_left;
  // Threads that marked.
  uint64_t mark_threads;
  // Nanoseconds until all threads had left their mutations.
  uint64_t stopping_ns;
  // Nanoseconds of marking.
  uint64_t marking_ns;
} gc_cycle_report;

// Memory that an object owns elsewhere, in bytes: the heap counts it for the time of the next cycle and for limits. It is
// owned by who has made it, as a rule kept in the object, and ended by the object's destructor with `gc_external_drop`. Any
// thread may use the handle, also in a destructor.
typedef struct gc_external {
  // Not to be looked at.
  uint64_t id;
} gc_external;

// Keeps an object alive outside of mutations. It is owned by who has made it, and ended by `gc_root_drop`, before or
// after its heap. Any thread may use the handle.
typedef struct gc_root {
  // Not to be looked at.
  uint64_t id;
} gc_root;

// A finalizer. `root` is a root of the object; it ends when the function returns, so clone it to keep the object. `heap`
// is the handle that the mutator was attached by which has set the finalizer. Called where cleanups are; to look at the
// object attach and enter a mutation, which end with the function if it does not end them. It may do anything but
// wait for finalizers, and must not unwind or `longjmp` out.
typedef void (*gc_finalizer)(struct gc_heap heap, struct gc_root root, void *argument);

// Options of a heap. `{0}` is the default of all.
typedef struct gc_heap_options {
  // A name for messages; NULL for none.
  const char *name;
  // The most bytes of memory that objects may take; zero for no limit.
  size_t limit_bytes;
  // Bytes that cycles should keep below, by starting earlier; zero for none.
  size_t soft_limit_bytes;
  // Bytes below which no cycle starts by itself; zero for 4 MiB.
  size_t min_heap_bytes;
  // By how many percent the heap grows over what the last cycle found alive before the next one starts; zero for a
  // balance of time and memory, from 25 to 100.
  uint32_t growth_percent;
  // Milliseconds without a mutation after which a heap that has something worth freeing runs one cycle and gives memory
  // back; zero for 5000, `UINT32_MAX` for never.
  uint32_t idle_after_ms;
  // `GC_HEAP_MANUAL`, `GC_HEAP_BY_HAND`, both or none.
  uint32_t flags;
} gc_heap_options;

// A type of objects. Types are for all heaps and threads of the process, and stay to its end.
typedef struct gc_type {
  // Not to be looked at.
  uint64_t id;
} gc_type;

// The destructor of a type; NULL for none. It is called once for each object that is dead, outside of every mutation, on
// a thread of the heap's own, in `gc_heap_collect`, `gc_heap_run_pending` or `gc_heap_close`. It may read and write the
// object's bytes, and those of its `length` elements; it must not follow pointers in it, whose targets may be gone, nor
// keep the address. It may use the heap, but not collect. It must not unwind or `longjmp` out.
typedef void (*gc_destructor)(void *object, size_t length, void *argument);

// What objects of a type are like: a fixed part, and after it, if `element_size` is not zero, any number of elements, as
// many as are asked for when the object is made. Elements begin at `size`, rounded up to a multiple of 8.
//
// Words of 8 bytes that are pointers are given by masks: bit `i % 64` of `pointers[i / 64]` for the word at offset
// `8 * i`. They are read by `gc_get` and written by `gc_set` only; all other bytes are the program's.
typedef struct gc_type_options {
  // Bytes of the fixed part; may be zero.
  size_t size;
  // Alignment of the fixed part: zero for 8, or a power of two of at most 4096.
  size_t align;
  // Which words of the fixed part are pointers; NULL for none.
  const uint64_t *pointers;
  // Elements of `pointers`. Words beyond are no pointers.
  size_t pointers_length;
  // Bytes of an element; zero if objects have none. If it has pointers, a multiple of 8.
  size_t element_size;
  // Which words of an element are pointers; NULL for none.
  const uint64_t *element_pointers;
  // Elements of `element_pointers`. Words beyond are no pointers.
  size_t element_pointers_length;
  // Is called when an object is dead; NULL for none.
  gc_destructor destructor;
  // The last argument of the destructor.
  void *destructor_argument;
} gc_type_options;

// Keeps an object, whose bytes may be used outside of mutations as long as the pin has not ended: by a system call, another
// library, another thread. It is owned by who has made it, and ended by `gc_pin_drop`; a heap with pins cannot be closed.
// Any thread may use the handle.
typedef struct gc_pin {
  // Not to be looked at.
  uint64_t id;
} gc_pin;

// A snapshot of a heap. Objects of a mutation that is still open may not be counted yet; the small objects that weak
// pointers are made of are counted, too.
typedef struct gc_heap_report {
  // Objects made since the heap was.
  uint64_t objects_allocated;
  // Bytes of these.
  uint64_t bytes_allocated;
  // Objects of these that were freed.
  uint64_t objects_freed;
  // Bytes of these.
  uint64_t bytes_freed;
  // Dead objects whose destructors have not run.
  uint64_t objects_doomed;
  // Objects that the last cycle found alive.
  uint64_t live_objects;
  // Bytes of these.
  uint64_t live_bytes;
  // Cycles done.
  uint64_t cycles;
  // Cycles of these that started by themselves.
  uint64_t cycles_automatic;
  // Bytes of pages in which objects lie.
  uint64_t bytes_in_use;
  // Bytes of free pages with memory behind them.
  uint64_t bytes_idle;
  // Bytes of address space reserved.
  uint64_t bytes_reserved;
  // Bytes that objects own elsewhere, as `gc_external_new` was told.
  uint64_t owned_bytes;
  // Roots; clones of one count once. Weak pointers and pins have one each, too.
  uint64_t roots;
  // Threads that are attached, those of the heap's own included.
  uint64_t attached_threads;
  // Pins that have not ended.
  uint64_t pins;
  // Finalizers that have become due.
  uint64_t finalizers_queued;
  // Finalizers of these that have run.
  uint64_t finalizers_run;
  // Cleanups that have become due.
  uint64_t cleanups_queued;
  // Cleanups of these that have run.
  uint64_t cleanups_run;
  // Nanoseconds for which cycles kept threads from entering, all together.
  uint64_t pauses_ns;
  // The longest of these pauses.
  uint64_t longest_pause_ns;
} gc_heap_report;

// A pointer that does not keep its object. It is owned by who has made it, and ended by `gc_weak_drop`, before or after
// its heap. Any thread may use the handle.
typedef struct gc_weak {
  // Not to be looked at.
  uint64_t id;
} gc_weak;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Has `cleanup` called with `argument` after the object's end. The argument must not keep the object, by a root; it is not
// passed. An object may have any number of cleanups, which are called in this order.
//
// `release`, unless it is NULL, is called with `argument` when the heap does not need it any more: after the cleanup, or
// when that was stopped, or the heap has ended. If this function returns an error the argument stays the program's. `out`
// may be NULL if it is not to be stopped. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `cleanup` and `release` may be called with `argument`, on any thread; `out` is NULL or may be written.
enum gc_status gc_cleanup_add(struct gc_mutator mutator,
                              void *object,
                              gc_callback cleanup,
                              void *argument,
                              gc_callback release,
                              struct gc_cleanup *out);

// Takes a cleanup back, if it is not due; `out`, which may be NULL, is whether it was not: then it does not run any more.
// Ends the handle. On any thread.
//
// # Safety
//
// `out` is NULL or may be written.
enum gc_status gc_cleanup_stop(struct gc_cleanup cleanup,
                               bool *out);

// Ends the handle of a cleanup, which runs as ever. Once; on any thread.
enum gc_status gc_cleanup_forget(struct gc_cleanup cleanup);

// Runs a full cycle: all that is unreachable now is freed. Destructors run on this thread before it returns, finalizers
// and cleanups later, on a thread of the heap's own. Waits until all threads have left their mutations of the heap, but,
// if `timeout_ms` is not zero, no longer than that; `GC_TIMED_OUT` then, and the cycle runs later.
//
// Any thread may call this that is inside no mutation, and runs no destructor. `out` may be NULL.
//
// # Safety
//
// `out` is NULL or may be written.
enum gc_status gc_heap_collect(struct gc_heap heap,
                               uint64_t timeout_ms,
                               struct gc_cycle_report *out);

// Runs all destructors, finalizers and cleanups that are due on this thread; `out`, which may be NULL, is how many.
// Outside of mutations and callbacks, on any thread.
//
// # Safety
//
// `out` is NULL or may be written.
enum gc_status gc_heap_run_pending(struct gc_heap heap,
                                   uint64_t *out);

// Waits until no destructor, finalizer or cleanup is due or running, but, if `timeout_ms` is not zero, no longer than
// that; `GC_TIMED_OUT` then. Outside of mutations and callbacks, on any thread.
enum gc_status gc_heap_wait_for_pending(struct gc_heap heap,
                                        uint64_t timeout_ms);

// Gives memory that no object takes back to the system; `out`, which may be NULL, is how many bytes. On any thread.
//
// # Safety
//
// `out` is NULL or may be written.
enum gc_status gc_heap_trim(struct gc_heap heap,
                            size_t *out);

// Checks every invariant of the heap's memory, slowly: for tests. `GC_PANIC` if one does not hold. On any thread.
enum gc_status gc_heap_verify(struct gc_heap heap);

// Tells the heap of memory that an object owns elsewhere. Any thread may call this, inside a mutation or not.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_external_new(struct gc_heap heap, size_t bytes, struct gc_external *out);

// Changes how many bytes it stands for. On any thread, at any time.
enum gc_status gc_external_set(struct gc_external external, size_t bytes);

// The memory is gone. Once; on any thread, at any time.
enum gc_status gc_external_drop(struct gc_external external);

// Has `finalizer` called when a cycle has found the object unreachable. It gets a root of it, and may keep it. With that
// it is spent. An object that is in a cycle of references is never finalized, nor freed: prefer cleanups and destructors.
//
// `release`, unless it is NULL, is called with `argument` when the heap does not need it any more: after the finalizer, or
// when that was cleared, or the heap has ended. If this function returns an error the argument stays the program's;
// `GC_ALREADY_SET` if the object has a finalizer. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `finalizer` and `release` may be called with `argument`, on any thread.
enum gc_status gc_finalizer_set(struct gc_mutator mutator,
                                void *object,
                                gc_finalizer finalizer,
                                void *argument,
                                gc_callback release);

// Clears the finalizer of an object; `out`, which may be NULL, is whether it had one that was not due. `mutator` must be
// inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL or may be written.
enum gc_status gc_finalizer_clear(struct gc_mutator mutator,
                                  void *object,
                                  bool *out);

// Makes a heap, which lives until `gc_heap_close`. `options` may be NULL. Any thread may call this.
//
// # Safety
//
// `options` is NULL or valid, and so is the name in it; `out` is NULL, which is an error, or may be written.
enum gc_status gc_heap_new(const struct gc_heap_options *options, struct gc_heap *out);

// Ends a heap: its destructors run, all memory is given back, and the handle is none any more. Finalizers and cleanups do
// not run; their arguments are released. Roots and weak pointers of the heap can still be dropped, and nothing else.
//
// `GC_BUSY` if a thread is attached to the heap, or an object is pinned; `GC_INSIDE` if the calling thread is inside a
// mutation of any heap. Else any thread may call this, once. In a process that was forked off, and lacks threads of the
// heap's, nothing runs, and the memory is given back with the process.
enum gc_status gc_heap_close(struct gc_heap heap);

// Has `cleanup` called with `argument` after the object's end. The argument must not keep the object, by a root; it is not
// passed. An object may have any number of cleanups, which are called in this order.
//
// `release`, unless it is NULL, is called with `argument` when the heap does not need it any more: after the cleanup, or
// when that was stopped, or the heap has ended. If this function returns an error the argument stays the program's. `out`
// may be NULL if it is not to be stopped. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `cleanup` and `release` may be called with `argument`, on any thread; `out` is NULL or may be written.
enum gc_status gc_cleanup_add(struct gc_mutator mutator,
                              void *object,
                              gc_callback cleanup,
                              void *argument,
                              gc_callback release,
                              struct gc_cleanup *out);

// Takes a cleanup back, if it is not due; `out`, which may be NULL, is whether it was not: then it does not run any more.
// Ends the handle. On any thread.
//
// # Safety
//
// `out` is NULL or may be written.
enum gc_status gc_cleanup_stop(struct gc_cleanup cleanup,
                               bool *out);

// Ends the handle of a cleanup, which runs as ever. Once; on any thread.
enum gc_status gc_cleanup_forget(struct gc_cleanup cleanup);

// Runs a full cycle: all that is unreachable now is freed. Destructors run on this thread before it returns, finalizers
// and cleanups later, on a thread of the heap's own. Waits until all threads have left their mutations of the heap, but,
// if `timeout_ms` is not zero, no longer than that; `GC_TIMED_OUT` then, and the cycle runs later.
//
// Any thread may call this that is inside no mutation, and runs no destructor. `out` may be NULL.
//
// # Safety
//
// `out` is NULL or may be written.
enum gc_status gc_heap_collect(struct gc_heap heap,
                               uint64_t timeout_ms,
                               struct gc_cycle_report *out);

// Runs all destructors, finalizers and cleanups that are due on this thread; `out`, which may be NULL, is how many.
// Outside of mutations and callbacks, on any thread.
//
// # Safety
//
// `out` is NULL or may be written.
enum gc_status gc_heap_run_pending(struct gc_heap heap,
                                   uint64_t *out);

// Waits until no destructor, finalizer or cleanup is due or running, but, if `timeout_ms` is not zero, no longer than
// that; `GC_TIMED_OUT` then. Outside of mutations and callbacks, on any thread.
enum gc_status gc_heap_wait_for_pending(struct gc_heap heap,
                                        uint64_t timeout_ms);

// Gives memory that no object takes back to the system; `out`, which may be NULL, is how many bytes. On any thread.
//
// # Safety
//
// `out` is NULL or may be written.
enum gc_status gc_heap_trim(struct gc_heap heap,
                            size_t *out);

// Checks every invariant of the heap's memory, slowly: for tests. `GC_PANIC` if one does not hold. On any thread.
enum gc_status gc_heap_verify(struct gc_heap heap);

// Tells the heap of memory that an object owns elsewhere. Any thread may call this, inside a mutation or not.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_external_new(struct gc_heap heap, size_t bytes, struct gc_external *out);

// Changes how many bytes it stands for. On any thread, at any time.
enum gc_status gc_external_set(struct gc_external external, size_t bytes);

// The memory is gone. Once; on any thread, at any time.
enum gc_status gc_external_drop(struct gc_external external);

// Has `finalizer` called when a cycle has found the object unreachable. It gets a root of it, and may keep it. With that
// it is spent. An object that is in a cycle of references is never finalized, nor freed: prefer cleanups and destructors.
//
// `release`, unless it is NULL, is called with `argument` when the heap does not need it any more: after the finalizer, or
// when that was cleared, or the heap has ended. If this function returns an error the argument stays the program's;
// `GC_ALREADY_SET` if the object has a finalizer. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `finalizer` and `release` may be called with `argument`, on any thread.
enum gc_status gc_finalizer_set(struct gc_mutator mutator,
                                void *object,
                                gc_finalizer finalizer,
                                void *argument,
                                gc_callback release);

// Clears the finalizer of an object; `out`, which may be NULL, is whether it had one that was not due. `mutator` must be
// inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL or may be written.
enum gc_status gc_finalizer_clear(struct gc_mutator mutator,
                                  void *object,
                                  bool *out);

// Makes a heap, which lives until `gc_heap_close`. `options` may be NULL. Any thread may call this.
//
// # Safety
//
// `options` is NULL or valid, and so is the name in it; `out` is NULL, which is an error, or may be written.
enum gc_status gc_heap_new(const struct gc_heap_options *options, struct gc_heap *out);

// Ends a heap: its destructors run, all memory is given back, and the handle is none any more. Finalizers and cleanups do
// not run; their arguments are released. Roots and weak pointers of the heap can still be dropped, and nothing else.
//
// `GC_BUSY` if a thread is attached to the heap, or an object is pinned; `GC_INSIDE` if the calling thread is inside a
// mutation of any heap. Else any thread may call this, once. In a process that was forked off, and lacks threads of the
// heap's, nothing runs, and the memory is given back with the process.
enum gc_status gc_heap_close(struct gc_heap heap);

// Attaches the calling thread to a heap, until `gc_detach`, or the end of the thread. A thread may attach any number of
// times. As long as one is attached the heap cannot be closed.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_attach(struct gc_heap heap,
                         struct gc_mutator *out);

// Ends a mutator, outside of its mutations. On its thread.
enum gc_status gc_detach(struct gc_mutator mutator);

// Enters a mutation: from now on the thread may make, read and change objects of the heap, and no collection takes effect.
// So keep mutations short. Mutations may be nested, also those of several heaps, and are left in the opposite order. On
// the mutator's thread. Waits while a collection marks.
enum gc_status gc_enter(struct gc_mutator mutator);

// Leaves the mutation that was entered last. From the outermost one on pointers to objects of the heap are not valid any
// more; a cycle may run before the function returns. On the mutator's thread.
enum gc_status gc_leave(struct gc_mutator mutator);

// Whether a collection waits for this thread to leave its mutation, or will soon: long loops ask from time to time, leave
// and enter again. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_should_leave(struct gc_mutator mutator,
                               bool *out);

// Makes an object of a type, with `length` elements, which is zero if the type has none. All its bytes are zero: its
// pointers are NULL.
//
// The pointer is valid until the thread has left all mutations of the heap; beyond that the object lives as long as a
// root, a pin or another object leads to it, and its address stays the same. Allocating never runs a collection.
// `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_alloc(struct gc_mutator mutator,
                        struct gc_type object_type,
                        size_t length,
                        void **out);

// Whether a pointer is the start of an object of the mutator's heap that is alive: `GC_OK`, or why not. All functions
// that are given one check that themselves. `mutator` must be inside a mutation, on its thread.
enum gc_status gc_object_check(struct gc_mutator mutator,
                               void *object);

// How many bytes from an object's start the program may use. Of a type with a destructor, or with pointers in its
// elements, that is what was asked for; of others it may be more. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_object_size(struct gc_mutator mutator,
                              void *object,
                              size_t *out);

// Makes a type. It needs no heap, and is never ended; equal descriptions give the same type. Make each type once: what
// a type takes is never given back. Any thread may call this.
//
// # Safety
//
// `options` and `out` are NULL, which is an error, or valid; so are the masks.
enum gc_status gc_type_new(const struct gc_type_options *options,
                           struct gc_type *out);

// Pins an object; any number of times. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_pin_new(struct gc_mutator mutator, void *object, struct gc_pin *out);

// The address of a pinned object: its bytes, but for its pointers, may be used as long as the pin has not ended, inside
// and outside of mutations. On any thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_pin_address(struct gc_pin pin,
                              void **out);

// Ends a pin. Once; on any thread, at any time.
enum gc_status gc_pin_drop(struct gc_pin pin);

// Makes a root of an object. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_root_new(struct gc_mutator mutator, void *object, struct gc_root *out);

// Makes another root of the same object, outside or inside of mutations.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_root_clone(struct gc_root root, struct gc_root *out);

// The object of a root; valid as one that was just made. `mutator` must be of the root's heap, and inside a mutation, on
// its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_root_get(struct gc_mutator mutator,
                           struct gc_root root,
                           void **out);

// Ends a root. Once; on any thread, at any time.
enum gc_status gc_root_drop(struct gc_root root);

// Reads the counters of a heap. Any thread may call this, also inside a mutation.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_heap_stats(struct gc_heap heap, struct gc_heap_report *out);

// The text of the last error that a function has returned on this thread; empty if there was none. It is valid until
// the next error on this thread, or its end. Never NULL. Any thread may call this, at any time.
const char *gc_last_error_message(void);

// Makes a weak pointer to an object. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_weak_new(struct gc_mutator mutator, void *object, struct gc_weak *out);

// Makes another weak pointer to the same object, dead or alive.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_weak_clone(struct gc_weak weak, struct gc_weak *out);

// The object of a weak pointer, valid as one that was just made; NULL if a cycle has found it unreachable, whether or not
// a finalizer has kept it. `mutator` must be of the same heap, and inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_weak_get(struct gc_mutator mutator,
                           struct gc_weak weak,
                           void **out);

// Ends a weak pointer. Once; on any thread, at any time.
enum gc_status gc_weak_drop(struct gc_weak weak);

// Reads the pointer at `offset` bytes of an object: NULL, or an object, valid as one that was just made. What its writer
// did before, on whichever thread, is seen. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_get(struct gc_mutator mutator,
                      void *object,
                      size_t offset,
                      void **out);

// Stores a pointer at `offset` bytes of an object: NULL, or an object of the same heap. Any number of threads may do so at
// the same time. `mutator` must be inside a mutation, on its thread.
enum gc_status gc_set(struct gc_mutator mutator,
                      void *object,
                      size_t offset,
                      void *value);

// Stores `value` at `offset` bytes of an object if `expected` is there. `found` is what was there: `expected` exactly if
// `value` was stored. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `found` is NULL, which is an error, or may be written.
enum gc_status gc_compare_exchange(struct gc_mutator mutator,
                                   void *object,
                                   size_t offset,
                                   void *expected,
                                   void *value,
                                   void **found);

// Attaches the calling thread to a heap, until `gc_detach`, or the end of the thread. A thread may attach any number of
// times. As long as one is attached the heap cannot be closed.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_attach(struct gc_heap heap,
                         struct gc_mutator *out);

// Ends a mutator, outside of its mutations. On its thread.
enum gc_status gc_detach(struct gc_mutator mutator);

// Enters a mutation: from now on the thread may make, read and change objects of the heap, and no collection takes effect.
// So keep mutations short. Mutations may be nested, also those of several heaps, and are left in the opposite order. On
// the mutator's thread. Waits while a collection marks.
enum gc_status gc_enter(struct gc_mutator mutator);

// Leaves the mutation that was entered last. From the outermost one on pointers to objects of the heap are not valid any
// more; a cycle may run before the function returns. On the mutator's thread.
enum gc_status gc_leave(struct gc_mutator mutator);

// Whether a collection waits for this thread to leave its mutation, or will soon: long loops ask from time to time, leave
// and enter again. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_should_leave(struct gc_mutator mutator,
                               bool *out);

// Makes an object of a type, with `length` elements, which is zero if the type has none. All its bytes are zero: its
// pointers are NULL.
//
// The pointer is valid until the thread has left all mutations of the heap; beyond that the object lives as long as a
// root, a pin or another object leads to it, and its address stays the same. Allocating never runs a collection.
// `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_alloc(struct gc_mutator mutator,
                        struct gc_type object_type,
                        size_t length,
                        void **out);

// Whether a pointer is the start of an object of the mutator's heap that is alive: `GC_OK`, or why not. All functions
// that are given one check that themselves. `mutator` must be inside a mutation, on its thread.
enum gc_status gc_object_check(struct gc_mutator mutator,
                               void *object);

// How many bytes from an object's start the program may use. Of a type with a destructor, or with pointers in its
// elements, that is what was asked for; of others it may be more. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_object_size(struct gc_mutator mutator,
                              void *object,
                              size_t *out);

// Makes a type. It needs no heap, and is never ended; equal descriptions give the same type. Make each type once: what
// a type takes is never given back. Any thread may call this.
//
// # Safety
//
// `options` and `out` are NULL, which is an error, or valid; so are the masks.
enum gc_status gc_type_new(const struct gc_type_options *options,
                           struct gc_type *out);

// Pins an object; any number of times. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_pin_new(struct gc_mutator mutator, void *object, struct gc_pin *out);

// The address of a pinned object: its bytes, but for its pointers, may be used as long as the pin has not ended, inside
// and outside of mutations. On any thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_pin_address(struct gc_pin pin,
                              void **out);

// Ends a pin. Once; on any thread, at any time.
enum gc_status gc_pin_drop(struct gc_pin pin);

// Makes a root of an object. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_root_new(struct gc_mutator mutator, void *object, struct gc_root *out);

// Makes another root of the same object, outside or inside of mutations.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_root_clone(struct gc_root root, struct gc_root *out);

// The object of a root; valid as one that was just made. `mutator` must be of the root's heap, and inside a mutation, on
// its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_root_get(struct gc_mutator mutator,
                           struct gc_root root,
                           void **out);

// Ends a root. Once; on any thread, at any time.
enum gc_status gc_root_drop(struct gc_root root);

// Reads the counters of a heap. Any thread may call this, also inside a mutation.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_heap_stats(struct gc_heap heap, struct gc_heap_report *out);

// The text of the last error that a function has returned on this thread; empty if there was none. It is valid until
// the next error on this thread, or its end. Never NULL. Any thread may call this, at any time.
const char *gc_last_error_message(void);

// Makes a weak pointer to an object. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_weak_new(struct gc_mutator mutator, void *object, struct gc_weak *out);

// Makes another weak pointer to the same object, dead or alive.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_weak_clone(struct gc_weak weak, struct gc_weak *out);

// The object of a weak pointer, valid as one that was just made; NULL if a cycle has found it unreachable, whether or not
// a finalizer has kept it. `mutator` must be of the same heap, and inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_weak_get(struct gc_mutator mutator,
                           struct gc_weak weak,
                           void **out);

// Ends a weak pointer. Once; on any thread, at any time.
enum gc_status gc_weak_drop(struct gc_weak weak);

// Reads the pointer at `offset` bytes of an object: NULL, or an object, valid as one that was just made. What its writer
// did before, on whichever thread, is seen. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `out` is NULL, which is an error, or may be written.
enum gc_status gc_get(struct gc_mutator mutator,
                      void *object,
                      size_t offset,
                      void **out);

// Stores a pointer at `offset` bytes of an object: NULL, or an object of the same heap. Any number of threads may do so at
// the same time. `mutator` must be inside a mutation, on its thread.
enum gc_status gc_set(struct gc_mutator mutator,
                      void *object,
                      size_t offset,
                      void *value);

// Stores `value` at `offset` bytes of an object if `expected` is there. `found` is what was there: `expected` exactly if
// `value` was stored. `mutator` must be inside a mutation, on its thread.
//
// # Safety
//
// `found` is NULL, which is an error, or may be written.
enum gc_status gc_compare_exchange(struct gc_mutator mutator,
                                   void *object,
                                   size_t offset,
                                   void *expected,
                                   void *value,
                                   void **found);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* GC_H */
