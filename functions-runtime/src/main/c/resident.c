/* The resident: one loop over the control socket and the children's deaths. */
#include "channel.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif

enum {
    /* All but the network's, see make_network_ahead(). */
    CLONED_NAMESPACES = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP,
    REQUEST_HEADER_BYTES = 16,
    NETWORK_DELAY_MS = 2,
};

static struct {
    pid_t pid; /* 0: this place is free */
    uint64_t id;
    int mounts; /* its mount namespace, see hold_mounts() */
} live[LIVE_SANDBOXES];

static int children_events;

/* Where the sandboxes' jobs are forked, or -1 where they are executed; see nursery.c. */
static int zygote = -1;

/* Whether the resident is in a network namespace that was made for the next sandbox and that nobody was in. */
static bool network_is_unused;

/* Whether a sandbox has ended since one was made, or could not be made. */
static bool network_is_due;

static bool write_map(pid_t child, const char *name, const char *content)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)child, name);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return failed("open identity map", path);
    ssize_t written = write(file, content, strlen(content));
    int error = errno;
    close(file);
    errno = error;
    return written == (ssize_t)strlen(content) || failed("write identity map", path);
}

/* So that it is not pid 1 who takes it apart, see closer.c. */
static int hold_mounts(pid_t child)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/mnt", (int)child);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool write_identity(pid_t child, struct plan plan)
{
    struct operation identity;
    if (!plan_find(plan, OPERATION_IDENTITY, &identity)) {
        errno = EINVAL;
        return failed("read plan", "identity");
    }
    bool default_stays = identity.text[0][0] == 0;
    return (default_stays || write_map(child, "setgroups", identity.text[0]))
           && write_map(child, "uid_map", identity.text[1]) && write_map(child, "gid_map", identity.text[2]);
}

static int free_place(void)
{
    for (int place = 0; place < LIVE_SANDBOXES; place++)
        if (live[place].pid == 0)
            return place;
    errno = EAGAIN;
    return -1;
}

/*
 * Making a network namespace takes longer than all the rest of a clone. So the resident makes the next sandbox's while
 * it has nothing else to do, by stepping into it, and the child is born there; it is used once, like all the others.
 * Where that is not permitted (it takes root), or no time was left for it, the clone makes one.
 *
 * Not at once when a sandbox has ended: the agent, woken by that word, is meant for this processor, and would wait.
 */
static void make_network_ahead(void)
{
    network_is_due = false;
    if (network_is_unused)
        return;
    network_is_unused = unshare(CLONE_NEWNET) == 0 && raise_loopback();
    failure_message(MESSAGE_REFUSED, 0); /* forgotten: it is no sandbox's failure */
}

/* Clones pid 1 of a new sandbox. The child never returns from here. */
static pid_t clone_init(int job_socket, const int gate[2], struct plan plan, int *pidfd)
{
    bool has_network = network_is_unused;
    unsigned long flags = CLONED_NAMESPACES | (has_network ? 0 : CLONE_NEWNET) | CLONE_PIDFD | SIGCHLD;
    network_is_unused = false;
    pid_t child = (pid_t)syscall(SYS_clone, flags, NULL, pidfd, NULL, NULL);
    if (child == 0) {
        close(gate[1]);
        struct birth birth = {
            .job_socket = job_socket, .gate = gate[0], .zygote = zygote, .plan = plan, .has_network = has_network};
        init_run(&birth);
    }
    return child;
}

