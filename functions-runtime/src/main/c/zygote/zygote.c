/*
 * zygote.so: makes an interpreter that has imported packages fork the processes of jobs, each into a sandbox of its
 * own.
 *
 * Theory of operation
 * -------------------
 * The interpreter is started with this library preloaded and ZYGOTE_SCRIPT as its program. When it has initialised
 * itself and opens the script, the call lands here, and does not return. The script imports what was asked for and
 * says so, with the names of the variables that were looked at (variables.c); from then on this process waits on
 * descriptor 3 for pid 1 of the template (nursery.c), who has it copied for one slot after the other. A copy is all
 * that a zygote is, and what neither writes to is in memory once. It waits likewise for pid 1 of a sandbox (nest.c) to
 * call. For each call it forks once, and copies its memory once:
 *
 *   zygote      enters the pid namespace, which takes its children only, until this is over; stands still, as in every
 *               vfork, while the next one has its memory
 *   doorman     its vfork: enters all other namespaces of the sandbox, forks the job's process, and goes
 *   job         a copy of the zygote, the child of pid 1 since the doorman has gone
 *
 * The job's process then waits for GO, gives up everything by the same steps as one that is executed (job.c), and runs
 * its program in the interpreter that it is a copy of. The zygote never sees what a job is, nor its answer.
 */
#include "../channel.h"
#include "../linux_calls.h"
#include "../sandbox.h"
#include "arenas.h"
#include "exits.h"
#include "memory.h"
#include "places.h"
#include "python.h"
#include "rehearsal.h"
#include "streams.h"
#include "threads.h"
#include "variables.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

enum { NEST, PID_NAMESPACE, OTHER_NAMESPACES }; /* among what comes with a call */

/* Of the last copy; written by the doorman, whose memory is the zygote's. */
static volatile pid_t hatched_pid;

/* The zygote's own pid namespace. */
static int home;

static bool enter(int space)
{
    return setns(space, 0) == 0 || failed("enter namespace", "");
}

static bool enter_others(const struct message *call)
{
    for (size_t i = OTHER_NAMESPACES; i < call->descriptor_count; i++)
        if (!enter(call->descriptors[i]))
            return false;
    return true;
}

/* In who lends it memory to fork, and once more in the copy: true there. */
static bool fork_orphan(void)
{
    pid_t orphan = fork();
    if (orphan == 0)
        return true;
    if (orphan < 0)
        failed("fork", "");
    else
        hatched_pid = orphan;
    _exit(orphan < 0);
}

static bool await_end(pid_t child)
{
    int status;
    while (waitpid(child, &status, __WALL) < 0)
        if (errno != EINTR)
            return failed("await who forks", "");
    return status == 0 || failed("fork the job's process", "");
}

/* True in the new process; false in the zygote, when nobody is left between it and the sandbox. */
static bool hatch(const struct message *call)
{
    hatched_pid = 0;
    /* Entering a user namespace made our memory undumpable, and with it the doorman's files under /proc root's. */
    prctl(PR_SET_DUMPABLE, 1);
    if (!enter(call->descriptors[PID_NAMESPACE]))
        return false;
    pid_t doorman = vfork();
    if (doorman == 0) {
        if (!volunteer_for_memory_shortage(FIRST_VICTIM) || !enter_others(call))
            _exit(1);
        return fork_orphan();
    }
    if (doorman < 0)
        failed("fork the doorman", "");
    else
        await_end(doorman);
    if (!enter(home))
        _exit(1);
    return false;
}

static void answer(int nest)
{
    struct hatched hatched = {.type = MESSAGE_HATCHED, .pid = hatched_pid};
    if (hatched_pid > 0)
        channel_send(nest, &hatched, sizeof hatched, -1);
    else
        channel_tell_failure(nest, MESSAGE_FAILED, 0);
}

static _Noreturn void give_up(void)
{
    channel_tell_failure(CONTROL_DESCRIPTOR, MESSAGE_FAILED, 0);
    _exit(127);
}

