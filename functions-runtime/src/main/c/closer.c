/*
 * A thread of the resident that closes what takes long to close.
 *
 * Taking a mount namespace apart waits for every processor, which can take milliseconds on a busy machine, and whoever
 * drops the last reference waits. It should not be the dying pid 1, for whose end the agent waits; so the resident has
 * a reference too. Nor should it be the resident, which has the next sandbox to make.
 *
 * With the last reference goes the sandbox's disk, and large ones take long too. Until then it is charged to the slot:
 * who must not be taken for its owner asks first whether it has gone (MESSAGE_SETTLE).
 *
 * The thread has no state of its own in the C library: its errno is the resident's, which would tell of the wrong
 * failure. So it calls nothing of the library, and does nothing but read, close and tell. It ends with the resident.
 * Whoever is cloned from that does not have it.
 */
#include "linux_calls.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    STACK_BYTES = 16 * 1024,
    NOTHING = -1, /* instead of a descriptor: all before it are closed */
    THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM,
};

static _Alignas(16) unsigned char stack[STACK_BYTES];
static int ends[2];

static void tell_settled(void)
{
    const struct settled settled = {.type = MESSAGE_SETTLED};
    long sent;
    do
        sent = linux_call(SYS_sendto, CONTROL_DESCRIPTOR, (long)&settled, sizeof settled, MSG_NOSIGNAL);
    while (sent == -EINTR);
}

static int close_what_comes(void *unused)
{
    int descriptor;
    long count;
    (void)unused;
    while ((count = linux_call(SYS_read, ends[0], (long)&descriptor, sizeof descriptor, 0)) == sizeof descriptor
           || count == -EINTR) {
        if (count == -EINTR)
            continue;
        if (descriptor == NOTHING)
            tell_settled();
        else
            linux_call(SYS_close, descriptor, 0, 0, 0);
    }
    return 0;
}

bool start_closer(void)
{
    return pipe2(ends, O_CLOEXEC) == 0 && clone(close_what_comes, stack + sizeof stack, THREAD, NULL) > 0;
}

void close_later(int descriptor)
{
    if (write(ends[1], &descriptor, sizeof descriptor) != sizeof descriptor)
        close(descriptor);
}

void tell_closed(void)
{
    close_later(NOTHING);
}
