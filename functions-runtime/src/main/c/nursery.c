/*
 * Pid 1 of a template: a sandbox that holds no job but a zygote, and below it the sandboxes of the jobs of many slots.
 *
 * For each slot the zygote is copied by a fork, so that what imports have made is in memory once, however many slots
 * there are. Beside each copy is a resident, as there is one outside: it makes the sandboxes of that slot's jobs, which
 * call the copy and nobody else. Java moves these two into the slot's control group before anything is asked of them,
 * and so all that they start is born there.
 *
 * The zygote has imported packages, and so has run code that is not ours. Therefore it is inside a sandbox itself: in
 * namespaces, with the file system of a job, an unprivileged user of its own, the system call filter with one call
 * more, and of all capabilities the two that lead into other namespaces, of which it can reach those below its own
 * alone.
 */
#include "channel.h"
#include "sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Noreturn void give_up(void)
{
    channel_tell_failure(CONTROL_DESCRIPTOR, MESSAGE_FAILED, 0);
    _exit(1);
}

/* As with a job: see start_job() in init.c. */
static void start_zygote(const struct message *message, int requests)
{
    struct launch launch = launch_of(message);
    launch.requests = requests;
    static volatile bool has_failed;
    pid_t zygote = vfork();
    if (zygote == 0) {
        become_zygote(&launch);
        has_failed = true;
        _exit(127);
    }
    if (zygote < 0)
        failed("fork the zygote", "");
    if (zygote < 0 || has_failed)
        give_up();
}

/* One slot's, with that slot's copy of the zygote and without the way to the one that is copied. */
static _Noreturn void become_resident(int control, int zygote, int copied)
{
    signal(SIGCHLD, SIG_DFL); /* it counts its children */
    close(copied);
    if (dup3(control, CONTROL_DESCRIPTOR, O_CLOEXEC) != CONTROL_DESCRIPTOR)
        _exit(1);
    close(control);
    resident_nurse(zygote);
    _exit(0);
}

static int pidfd_of(pid_t process)
{
    int pidfd = (int)syscall(SYS_pidfd_open, process, 0);
    if (pidfd < 0)
        failed("open pidfd", "");
    return pidfd;
}

static bool tell_copied(int control, pid_t resident, pid_t zygote)
{
    struct copied copied = {.type = MESSAGE_COPIED};
    int pidfds[] = {pidfd_of(resident), pidfd_of(zygote)};
    bool told = pidfds[0] >= 0 && pidfds[1] >= 0
                && (channel_send_all(control, &copied, sizeof copied, pidfds, 2) || failed("tell of a copy", ""));
    close(pidfds[0]);
    close(pidfds[1]);
    return told;
}

static bool copy(int zygote, int control)
{
    struct split split = {.type = MESSAGE_SPLIT};
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return failed("make the zygote's socket", "");
    bool asked = channel_send(zygote, &split, sizeof split, ends[1]) || failed("call the zygote", "");
    close(ends[1]);
    pid_t other = asked ? await_hatched(ends[0], -1) : -1;
    pid_t resident = other > 0 ? fork() : -1;
    if (resident == 0)
        become_resident(control, ends[0], zygote);
    if (other > 0 && resident < 0)
        failed("fork a resident", "");
    close(ends[0]); /* and if there is no resident, the copy goes */
    return resident > 0 && tell_copied(control, resident, other);
}

static void serve_slots(int zygote)
{
    struct message message;
    while (channel_receive(CONTROL_DESCRIPTOR, &message)) {
        bool is_known = message_type(&message) == MESSAGE_COPY && message.descriptor_count == 1;
        if (is_known && !copy(zygote, message.descriptors[0]))
            channel_tell_failure(message.descriptors[0], MESSAGE_FAILED, 0);
        for (size_t i = 0; i < message.descriptor_count; i++)
            close(message.descriptors[i]);
    }
}

_Noreturn void nurse(const struct message *message)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        failed("make the zygote's socket", "");
        give_up();
    }
    start_zygote(message, ends[1]);
    close(ends[1]);
    if (!leave_mounts(launch_of(message).plan))
        give_up();
    for (size_t i = 0; i < message->descriptor_count; i++)
        close(message->descriptors[i]);
    /* A resident writes its children's identity maps, and those of an undumpable child belong to the host's root. */
    prctl(PR_SET_DUMPABLE, 1);
    signal(SIGCHLD, SIG_IGN); /* nobody asks how a child has ended: it is reaped by the kernel */
    serve_slots(ends[0]);
    _exit(0);
}
