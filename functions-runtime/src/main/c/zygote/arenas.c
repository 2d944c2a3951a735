/*
 * The interpreter has its small objects in arenas, wherever the kernel finds room, between the libraries that imports
 * load. Side by side they can be in huge pages, of which a fork copies an entry each instead of 512.
 *
 * In an arena there are pools for objects of about one size. What imports have freed leaves holes in them, which the
 * next objects are put into: in a job each of those would copy a page, its pool's first one, and those of the two
 * pools that are its neighbours in a list. So the holes are filled, with nothing; a job begins with pools of its own.
 */
#include "arenas.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum { SMALLEST = 16, LARGEST = 512, MOST_BYTES = 4 << 20 };
enum { POOL_BYTES = 16 << 10, POOL_HEAD = 48 }; /* a pool has 4 KiB before CPython 3.10: then some more is filled */

static const size_t huge_bytes = 2u << 20;

/* More than imports need, and only to find a place below which nothing is. */
static const size_t expected_bytes = (size_t)1 << 30;

/* PyObjectArenaAllocator */
struct allocator {
    void *context;
    void *(*take)(void *, size_t);
    void (*give_back)(void *, void *, size_t);
};

static char *next;

static void *take(void *unused, size_t bytes)
{
    (void)unused;
    void *arena = mmap(next, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (arena == MAP_FAILED)
        return NULL;
    next = (char *)arena + bytes;
    return arena;
}

static void give_back(void *unused, void *arena, size_t bytes)
{
    (void)unused;
    munmap(arena, bytes);
}

static bool find(const char *name, void *into)
{
    void *found = dlsym(RTLD_DEFAULT, name);
    memcpy(into, &found, sizeof found);
    return found != NULL;
}

void arenas_gather(void)
{
    static struct allocator ours = {NULL, take, give_back};
    void (*set)(struct allocator *);
    void *room = mmap(NULL, expected_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED || !find("PyObject_SetArenaAllocator", &set))
        return;
    next = (char *)(((uintptr_t)room + huge_bytes - 1) & ~(huge_bytes - 1));
    munmap(room, expected_bytes);
    set(&ours);
}

/* Whether two in a row are the first ones of a pool that nothing was in. */
static bool are_first(const char *one, const char *other, size_t bytes)
{
    return (uintptr_t)one % POOL_BYTES == POOL_HEAD && other == one + bytes;
}

/* What has been used of the bytes, which has an end where the interpreter has been built with another allocator. */
static size_t fill(size_t bytes, void *(*allocate)(size_t), size_t most)
{
    const char *before = NULL;
    for (size_t used = 0; used < most; used += bytes) {
        const char *block = allocate(bytes);
        if (block == NULL || (before != NULL && are_first(before, block, bytes)))
            return used;
        before = block;
    }
    return most;
}

void arenas_fill(void)
{
    void *(*allocate)(size_t);
    if (!find("PyObject_Malloc", &allocate))
        return;
    size_t left = MOST_BYTES;
    for (size_t bytes = SMALLEST; bytes <= LARGEST; bytes += SMALLEST)
        left -= fill(bytes, allocate, left);
}
