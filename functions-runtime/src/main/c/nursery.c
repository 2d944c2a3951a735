/*
 * Pid 1 of a template: a sandbox that holds no job but a zygote, and the sandboxes of the jobs that are forked from it.
 *
 * The zygote has imported packages, and so has run code that is not ours. Therefore it is inside a sandbox itself: in
 * namespaces, with the file system of a job, an unprivileged user of its own, the system call filter with one call
 * more, and of all capabilities the two that lead into other namespaces, of which it can reach those below its own
 * alone.
 */
#include "channel.h"
#include "sandbox.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
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
    resident_nurse(ends[0]);
    _exit(0);
}
