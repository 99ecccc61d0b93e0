/* A small C library of the kind that starts threads of its own and calls back: for sound, sensors, packets.
 *
 * Each source has a thread, which fills the source's buffer again and again, tells of it each time, and ends. */
#ifndef SAMPLER_H
#define SAMPLER_H

#include <stddef.h>

struct sampler;

/* What a thread fills, and the word that its calls are given. A buffer may be empty. */
struct sampler_source {
    void *user;
    unsigned char *buffer;
    size_t n_bytes;
};

/* Called on a thread of the library when it has filled the buffer for the `round`th time, from 0. */
typedef void sampler_on_filled(void *user, size_t round);

/* Called once for each source, by its thread, when nothing else will be called with `user`. */
typedef void sampler_on_end(void *user);

/* When a thread makes its last call. */
enum sampler_end {
    /* After the last round. */
    SAMPLER_END_IN_THREAD = 0,
    /* While the thread ends, as the destructor of a value that belongs to it (pthread_key_create). By then the
     * thread-locals of other languages have been destroyed. */
    SAMPLER_END_WITH_THREAD = 1,
};

/* Starts a thread for each source. NULL if there is no memory, or a thread could not be started: then all threads have
 * ended, and `on_end` was called for those sources, too, that had none. */
struct sampler *sampler_start(const struct sampler_source *sources, size_t n_sources, size_t n_rounds,
                              sampler_on_filled *on_filled, sampler_on_end *on_end, enum sampler_end end);

/* Waits until all threads have ended. */
void sampler_join(struct sampler *sampler);

#endif
