#include "await.h"

#include "../channel.h"
#include "../sandbox.h"

#include <unistd.h>

void await_job(void)
{
    struct message go;
    struct hatched waiting = {.type = MESSAGE_HATCHED, .pid = getpid()};
    if (!channel_send(CONTROL_DESCRIPTOR, &waiting, sizeof waiting, -1) || !channel_receive(CONTROL_DESCRIPTOR, &go)
        || go.descriptor_count != STREAMS || go.length < COMMAND_HEADER_BYTES)
        _exit(0); /* nobody has a use for this sandbox any more */
    struct launch launch = launch_of(&go);
    if (!take_over_job(&launch)) {
        channel_tell_failure(CONTROL_DESCRIPTOR, MESSAGE_FAILED, 0);
        _exit(127);
    }
    environ = launch_variables(); /* in the message, which nothing overwrites */
    for (size_t i = 0; i < go.descriptor_count; i++)
        close(go.descriptors[i]);
    close(CONTROL_DESCRIPTOR);
}
