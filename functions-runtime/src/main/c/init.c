/* Pid 1 of a sandbox: prepares it, starts the job, reaps, and takes everything with it when it goes. */
#include "channel.h"
#include "linux_calls.h"
#include "sandbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The gate's place is free when the children are watched. */
enum { JOB_SOCKET = 3, GATE = 4, CHILDREN = 4, ZYGOTE = 5, NEST = 6, FIRST_FREE = 7 };

/* Where the job's process leaves word of a failed step, in memory that is pid 1's. */
static struct failure launch_failure;

static _Noreturn void give_up(void)
{
    channel_tell_failure(JOB_SOCKET, MESSAGE_FAILED, 0);
    _exit(1);
}

static bool is_placed(int from, int place)
{
    return from >= 0 && (from == place || dup3(from, place, O_CLOEXEC) == place);
}

/* Of all descriptors of the resident only the sandbox's own sockets and the gate may stay, at fixed places. */
static void keep_only(const struct birth *birth)
{
    int socket = fcntl(birth->job_socket, F_DUPFD_CLOEXEC, FIRST_FREE);
    int gate = fcntl(birth->gate, F_DUPFD_CLOEXEC, FIRST_FREE);
    bool is_nested = birth->zygote >= 0;
    int zygote = is_nested ? fcntl(birth->zygote, F_DUPFD_CLOEXEC, FIRST_FREE) : -1;
    if (!is_placed(socket, JOB_SOCKET) || !is_placed(gate, GATE) || (is_nested && !is_placed(zygote, ZYGOTE))
        || linux_close_from(is_nested ? FIRST_FREE : ZYGOTE) != 0)
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

/* What to do with this sandbox. */
static void await_command(struct message *message)
{
    if (!channel_receive(JOB_SOCKET, message))
        _exit(0); /* the agent has no use for it any more */
    uint32_t type = message_type(message);
    bool is_known = type == MESSAGE_GO || type == MESSAGE_NURSE || type == MESSAGE_AWAIT;
    size_t streams = type == MESSAGE_AWAIT ? 0 : STREAMS;
    if (!is_known || message->length < COMMAND_HEADER_BYTES || message->descriptor_count != streams)
        _exit(0);
}

static void await_go(struct message *message)
{
    await_command(message);
    if (message_type(message) != MESSAGE_GO)
        _exit(0);
}

/*
 * As vfork does it: pid 1 stands still, and lends its memory instead of copying it, until the job is executed or has
 * failed. Nobody else is in the pid namespace yet, so nobody can look into that memory from there.
 */
static pid_t start_job(const struct message *message)
{
    struct launch launch = launch_of(message);
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

static _Noreturn void tell_end(int status, int nest)
{
    if (launch_failure.type != 0 || (nest >= 0 && hatched_failed(nest, &launch_failure))) {
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

static void reap_until(pid_t job, int nest)
{
    struct signalfd_siginfo drained;
    pid_t pid;
    int status;
    while (read(CHILDREN, &drained, sizeof drained) > 0)
        ;
    while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
        if (pid == job)
            tell_end(status, nest);
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

/* The job's process is being forked while Java writes the job's files. */
static void call_for_job(void)
{
    int nest = call_zygote(ZYGOTE);
    if (nest < 0)
        give_up();
    if (!is_placed(nest, NEST))
        _exit(1);
}

static void tell_prepared(int shared)
{
    struct prepared prepared = {.type = MESSAGE_PREPARED, .nanos = monotonic_nanos()};
    if (!channel_send(JOB_SOCKET, &prepared, sizeof prepared, shared))
        _exit(1);
}

_Noreturn void init_run(const struct birth *birth)
{
    struct message message;
    pid_t job = 0;
    int nest = birth->zygote < 0 ? -1 : NEST;
    keep_only(birth);
    int shared = prepare(GATE, birth);
    if (shared < 0 || !hand_over_door(birth->plan))
        give_up();
    tell_prepared(shared);
    if (nest >= 0)
        call_for_job();
    close(GATE);
    linux_close_from(nest >= 0 ? FIRST_FREE : GATE); /* the trees that were bound, and what Java has now */
    watch_children();
    if (nest >= 0 && (job = await_hatched(nest, ZYGOTE)) < 0)
        give_up();
    if (nest >= 0)
        close(ZYGOTE);
    await_command(&message);
    if (message_type(&message) == MESSAGE_NURSE)
        nurse(&message);
    if (message_type(&message) == MESSAGE_AWAIT) {
        nest = start_waiting(&message, &job);
        if (nest < 0 || await_hatched(nest, -1) < 0)
            give_up();
        await_go(&message);
    }
    if (nest < 0)
        job = start_job(&message);
    else if (!release_hatched(nest, &message))
        give_up();
    keep_nothing(&message);

    struct pollfd events[] = {{.fd = JOB_SOCKET, .events = POLLIN}, {.fd = CHILDREN, .events = POLLIN}};
    for (;;) {
        /* No timeout: the run's deadline is the agent's, and its death is an event on the socket. */
        poll(events, 2, -1);
        if (events[1].revents != 0)
            reap_until(job, nest);
        if (events[0].revents != 0)
            _exit(0); /* end of file, or KILL: there is nothing else that Java says now */
    }
}