static _Noreturn void live(int nest)
{
    struct message go;
    if (dup3(nest, CONTROL_DESCRIPTOR, O_CLOEXEC) != CONTROL_DESCRIPTOR
        || linux_close_from(CONTROL_DESCRIPTOR + 1) != 0)
        _exit(1);
    bool is_renewed = python_after_fork_in_child();
    rehearsal_copy_ahead();
    if (!channel_receive(CONTROL_DESCRIPTOR, &go) || go.descriptor_count != STREAMS)
        _exit(0); /* nobody has a use for this sandbox any more */
    /* What is given up, one thread gives up: another would keep the zygote's rights. */
    if (!is_renewed || !is_alone()) { /* told now: words that come with a message unread are lost */
        errno = ENOTSUP;
        failed("renew the interpreter", is_renewed ? "it has threads" : "");
        give_up();
    }
    struct launch launch = launch_of(&go);
    if (!become_forked_job(&launch))
        give_up();
    linux_close_from(CONTROL_DESCRIPTOR);
    python_run(launch_arguments(), launch_variables());
}

/*
 * True in the copy of the zygote, which serves a slot. Its parent goes at once: so pid 1 reaps it, and the zygote need
 * not.
 */
static bool split(void)
{
    pid_t between = vfork();
    if (between == 0)
        return fork_orphan();
    if (between < 0)
        failed("fork who copies the zygote", "");
    else
        await_end(between);
    return false;
}

static void settle_as_copy(int socket)
{
    struct hatched hatched = {.type = MESSAGE_HATCHED, .pid = getpid()};
    python_after_split();
    if (!leave_streams() || dup3(socket, CONTROL_DESCRIPTOR, O_CLOEXEC) != CONTROL_DESCRIPTOR
        || linux_close_from(CONTROL_DESCRIPTOR + 1) != 0
        || (home = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC)) < 0
        || !channel_send(CONTROL_DESCRIPTOR, &hatched, sizeof hatched, -1))
        _exit(1);
}

/* True in a copy. */
static bool be_two(const struct message *call)
{
    hatched_pid = 0;
    python_before_fork();
    if (split()) {
        settle_as_copy(call->descriptors[0]);
        return true;
    }
    python_after_fork_in_parent();
    if (hatched_pid == 0)
        channel_tell_failure(call->descriptors[0], MESSAGE_FAILED, 0);
    return false;
}

static void fork_job(const struct message *call)
{
    python_before_fork();
    if (hatch(call))
        live(call->descriptors[NEST]);
    python_after_fork_in_parent();
    answer(call->descriptors[NEST]);
}

/* The zygote is called for copies, and these are called for jobs. */
static _Noreturn void serve(void)
{
    struct message call;
    bool is_copy = false;
    while (channel_receive(CONTROL_DESCRIPTOR, &call)) {
        if (!is_copy && message_type(&call) == MESSAGE_SPLIT && call.descriptor_count == 1) {
            is_copy = be_two(&call);
            if (is_copy)
                continue; /* and has closed what came */
        }
        if (is_copy && message_type(&call) == MESSAGE_HATCH && call.descriptor_count == PASSED_DESCRIPTORS)
            fork_job(&call);
        for (size_t i = 0; i < call.descriptor_count; i++)
            close(call.descriptors[i]);
    }
    _exit(0);
}

/* Returns for everybody but a zygote, once. */
static FILE *open_or_serve(const char *path, FILE *opened)
{
    static bool is_serving;
    if (is_serving || opened == NULL || strcmp(path, ZYGOTE_SCRIPT) != 0)
        return opened;
    is_serving = true;
    unsetenv("LD_PRELOAD");
    exits_begin();
    arenas_gather();
    memory_hand_down_programs();
    if (!python_enter() || !python_load(opened, path) || !python_load(fopen(HATCHED_SCRIPT, "re"), HATCHED_SCRIPT))
        _exit(1);
    bool is_ready = python_prepare();
    places_settle();
    exits_settle();
    memory_settle();
    if (is_ready)
        rehearse();
    if (!python_tell(is_ready, variables_looked_at()) || !is_ready)
        _exit(1);
    serve();
}

typedef FILE *open_file(const char *, const char *);

static open_file *next(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    open_file *function;
    memcpy(&function, &found, sizeof function);
    return function;
}

EXPORTED FILE *fopen(const char *path, const char *mode)
{
    static open_file *original;
    if (original == NULL)
        original = next("fopen");
    places_note(path);
    return open_or_serve(path, original(path, mode));
}

EXPORTED FILE *fopen64(const char *path, const char *mode)
{
    static open_file *original;
    if (original == NULL)
        original = next("fopen64");
    places_note(path);
    return open_or_serve(path, original(path, mode));
}
