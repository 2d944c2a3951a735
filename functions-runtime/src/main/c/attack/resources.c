/* Attacks on what all jobs share: memory, disk, processes, time. Each takes a stated amount, more than its limit and no
 * danger to a machine, holds it for a moment, and succeeds if nobody minds. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Long enough for whoever looks now and then. */
enum { HOLD_MS = 1000, CROWD_MS = 300, PIECE_BYTES = 1 << 20, MOST_CHILDREN = 64, MOST_SEGMENTS = 256 };

static char piece[PIECE_BYTES];

static struct verdict hold(const char *seen)
{
    sleep_ms(HOLD_MS);
    return succeeded(seen);
}

static struct verdict touch_memory(int flags, long mebibytes)
{
    for (long taken = 0; taken < mebibytes; taken++) {
        char *memory = mmap(NULL, PIECE_BYTES, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            return blocked("mmap");
        memset(memory, 'x', PIECE_BYTES);
    }
    return hold("it has the memory");
}

static struct verdict take_memory(char **mebibytes)
{
    return touch_memory(MAP_PRIVATE, number(mebibytes[0]));
}

static struct verdict take_shared_memory(char **mebibytes)
{
    return touch_memory(MAP_SHARED, number(mebibytes[0]));
}

static int fill(int file, long mebibytes)
{
    for (long written = 0; written < mebibytes; written++)
        if (write(file, piece, PIECE_BYTES) != PIECE_BYTES)
            return -1;
    return 0;
}

/* In no process's address space, so that nobody who adds those up sees it. */
static struct verdict take_nameless_files(char **mebibytes)
{
    for (long taken = 0; taken < number(mebibytes[0]); taken += 16) {
        long file = syscall(SYS_memfd_create, "attack", 0);
        if (file < 0)
            return blocked("memfd_create");
        if (fill((int)file, 16) != 0)
            return blocked("write");
    }
    return hold("it has the memory");
}

/* Attached by nobody while they are full. */
static struct verdict take_segments(char **mebibytes)
{
    int segments[MOST_SEGMENTS];
    long taken = 0, wanted = number(mebibytes[0]);
    for (; taken < wanted && taken < MOST_SEGMENTS; taken++) {
        segments[taken] = shmget(IPC_PRIVATE, PIECE_BYTES, IPC_CREAT | 0600);
        char *memory = segments[taken] < 0 ? (void *)-1 : shmat(segments[taken], NULL, 0);
        if (memory == (void *)-1)
            break;
        memset(memory, 'x', PIECE_BYTES);
        shmdt(memory);
    }
    struct verdict verdict = taken < wanted ? blocked("shmget") : hold("it has the memory");
    while (taken-- > 0)
        shmctl(segments[taken], IPC_RMID, NULL);
    return verdict;
}

static struct verdict fill_disk(char **arguments)
{
    char path[300];
    snprintf(path, sizeof path, "%s/attack.fill", arguments[0]);
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    if (file < 0)
        return blocked(path);
    struct verdict filled = fill(file, number(arguments[1])) != 0 ? blocked("write") : succeeded("it is on the disk");
    if (filled.outcome == SUCCEEDED)
        unlink(path);
    return filled;
}

static struct verdict make_files(char **arguments)
{
    char path[300];
    for (long made = 0; made < number(arguments[1]); made++) {
        snprintf(path, sizeof path, "%s/attack.%ld", arguments[0], made);
        if (mknod(path, S_IFREG | 0600, 0) != 0)
            return blocked("mknod");
    }
    return succeeded("they are there");
}

static struct verdict make_huge_file(char **arguments)
{
    signal(SIGXFSZ, SIG_IGN);
    int file = open("attack.huge", O_WRONLY | O_CREAT, 0600);
    struct verdict made = of_call(ftruncate(file, (off_t)number(arguments[0]) << 20), "ftruncate");
    unlink("attack.huge");
    return made;
}

static struct verdict fork_many(char **count)
{
    pid_t children[MOST_CHILDREN];
    long made = 0, wanted = number(count[0]);
    while (made < wanted && made < MOST_CHILDREN) {
        pid_t child = fork();
        if (child == 0) {
            pause();
            _exit(0);
        }
        if (child < 0)
            break;
        children[made++] = child;
    }
    struct verdict verdict = made == wanted ? succeeded("they all run") : blocked("fork");
    sleep_ms(CROWD_MS);
    for (long index = 0; index < made; index++)
        kill(children[index], SIGKILL);
    while (wait(NULL) > 0)
        ;
    return verdict;
}

static void *idle(void *unused)
{
    (void)unused;
    pause();
    return NULL;
}

static struct verdict start_threads(char **count)
{
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 << 10);
    for (long made = 0; made < number(count[0]); made++) {
        int error = pthread_create(&thread, &small, idle, NULL);
        if (error != 0) {
            sleep_ms(CROWD_MS);
            return blocked_by(error, "pthread_create");
        }
    }
    return succeeded("they all run");
}

