/*
 * Pid 1's way to a job whose process is there before it is known what for. The two meet on a socket, the nest.
 *
 * One that is forked: the zygote cannot fork into a sandbox that it is not in, and pid 1 cannot fork what it does not
 * have in memory. So pid 1 hands the zygote its namespaces, and one end of the nest. What the zygote forks inside is
 * pid 1's child as soon as those in between are gone, like any orphan.
 *
 * One that cannot be forked: it is executed early, with all rights given up already, and with what makes it wait (see
 * await/).
 */
#include "channel.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * In the order in which they are entered: first the pid namespace, which takes children only, and last the user
 * namespace, with which rights are lost.
 */
static const char *const namespaces[NAMESPACES] = {"pid", "net", "ipc", "uts", "cgroup", "mnt", "user"};

static bool open_namespaces(int *into)
{
    char path[32];
    for (size_t i = 0; i < NAMESPACES; i++) {
        snprintf(path, sizeof path, "/proc/self/ns/%s", namespaces[i]);
        into[i] = open(path, O_RDONLY | O_CLOEXEC);
        if (into[i] < 0)
            return failed("open namespace", namespaces[i]);
    }
    return true;
}

/* The nest, or -1. The other descriptors are closed with all that preparing has left open. */
int call_zygote(int zygote)
{
    struct hatch hatch = {.type = MESSAGE_HATCH};
    int ends[2], passed[PASSED_DESCRIPTORS];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        failed("make nest", "");
        return -1;
    }
    passed[0] = ends[1];
    if (!open_namespaces(passed + 1))
        return -1;
    if (!channel_send_all(zygote, &hatch, sizeof hatch, passed, PASSED_DESCRIPTORS)) {
        failed("call the zygote", "");
        return -1;
    }
    return ends[0];
}

/*
 * The nest, or -1. Nobody has streams for the process yet. As with any job, pid 1 lends its memory until the process
 * is executed: see start_job() in init.c.
 */
int start_waiting(const struct message *message, pid_t *job)
{
    struct launch launch = launch_of(message);
    int ends[2], nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    static volatile bool has_failed;
    if (nothing < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return failed("make nest", "") - 1;
    launch.input = launch.output = launch.errors = nothing;
    launch.requests = ends[1];
    *job = vfork();
    if (*job == 0) {
        become_job(&launch);
        has_failed = true;
        _exit(127);
    }
    if (*job < 0)
        failed("fork who waits", "");
    close(ends[1]);
    close(nothing);
    return *job < 0 || has_failed ? -1 : ends[0];
}

static bool is_failure(const struct message *message)
{
    return message_type(message) == MESSAGE_FAILED && message->length == sizeof(struct failure);
}

/*
 * Whether there is an answer in the nest. If the zygote ends while it forks there may be none, and yet nobody who hangs
 * up: what it has forked has the other end. But then nobody has the other end of the zygote's socket any more.
 */
static bool await_answer(int nest, int zygote)
{
    struct pollfd events[] = {{.fd = nest, .events = POLLIN}, {.fd = zygote}}; /* a negative one is ignored */
    errno = ETIMEDOUT;
    if (poll(events, 2, HATCH_TIMEOUT_MS) <= 0)
        return failed("await the job's process", "");
    errno = ECHILD;
    return events[0].revents != 0 || failed("await the job's process", "the zygote has ended");
}

/* The job's process as this pid namespace counts, or -1. A zygote of -1: there is none. */
pid_t await_hatched(int nest, int zygote)
{
    struct message message;
    struct hatched hatched;
    if (!await_answer(nest, zygote))
        return -1;
    errno = ECHILD;
    if (!channel_receive(nest, &message))
        return failed("await the job's process", "it has ended") - 1;
    if (is_failure(&message)) {
        struct failure failure;
        memcpy(&failure, message.bytes, sizeof failure);
        failure.step[sizeof failure.step - 1] = failure.detail[sizeof failure.detail - 1] = 0; /* a zygote's word */
        errno = failure.error;
        return failed(failure.step, failure.detail) - 1;
    }
    if (message_type(&message) != MESSAGE_HATCHED || message.length != sizeof hatched)
        return failed("await the job's process", "an unknown word") - 1;
    memcpy(&hatched, message.bytes, sizeof hatched);
    return hatched.pid;
}

bool release_hatched(int nest, const struct message *go)
{
    return channel_send_all(nest, go->bytes, go->length, go->descriptors, STREAMS)
           || failed("release the job's process", "");
}

/* Whether the job's process, which is over, never was the job. */
bool hatched_failed(int nest, struct failure *failure)
{
    struct message message;
    struct pollfd word = {.fd = nest, .events = POLLIN};
    if (poll(&word, 1, 0) != 1 || !channel_receive(nest, &message) || !is_failure(&message))
        return false;
    memcpy(failure, message.bytes, sizeof *failure);
    return true;
}
