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
 * The thread has no state of its own in the C library, and so does nothing but read, close and tell. It ends with the
 * resident. Whoever is cloned from that does not have it.
 */
#include "channel.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

enum {
    STACK_BYTES = 16 * 1024,
    NOTHING = -1, /* instead of a descriptor: all before it are closed */
    THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM,
};

static _Alignas(16) unsigned char stack[STACK_BYTES];
static int ends[2];

static int close_what_comes(void *unused)
{
    const struct settled settled = {.type = MESSAGE_SETTLED};
    int descriptor;
    (void)unused;
    while (read(ends[0], &descriptor, sizeof descriptor) == sizeof descriptor) {
        if (descriptor == NOTHING)
            channel_send(CONTROL_DESCRIPTOR, &settled, sizeof settled, -1);
        else
            close(descriptor);
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
