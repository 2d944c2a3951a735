/* Pid 1 of a sandbox: prepares it, starts the job, reaps, and takes everything with it when it goes. */
#include "channel.h"
#include "linux_calls.h"
#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { JOB_SOCKET = 3, GATE = 4, CHILDREN = 4, FIRST_FREE = 5, GO_HEADER_BYTES = 8 };

/* Where the job's process leaves word of a failed step, in memory that is pid 1's. */
static struct failure launch_failure;

static _Noreturn void give_up(void)
{
    struct failure message = failure_message(MESSAGE_FAILED, 0);
    channel_send(JOB_SOCKET, &message, sizeof message, -1);
    _exit(1);
}

/* Of all descriptors of the resident only the sandbox's own socket and the gate may stay, at fixed places. */
static void keep_only(int job_socket, int gate)
{
    int high_socket = fcntl(job_socket, F_DUPFD_CLOEXEC, FIRST_FREE);
    int high_gate = fcntl(gate, F_DUPFD_CLOEXEC, FIRST_FREE);
    if (high_socket < 0 || high_gate < 0 || dup3(high_socket, JOB_SOCKET, O_CLOEXEC) < 0
        || dup3(high_gate, GATE, O_CLOEXEC) < 0 || linux_close_from(FIRST_FREE) != 0)
        _exit(1);
}

/* SIGCHLD is blocked since the resident; a signalfd makes it an event like the others. The gate's place is free now. */
static void watch_children(void)
{
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    int events = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    if (events < 0 || (events != CHILDREN && (dup3(events, CHILDREN, O_CLOEXEC) < 0 || close(events) != 0)))
        _exit(1);
}

static uint64_t monotonic_nanos(void)
{
    struct timespec time = {0};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void await_go(struct message *message)
{
    if (!channel_receive(JOB_SOCKET, message))
        _exit(0); /* the agent has no use for this sandbox any more */
    if (message_type(message) != MESSAGE_GO || message->length < GO_HEADER_BYTES
        || message->descriptor_count != PASSED_DESCRIPTORS)
        _exit(0);
}

/*
 * As vfork does it: pid 1 stands still, and lends its memory instead of copying it, until the job is executed or has
 * failed. Nobody else is in the pid namespace yet, so nobody can look into that memory from there.
 */
static pid_t start_job(const struct message *message)
{
    struct launch launch = {
        .plan = plan_of(message->bytes + GO_HEADER_BYTES, message->length - GO_HEADER_BYTES),
        .input = message->descriptors[0],
        .output = message->descriptors[1],
        .errors = message->descriptors[2],
    };
    pid_t job = vfork();
    if (job == 0) {
        become_job(&launch);
        launch_failure = failure_message(MESSAGE_FAILED, 0);
        _exit(127);
    }
    if (job < 0) {
        failed("fork the job", "");
        give_up();
    }
    return job;
}

/*
 * Nothing that pid 1 still has to do needs a right or another descriptor. Only the far ends of the outputs stay open:
 * so they end when pid 1 does, and the agent is woken once instead of once for each.
 */
static void keep_nothing(const struct message *message)
{
    if (!drop_capabilities() || !forbid_new_privileges())
        give_up();
    close(message->descriptors[0]);
}

/* Evidence for a process limit that no control group counts. The directory is the sandbox's own /proc. */
static uint32_t count_others(void)
{
    uint32_t count = 0;
    DIR *directory = opendir("/proc");
    if (directory == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
    closedir(directory);
    return count - 1; /* pid 1 itself */
}

static _Noreturn void tell_end(int status)
{
    if (launch_failure.type != 0) {
        channel_send(JOB_SOCKET, &launch_failure, sizeof launch_failure, -1);
        _exit(0);
    }
    struct ended ended = {.type = MESSAGE_ENDED};
    if (WIFSIGNALED(status))
        ended.signal = WTERMSIG(status);
    else
        ended.code = WEXITSTATUS(status);
    if (status != 0)
        ended.others = count_others();
    channel_send(JOB_SOCKET, &ended, sizeof ended, -1);
    _exit(0);
}

static void reap_until(pid_t job)
{
    struct signalfd_siginfo drained;
    pid_t pid;
    int status;
    while (read(CHILDREN, &drained, sizeof drained) > 0)
        ;
    while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
        if (pid == job)
            tell_end(status);
}

/* The listener is in the sandbox's own network; no process of the sandbox gets it. */
static bool hand_over_door(struct plan plan)
{
    struct door message = {.type = MESSAGE_DOOR};
    int door;
    if (!open_door(plan, &door))
        return false;
    return door < 0 || channel_send(JOB_SOCKET, &message, sizeof message, door) || failed("hand over door", "");
}

_Noreturn void init_run(int job_socket, int gate, struct plan plan, bool has_network)
{
    struct message message;
    struct prepared prepared = {.type = MESSAGE_PREPARED};
    keep_only(job_socket, gate);
    int shared = prepare(GATE, plan, has_network);
    if (shared < 0 || !hand_over_door(plan))
        give_up();
    prepared.nanos = monotonic_nanos();
    if (!channel_send(JOB_SOCKET, &prepared, sizeof prepared, shared))
        _exit(1);
    linux_close_from(GATE); /* the trees that were bound, and the directory that Java has now */
    watch_children();
    await_go(&message);
    pid_t job = start_job(&message);
    keep_nothing(&message);

    struct pollfd events[] = {{.fd = JOB_SOCKET, .events = POLLIN}, {.fd = CHILDREN, .events = POLLIN}};
    for (;;) {
        /* No timeout: the run's deadline is the agent's, and its death is an event on the socket. */
        poll(events, 2, -1);
        if (events[1].revents != 0)
            reap_until(job);
        if (events[0].revents != 0)
            _exit(0); /* end of file, or KILL: there is nothing else that Java says now */
    }
}
