#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned char buffer[MESSAGE_BYTES];
static struct failure remembered;

bool channel_send_all(int socket, const void *bytes, size_t length, const int *descriptors, size_t count)
{
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(PASSED_DESCRIPTORS * sizeof(int))];
    } control;
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        memset(&control, 0, sizeof control);
        header.msg_control = &control;
        header.msg_controllen = CMSG_SPACE(count * sizeof(int));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(&control.header), descriptors, count * sizeof(int));
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &header, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)length;
}

bool channel_send(int socket, const void *bytes, size_t length, int descriptor)
{
    return channel_send_all(socket, bytes, length, &descriptor, descriptor >= 0 ? 1 : 0);
}

static void take_descriptors(struct msghdr *header, struct message *message)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part != NULL; part = CMSG_NXTHDR(header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(part) + i * sizeof descriptor, sizeof descriptor);
            if (message->descriptor_count < PASSED_DESCRIPTORS)
                message->descriptors[message->descriptor_count++] = descriptor;
            else
                close(descriptor);
        }
    }
}

bool channel_receive(int socket, struct message *message)
{
    struct iovec part = {.iov_base = buffer, .iov_len = sizeof buffer};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(PASSED_DESCRIPTORS * sizeof(int))];
    } control;
    struct msghdr header = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t length;
    do
        length = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    message->descriptor_count = 0;
    if (length <= 0)
        return false;
    take_descriptors(&header, message);
    message->bytes = buffer;
    message->length = (size_t)length;
    return (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
}

uint32_t message_type(const struct message *message)
{
    uint32_t type = 0;
    if (message->length >= sizeof type)
        memcpy(&type, message->bytes, sizeof type);
    return type;
}

bool failed(const char *step, const char *detail)
{
    int error = errno;
    if (remembered.step[0] == 0) {
        remembered.error = error;
        snprintf(remembered.step, sizeof remembered.step, "%s", step);
        snprintf(remembered.detail, sizeof remembered.detail, "%s", detail);
    }
    return false;
}

struct failure failure_message(enum message_type type, uint64_t id)
{
    struct failure message = remembered;
    message.type = type;
    message.id = id;
    memset(&remembered, 0, sizeof remembered);
    return message;
}

void channel_tell_failure(int socket, enum message_type type, uint64_t id)
{
    struct failure message = failure_message(type, id);
    channel_send(socket, &message, sizeof message, -1);
}