static bool start_sandbox(int job_socket, uint64_t id, struct plan plan)
{
    int gate[2], pidfd = -1, place = free_place();
    if (place < 0)
        return failed("start sandbox", "too many live sandboxes");
    if (pipe2(gate, O_CLOEXEC) != 0)
        return failed("make gate", "");
    pid_t child = clone_init(job_socket, gate, plan, &pidfd);
    if (child < 0) {
        int error = errno;
        close(gate[0]);
        close(gate[1]);
        errno = error;
        return failed("clone into new namespaces", "");
    }
    live[place].pid = child;
    live[place].id = id;
    live[place].mounts = hold_mounts(child);
    struct started started = {.type = MESSAGE_STARTED, .pid = (uint32_t)child};
    bool released = write_identity(child, plan) && (write(gate[1], "g", 1) == 1 || failed("open gate", ""))
                    && (channel_send(job_socket, &started, sizeof started, pidfd) || failed("report start", ""));
    if (!released)
        kill(child, SIGKILL);
    close(gate[0]); /* not before: a child that failed already has left a pipe that somebody still reads */
    close(gate[1]);
    close(pidfd);
    return released;
}

static void serve_request(const struct message *message)
{
    if (message_type(message) == MESSAGE_SETTLE)
        tell_closed();
    if (message_type(message) == MESSAGE_PREPARE && message->length >= REQUEST_HEADER_BYTES
        && message->descriptor_count == 1) {
        uint64_t id;
        memcpy(&id, message->bytes + 8, sizeof id);
        struct plan plan = plan_of(message->bytes + REQUEST_HEADER_BYTES, message->length - REQUEST_HEADER_BYTES);
        if (!start_sandbox(message->descriptors[0], id, plan))
            channel_tell_failure(CONTROL_DESCRIPTOR, MESSAGE_REFUSED, id);
    }
    for (size_t i = 0; i < message->descriptor_count; i++)
        close(message->descriptors[i]);
}

static void report_exit(pid_t pid, int status, const struct rusage *usage)
{
    for (int place = 0; place < LIVE_SANDBOXES; place++) {
        if (live[place].pid != pid)
            continue;
        uint64_t micros = (uint64_t)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000u
                          + (uint64_t)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
        struct exited exited = {.type = MESSAGE_EXITED,
                                .status = status,
                                .id = live[place].id,
                                .cpu_micros = micros,
                                .resident_set_bytes = (uint64_t)usage->ru_maxrss * 1024u};
        live[place].pid = 0;
        channel_send(CONTROL_DESCRIPTOR, &exited, sizeof exited, -1);
        if (live[place].mounts >= 0)
            close_later(live[place].mounts);
    }
}

static void reap(void)
{
    struct signalfd_siginfo drained;
    struct rusage usage;
    pid_t pid;
    int status;
    while (read(children_events, &drained, sizeof drained) > 0)
        ;
    while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0)
        report_exit(pid, status, &usage);
    network_is_due = true;
}

static bool watch_children(void)
{
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, NULL);
    children_events = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    return children_events >= 0;
}

static void serve(void)
{
    struct message message;
    struct pollfd events[] = {{.fd = CONTROL_DESCRIPTOR, .events = POLLIN}, {.fd = children_events, .events = POLLIN}};
    for (;;) {
        /* No other timeout: the end of the agent is an event on the control socket too. */
        int count = poll(events, 2, network_is_due ? NETWORK_DELAY_MS : -1);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            break;
        if (count == 0)
            make_network_ahead();
        if (events[1].revents != 0)
            reap();
        if (events[0].revents == 0)
            continue;
        if (!channel_receive(CONTROL_DESCRIPTOR, &message))
            break;
        serve_request(&message);
    }
    for (int place = 0; place < LIVE_SANDBOXES; place++)
        if (live[place].pid > 0)
            kill(live[place].pid, SIGKILL);
}

/* The thread is in the namespaces of this moment for as long as it lives: none of them may be a sandbox's. */
static bool settle(void)
{
    return watch_children() && start_closer();
}

void resident_serve(void)
{
    if (settle())
        serve();
}

/* What was inherited from the resident outside is not this one's. */
void resident_nurse(int socket_to_zygote)
{
    memset(live, 0, sizeof live);
    network_is_unused = network_is_due = false;
    zygote = socket_to_zygote;
    resident_serve();
}
