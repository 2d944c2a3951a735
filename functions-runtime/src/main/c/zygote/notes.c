#include "notes.h"

#include <string.h>

static bool are_known(const struct notes *notes, const char *text)
{
    for (size_t i = 0; i < notes->count; i++)
        if (strcmp(notes->all[i], text) == 0)
            return true;
    return false;
}

static void keep(struct notes *notes, const char *text)
{
    size_t bytes = strlen(text) + 1;
    notes->are_too_many =
        notes->are_too_many || notes->count == notes->most || bytes > notes->most_bytes - notes->used;
    if (notes->are_too_many)
        return;
    notes->all[notes->count++] = memcpy(notes->text + notes->used, text, bytes);
    notes->used += bytes;
}

void notes_take(struct notes *notes, const char *text)
{
    if (notes->is_over)
        return;
    pthread_mutex_lock(&notes->lock);
    if (!are_known(notes, text))
        keep(notes, text);
    pthread_mutex_unlock(&notes->lock);
}
