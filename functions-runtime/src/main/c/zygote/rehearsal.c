/*
 * A job shares each page of memory with the zygote until it writes to it, and then waits for a fault and a copy: with
 * large packages hundreds of times, since Python counts references in whatever it looks at. Which pages these are is
 * for the most part the same for all jobs. So the zygote has a process run once what jobs commonly do (rehearsal.py),
 * and takes down which pages it had copied. Each job's process then has them copied by a few calls, while it waits.
 *
 * Nothing is learnt from jobs: by how long its own writes take, one could tell what those before it have done.
 *
 * Where the kernel does not tell or cannot copy ahead (before Linux 5.14), or the rehearsal fails, jobs are as they
 * were.
 */
#include "rehearsal.h"

#include "../linux_calls.h"
#include "../protocol.h"
#include "../sandbox.h"
#include "mappings.h"
#include "python.h"
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

enum {
    MOST_BYTES = 5 << 20, /* which Java counts for each that waits */
    MOST_RUNS = MOST_BYTES >> 12,
    LOOKED_AT = 512, /* pages at a time */
    PATIENCE_MS = 5000,
};

/* Of the file pagemap, see the kernel's documentation of it. */
static const uint64_t present_alone = UINT64_C(1) << 63 | UINT64_C(1) << 56, of_file = UINT64_C(1) << 61;

struct run {
    unsigned long from, bytes;
};

static struct run runs[MOST_RUNS];
static size_t run_count;

static bool take_down_page(unsigned long from, unsigned long bytes)
{
    struct run *last = run_count > 0 ? &runs[run_count - 1] : NULL;
    if (last != NULL && last->from + last->bytes == from) {
        last->bytes += bytes;
        return true;
    }
    if (run_count == MOST_RUNS)
        return false;
    runs[run_count++] = (struct run){from, bytes};
    return true;
}

/* False when there are more than enough. */
static bool take_down_mapping(int pagemap, const struct mapping *mapping, unsigned long *bytes)
{
    static uint64_t entries[LOOKED_AT];
    unsigned long page_bytes = (unsigned long)sysconf(_SC_PAGESIZE), from = mapping->from;
    while (from < mapping->to) {
        unsigned long left = (mapping->to - from) / page_bytes;
        size_t count = left < LOOKED_AT ? left : LOOKED_AT;
        off_t place = (off_t)(from / page_bytes * sizeof entries[0]);
        if (pread(pagemap, entries, count * sizeof entries[0], place) != (ssize_t)(count * sizeof entries[0]))
            return false;
        for (size_t i = 0; i < count; i++, from += page_bytes)
            if ((entries[i] & (present_alone | of_file)) == present_alone
                && ((*bytes += page_bytes) > MOST_BYTES || !take_down_page(from, page_bytes)))
                return false;
    }
    return true;
}

/* What is of no file and nobody else has in memory any more is what this process has written to since it was forked. */
static void take_down(void)
{
    struct mapping mapping;
    unsigned long bytes = 0;
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    FILE *maps = fopen("/proc/self/maps", "re");
    while (pagemap >= 0 && next_mapping(maps, &mapping))
        if (strcmp(mapping.access, "rw-p") == 0 && !take_down_mapping(pagemap, &mapping, &bytes))
            break;
}

/* As jobs do: what packages do to the group of their processes is not for the zygote, nor a shortage of memory. */
static bool stand_apart(void)
{
    return setsid() >= 0 && volunteer_for_memory_shortage(FIRST_VICTIM) && leave_streams();
}

static _Noreturn void run_through(int answer)
{
    if (!stand_apart() || dup2(answer, CONTROL_DESCRIPTOR) != CONTROL_DESCRIPTOR
        || fcntl(CONTROL_DESCRIPTOR, F_SETFD, FD_CLOEXEC) != 0 || linux_close_from(CONTROL_DESCRIPTOR + 1) != 0)
        _exit(1);
    if (python_after_fork_in_child() && python_rehearse(REHEARSAL_SCRIPT))
        take_down();
    size_t bytes = run_count * sizeof runs[0];
    _exit(write(CONTROL_DESCRIPTOR, runs, bytes) != (ssize_t)bytes);
}

/* All that is said, until there is nobody who could say more, or nobody says anything any more. */
static void hear(int answer)
{
    struct pollfd word = {.fd = answer, .events = POLLIN};
    size_t heard = 0;
    ssize_t bytes = 1;
    while (bytes > 0 && heard < sizeof runs && poll(&word, 1, PATIENCE_MS) == 1) {
        bytes = read(answer, (char *)runs + heard, sizeof runs - heard);
        heard += bytes > 0 ? (size_t)bytes : 0;
    }
    run_count = heard / sizeof runs[0];
}

static void end(pid_t child)
{
    kill(-child, SIGKILL); /* and whatever it has started, which may wait for long */
    kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* What packages do when a child has ended is for their own. */
void rehearse(void)
{
    int ends[2];
    sigset_t of_children, before;
    static const struct timespec at_once;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return;
    sigemptyset(&of_children);
    sigaddset(&of_children, SIGCHLD);
    python_before_fork();
    sigprocmask(SIG_BLOCK, &of_children, &before);
    pid_t child = fork();
    if (child == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        run_through(ends[1]);
    }
    python_after_fork_in_parent();
    close(ends[1]);
    if (child > 0) {
        hear(ends[0]);
        end(child);
        sigtimedwait(&of_children, NULL, &at_once);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(ends[0]);
}

void rehearsal_copy_ahead(void)
{
    for (size_t i = 0; i < run_count; i++)
        madvise((void *)runs[i].from, runs[i].bytes, MADV_POPULATE_WRITE); /* if not, nothing is lost */
}
