/*
 * sandbox-init: what must happen inside new namespaces, and nothing else.
 *
 * Theory of operation
 * -------------------
 * Java cannot enter a user namespace (its process has many threads) and must not fork. So it starts this program once
 * per slot, with one socket as descriptor 3, and tells it what to do. All decisions are Java's; this program executes a
 * plan that is data and holds no list of paths, limits or rules of its own.
 *
 * Three kinds of process run this code, and two more where jobs are forked:
 *
 *   resident   one per slot, and one per template, outside all sandboxes, already in the cgroup of what it starts. For
 *              every PREPARE it clones a child into new user, mount, pid, net, ipc, uts and cgroup namespaces, writes
 *              the child's identity maps, opens the gate and goes back to its socket. It reaps children and reports
 *              what they used. All of it happens in one thread; a second one only closes what takes long to close
 *              (closer.c).
 *   pid 1      that child. Phase prepare builds a file system and pivots into it; then it waits. Phase go forks the
 *              job. From there on it reaps orphans and watches its socket. It is not dumpable, has no capability
 *              left and, where the agent is root, has another uid than the job, so the job cannot read, trace or
 *              signal it.
 *   job        the child of pid 1 that gives everything away and executes the command. The last thing it does under our
 *              code is to install the system-call filter.
 *   nursery    pid 1 of a template: a sandbox that is told to hold a zygote instead of a job. For each slot it has the
 *              zygote copied, and starts one more resident for the sandboxes below (nursery.c).
 *   zygote     an interpreter that has started. Its copies fork the processes of jobs into these sandboxes when their
 *              pid 1 calls (nest.c, zygote/zygote.c). Those take the same steps to become the job as one that is
 *              executed.
 *
 * What the safety rests on
 *
 *   - Order. Bind sources are opened while the process is still the launcher, before it takes its inside identity: a
 *     private parent directory on the host is no obstacle, and after the switch the host's files are out of reach.
 *     The gate stays shut until the identity maps are written. No guest byte is executed before the last step.
 *   - Death. Lifetime is tied to sockets, not to parent-death signals, which fire when a *thread* of the JVM ends. When
 *     Java closes a sandbox's socket, or dies, pid 1 reads end of file and exits; the kernel then kills everything in
 *     the pid namespace. When the control socket closes the resident kills what it started and exits.
 *   - Descriptors. The resident closes all it inherited, pid 1 keeps its socket alone, the job keeps 0, 1 and 2.
 *   - One use. A sandbox runs one job and is thrown away; nothing is cleaned, because nothing is left.
 *
 * A failing step is reported by name, detail and errno and ends the sandbox, never the resident.
 */
#include "channel.h"
#include "linux_calls.h"
#include "protocol.h"
#include "sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JOIN_SESSION_KEYRING = 1, SIGNALS = 64 };

/* By system call, because the C library hides two signals, which posix_spawn leaves ignored. */
static void reset_signals(void)
{
    sigset_t none;
    const uint64_t default_action[4] = {0}; /* the kernel's struct sigaction, on every 64-bit architecture */
    for (int number = 1; number <= SIGNALS; number++)
        syscall(SYS_rt_sigaction, number, default_action, NULL, (size_t)SIGNALS / 8);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool control_is_a_message_socket(void)
{
    int type = 0;
    socklen_t length = sizeof type;
    return getsockopt(CONTROL_DESCRIPTOR, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET;
}

/* Inherited by every job: when memory runs out, jobs go before the agent. Raising it needs no privilege. */
static void prefer_as_victim(void)
{
    if (!volunteer_for_memory_shortage(RESIDENT_VICTIM))
        failure_message(MESSAGE_REFUSED, 0); /* forgotten: it is no sandbox's failure */
}

int main(int argument_count, char **arguments)
{
    if (argument_count == 2 && strcmp(arguments[1], "probe") == 0)
        return probe();
    if (argument_count != 2 || strcmp(arguments[1], "resident") != 0 || !control_is_a_message_socket())
        return 2;
    linux_close_from(CONTROL_DESCRIPTOR + 1);
    fcntl(CONTROL_DESCRIPTOR, F_SETFD, FD_CLOEXEC);
    reset_signals();
    if (chdir("/") != 0)
        return 2;
    umask(0);
    prctl(PR_SET_NAME, "sandbox-init");
    /* The agent's keys are not the job's: a fresh, empty session keyring is inherited instead. */
    syscall(SYS_keyctl, JOIN_SESSION_KEYRING, NULL);
    prefer_as_victim();
    resident_serve();
    return 0;
}
