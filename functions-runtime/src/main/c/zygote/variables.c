/*
 * Jobs whose variables differ can be forked from one zygote when its imports have not looked at those. Libraries ask
 * the C library, and so they ask this one, which is preloaded. It takes down names from the start of the interpreter
 * until its imports are done. Who walks through the variables itself is not seen: see OF_LIBRARIES in ZygoteKind.java.
 */
#include "variables.h"

#include "notes.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

enum { MOST_NAMES = 512, MOST_BYTES = 8 * 1024 };

static char *names[MOST_NAMES + 1];
static char text[MOST_BYTES];
static struct notes looked_at = NOTES_IN(names, MOST_NAMES, text);

char **variables_looked_at(void)
{
    static char *all[] = {"*", NULL};
    looked_at.is_over = true;
    return looked_at.are_too_many ? all : names;
}

typedef char *look(const char *);

static look *next(const char *function)
{
    void *found = dlsym(RTLD_NEXT, function);
    look *original;
    memcpy(&original, &found, sizeof original);
    return original;
}

EXPORTED char *getenv(const char *name)
{
    static look *original;
    if (original == NULL)
        original = next("getenv");
    notes_take(&looked_at, name);
    return original(name);
}

EXPORTED char *secure_getenv(const char *name)
{
    static look *original;
    if (original == NULL)
        original = next("secure_getenv");
    notes_take(&looked_at, name);
    return original(name);
}
