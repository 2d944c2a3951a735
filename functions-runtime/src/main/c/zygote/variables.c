/*
 * Jobs whose variables differ can be forked from one zygote when its imports have not looked at those. Libraries ask
 * the C library, and so they ask this one, which is preloaded. It takes down names from the start of the interpreter
 * until its imports are done. Who walks through the variables itself is not seen: see OF_LIBRARIES in ZygoteKind.java.
 */
#include "variables.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

enum { MOST_NAMES = 512, MOST_BYTES = 8 * 1024 };

static char *names[MOST_NAMES + 1];
static char text[MOST_BYTES];
static size_t count, used;
static bool are_too_many, is_over;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool is_known(const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void keep(const char *name)
{
    size_t bytes = strlen(name) + 1;
    are_too_many = are_too_many || count == MOST_NAMES || bytes > MOST_BYTES - used;
    if (are_too_many)
        return;
    names[count++] = memcpy(text + used, name, bytes);
    used += bytes;
}

/* An import may have threads. */
static void take_down(const char *name)
{
    if (is_over)
        return;
    pthread_mutex_lock(&lock);
    if (!is_known(name))
        keep(name);
    pthread_mutex_unlock(&lock);
}

char **variables_looked_at(void)
{
    static char *all[] = {"*", NULL};
    is_over = true;
    return are_too_many ? all : names;
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
    take_down(name);
    return original(name);
}

EXPORTED char *secure_getenv(const char *name)
{
    static look *original;
    if (original == NULL)
        original = next("secure_getenv");
    take_down(name);
    return original(name);
}
