/* Takes down what imports ask for, each once, in memory of its own: they may ask in the middle of an allocation. */
#ifndef SANDRUN_NOTES_H
#define SANDRUN_NOTES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct notes {
    char **all;
    size_t most;
    char *text;
    size_t most_bytes;
    size_t count, used;
    bool are_too_many, is_over;
    pthread_mutex_t lock;
};

/* In an array for so many texts, and one for their bytes: both empty. */
#define NOTES_IN(texts, most_texts, bytes) \
    { \
        .all = (texts), .most = (most_texts), .text = (bytes), .most_bytes = sizeof(bytes), \
        .lock = PTHREAD_MUTEX_INITIALIZER \
    }

/* Unless it is over. From any thread: an import may have some. */
void notes_take(struct notes *notes, const char *text);

#endif
