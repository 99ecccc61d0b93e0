#include "sampler.h"

#include <pthread.h>
#include <stdlib.h>

struct worker {
    pthread_t thread;
    struct sampler *sampler;
    struct sampler_source source;
};

struct sampler {
    sampler_on_filled *on_filled;
    sampler_on_end *on_end;
    enum sampler_end end;
    pthread_key_t key;
    size_t n_rounds;
    size_t n_workers;
    struct worker workers[];
};

static void end_with_thread(void *value) {
    struct worker *worker = value;
    worker->sampler->on_end(worker->source.user);
}

static void *work(void *argument) {
    struct worker *worker = argument;
    struct sampler *sampler = worker->sampler;
    struct sampler_source *source = &worker->source;
    int with_thread =
        sampler->end == SAMPLER_END_WITH_THREAD && pthread_setspecific(sampler->key, worker) == 0;
    for (size_t round = 0; round < sampler->n_rounds; round++) {
        for (size_t i = 0; i < source->n_bytes; i++)
            source->buffer[i] = (unsigned char)(round + i);
        sampler->on_filled(source->user, round);
    }
    if (!with_thread)
        sampler->on_end(source->user);
    return NULL;
}

static void end_rest(const struct sampler_source *sources, size_t from, size_t n_sources, sampler_on_end *on_end) {
    for (size_t i = from; i < n_sources; i++)
        on_end(sources[i].user);
}

struct sampler *sampler_start(const struct sampler_source *sources, size_t n_sources, size_t n_rounds,
                              sampler_on_filled *on_filled, sampler_on_end *on_end, enum sampler_end end) {
    struct sampler *sampler = malloc(sizeof *sampler + n_sources * sizeof sampler->workers[0]);
    if (sampler == NULL || pthread_key_create(&sampler->key, end_with_thread) != 0) {
        free(sampler);
        end_rest(sources, 0, n_sources, on_end);
        return NULL;
    }
    sampler->on_filled = on_filled;
    sampler->on_end = on_end;
    sampler->end = end;
    sampler->n_rounds = n_rounds;
    for (sampler->n_workers = 0; sampler->n_workers < n_sources; sampler->n_workers++) {
        struct worker *worker = &sampler->workers[sampler->n_workers];
        worker->sampler = sampler;
        worker->source = sources[sampler->n_workers];
        if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
            size_t n_started = sampler->n_workers;
            sampler_join(sampler);
            end_rest(sources, n_started, n_sources, on_end);
            return NULL;
        }
    }
    return sampler;
}

void sampler_join(struct sampler *sampler) {
    for (size_t i = 0; i < sampler->n_workers; i++)
        pthread_join(sampler->workers[i].thread, NULL);
    pthread_key_delete(sampler->key);
    free(sampler);
}
