/*
 * What an interpreter has in memory after its imports is copied by each fork, page table by page table, and taken
 * apart by each end of a job. What nobody needs any more is given back before; and in huge pages there is one entry
 * instead of 512, and only what a job writes to is split.
 */
#include "memory.h"

#include "arenas.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1 */
#endif

enum { LINE_BYTES = 512, MOST_PAGES = 512 };
enum { LARGE_BYTES = 64 << 10, SMALL_BYTES = 4 << 10, STEP_BYTES = 16, MOST_FREE_BYTES = 4 << 20 };

static const unsigned long huge_bytes = 2u << 20;

/* Memory of its own that was written to: no file, and readable and writable. */
static bool is_own(const char *access, const char *name)
{
    return strcmp(access, "rw-p") == 0 && (name[0] == 0 || strcmp(name, "[heap]") == 0);
}

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

static void collapse(void)
{
    char line[LINE_BYTES];
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        char access[5], name[LINE_BYTES] = "";
        if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %511s", &from, &to, access, name) < 3 || !is_own(access, name))
            continue;
        from = (from + huge_bytes - 1) & ~(huge_bytes - 1);
        for (; from + huge_bytes <= to; from += huge_bytes)
            if (is_dense(from))
                madvise((void *)from, huge_bytes, MADV_COLLAPSE); /* where it cannot be done, nothing is lost */
    }
    if (maps != NULL)
        fclose(maps);
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
    const char *end = (const char *)sbrk(0) - mallinfo2().keepcost;
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
