/*
 * What an interpreter has in memory after its imports is copied by each fork, page table by page table, and taken
 * apart by each end of a job. What nobody needs any more is given back before; and in huge pages there is one entry
 * instead of 512, and only what a job writes to is split.
 */
#include "memory.h"

#include "arenas.h"
#include "mappings.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1 */
#endif

enum { MOST_PAGES = 512 };
enum { LARGE_BYTES = 64 << 10, SMALL_BYTES = 4 << 10, STEP_BYTES = 16, MOST_FREE_BYTES = 4 << 20 };

static const unsigned long huge_bytes = 2u << 20;

/* Most of it is there already: what is not would be as well. */
static bool is_dense(unsigned long from)
{
    unsigned char pages[MOST_PAGES];
    size_t count = huge_bytes / (unsigned long)sysconf(_SC_PAGESIZE), present = 0;
    if (count > MOST_PAGES || mincore((void *)from, huge_bytes, pages) != 0)
        return false;
    for (size_t i = 0; i < count; i++)
        present += pages[i] & 1;
    return present > count / 4 * 3;
}

/* Memory of its own that was written to: no file, and readable and writable. */
static bool is_own(const struct mapping *mapping)
{
    return strcmp(mapping->access, "rw-p") == 0 && (mapping->name[0] == 0 || strcmp(mapping->name, "[heap]") == 0);
}

/* What a file says, and nobody may change. */
static bool is_read(const struct mapping *mapping)
{
    bool is_fixed = strcmp(mapping->access, "r-xp") == 0 || strcmp(mapping->access, "r--p") == 0;
    return is_fixed && mapping->name[0] == '/';
}

static void collapse(void)
{
    struct mapping mapping;
    FILE *maps = fopen("/proc/self/maps", "re");
    while (next_mapping(maps, &mapping)) {
        unsigned long from = (mapping.from + huge_bytes - 1) & ~(huge_bytes - 1);
        for (; is_own(&mapping) && from + huge_bytes <= mapping.to; from += huge_bytes)
            if (is_dense(from))
                madvise((void *)from, huge_bytes, MADV_COLLAPSE); /* where it cannot be done, nothing is lost */
    }
    if (maps != NULL)
        fclose(maps);
}

/*
 * Each page of a file that a job gets to it would look up again, sixteen at a time, since a fork leaves out what can be
 * looked up. But not where one page is not the file's any more; so one is written to, with what is there.
 */
void memory_hand_down_programs(void)
{
    struct mapping mapping;
    FILE *maps = fopen("/proc/self/maps", "re");
    int memory = open("/proc/self/mem", O_WRONLY | O_CLOEXEC);
    while (next_mapping(maps, &mapping))
        if (is_read(&mapping) && pwrite(memory, (void *)mapping.from, 1, (off_t)mapping.from) != 1)
            break; /* where that is forbidden, nothing is lost */
    if (memory >= 0)
        close(memory);
    if (maps != NULL)
        fclose(maps);
}

/* What is free at the end of the heap, where it grows. */
static size_t free_at_end(void)
{
#if __GLIBC_PREREQ(2, 33)
    return mallinfo2().keepcost;
#else
    return (size_t)mallinfo().keepcost;
#endif
}

/* The next free piece below the end, of that many bytes or little more; or NULL. */
static void *take_piece(size_t bytes, const char *end)
{
    char *piece = malloc(bytes);
    if (piece < end)
        return piece;
    free(piece);
    return NULL;
}

/*
 * What imports have freed lies all over the heap, and each piece of it that a job takes or splits is a page or two to
 * copy. So the small ones are used up, for nothing; what a job needs it then cuts from large ones, one after the other.
 */
static void fill_heap(void)
{
    const char *end = (const char *)sbrk(0) - free_at_end();
    size_t left = MOST_FREE_BYTES;
    void **large = NULL, **piece;
    for (; (piece = take_piece(LARGE_BYTES, end)) != NULL; large = piece)
        *piece = large;
    for (size_t bytes = LARGE_BYTES; bytes > STEP_BYTES; bytes -= bytes > SMALL_BYTES ? bytes / 2 : STEP_BYTES)
        while (left > bytes && take_piece(bytes - STEP_BYTES / 2, end) != NULL)
            left -= bytes;
    for (; large != NULL; large = piece) {
        piece = *large;
        free(large);
    }
    free(take_piece(LARGE_BYTES, end)); /* now the others are in order, which would be done in each job */
}

void memory_settle(void)
{
    malloc_trim(0);
    arenas_fill();
    fill_heap();
    collapse();
}