static void burn(long ms)
{
    struct timespec used;
    do
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < ms);
}

/* Each child stays below any limit for one process. */
static struct verdict burn_in_children(char **arguments)
{
    for (long made = 0; made < number(arguments[0]); made++) {
        pid_t child = fork();
        if (child == 0) {
            burn(number(arguments[1]));
            _exit(0);
        }
        if (child < 0)
            return blocked("fork");
    }
    while (wait(NULL) > 0)
        ;
    return succeeded("it has burnt the time");
}

static struct verdict ignore_signals(char **ms)
{
    for (int number = 1; number < 32; number++)
        signal(number, SIG_IGN);
    kill(getpid(), SIGTERM);
    kill(getpid(), SIGXCPU);
    sleep_ms(number(ms[0]));
    return succeeded("it outlasted the time");
}

/* The child wakes it up again. */
static struct verdict stop_itself(char **ms)
{
    pid_t child = fork();
    if (child == 0) {
        sleep_ms(number(ms[0]));
        kill(getppid(), SIGCONT);
        _exit(0);
    }
    kill(getpid(), SIGSTOP);
    return child < 0 ? blocked("fork") : succeeded("it outlasted the time");
}

static struct verdict open_many(char **count)
{
    for (long opened = 0; opened < number(count[0]); opened++)
        if (open("/", O_RDONLY | O_DIRECTORY) < 0)
            return blocked("open");
    return succeeded("they are open");
}

static struct verdict flood_output(char **arguments)
{
    int stream = (int)number(arguments[0]);
    return fill(stream, number(arguments[1])) != 0 ? blocked("write") : succeeded("it was all taken");
}

static struct verdict raise_limit(char **arguments)
{
    struct rlimit limit;
    int resource = (int)number(arguments[0]);
    rlim_t wanted = (rlim_t)number(arguments[1]);
    if (getrlimit(resource, &limit) != 0)
        return blocked("getrlimit");
    limit.rlim_cur = wanted;
    limit.rlim_max = limit.rlim_max < wanted ? wanted : limit.rlim_max;
    return of_call(setrlimit(resource, &limit), "setrlimit");
}

static struct verdict lock_memory(char **mebibytes)
{
    size_t bytes = (size_t)number(mebibytes[0]) << 20;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return blocked("mmap");
    return of_call(mlock(memory, bytes), "mlock");
}

const struct attack resource_attacks[] = {
    {"take-memory", 1, take_memory},
    {"take-shared-memory", 1, take_shared_memory},
    {"take-nameless-files", 1, take_nameless_files},
    {"take-segments", 1, take_segments},
    {"fill-disk", 2, fill_disk},
    {"make-files", 2, make_files},
    {"make-huge-file", 1, make_huge_file},
    {"fork-many", 1, fork_many},
    {"start-threads", 1, start_threads},
    {"burn-in-children", 2, burn_in_children},
    {"ignore-signals", 1, ignore_signals},
    {"stop-itself", 1, stop_itself},
    {"open-many", 1, open_many},
    {"flood-output", 2, flood_output},
    {"raise-limit", 2, raise_limit},
    {"lock-memory", 1, lock_memory},
    {0},
};
