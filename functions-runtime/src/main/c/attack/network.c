/* Attacks over sockets: on the host's, on a neighbour's, and with kinds of sockets that a job has no use for. */
#include "attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FAMILIES = 46 };

static struct verdict connect_inet(int type, char **address)
{
    struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons((unsigned short)number(address[1]))};
    inet_pton(AF_INET, address[0], &target.sin_addr);
    int handle = socket(AF_INET, type, 0);
    if (handle < 0)
        return blocked("socket");
    return of_call(connect(handle, (struct sockaddr *)&target, sizeof target), "connect");
}

static struct verdict connect_tcp(char **address)
{
    return connect_inet(SOCK_STREAM, address);
}

/* Sends nothing: it shows whether there is a route. */
static struct verdict connect_udp(char **address)
{
    return connect_inet(SOCK_DGRAM, address);
}

static struct verdict connect_local(const char *name, size_t length)
{
    struct sockaddr_un target = {.sun_family = AF_UNIX};
    if (length > sizeof target.sun_path)
        return blocked_by(E2BIG, "the name is too long");
    memcpy(target.sun_path, name, length);
    int handle = socket(AF_UNIX, SOCK_STREAM, 0);
    if (handle < 0)
        return blocked("socket");
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return of_call(connect(handle, (struct sockaddr *)&target, size), "connect");
}

static struct verdict connect_abstract(char **name)
{
    char abstract[sizeof((struct sockaddr_un *)0)->sun_path] = "";
    strncat(abstract + 1, name[0], sizeof abstract - 2);
    return connect_local(abstract, strlen(name[0]) + 1);
}

static struct verdict connect_path(char **path)
{
    return connect_local(path[0], strlen(path[0]) + 1);
}

static struct verdict open_socket(char **kind)
{
    return of_call(socket((int)number(kind[0]), (int)number(kind[1]), (int)number(kind[2])), "socket");
}

/* Kernel code beyond local, internet and route sockets, in any of its kinds. */
static struct verdict odd_families(char **unused)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET};
    (void)unused;
    for (int family = 0; family < FAMILIES; family++) {
        if (family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK)
            continue;
        for (size_t type = 0; type < sizeof types / sizeof *types; type++)
            if (socket(family, types[type], 0) >= 0 || errno == EPERM)
                return errno == EPERM ? blocked("a family is known here") : succeeded("one opens");
    }
    return blocked("none opens");
}

static struct verdict set_interface(char **name)
{
    struct ifreq request = {.ifr_flags = IFF_UP};
    strncpy(request.ifr_name, name[0], sizeof request.ifr_name - 1);
    int handle = socket(AF_INET, SOCK_DGRAM, 0);
    if (handle < 0)
        return blocked("socket");
    return of_call(ioctl(handle, SIOCSIFFLAGS, &request), "ioctl");
}

/* Claims to be root when it introduces itself to a peer. */
static struct verdict forge_credentials(char **unused)
{
    int pair[2];
    struct ucred claim = {.pid = getpid()};
    char space[CMSG_SPACE(sizeof claim)] = {0};
    struct iovec byte = {.iov_base = "x", .iov_len = 1};
    struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    (void)unused;
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_CREDENTIALS;
    head->cmsg_len = CMSG_LEN(sizeof claim);
    memcpy(CMSG_DATA(head), &claim, sizeof claim);
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0)
        return blocked("socketpair");
    return of_call(sendmsg(pair[0], &message, 0), "sendmsg");
}

const struct attack network_attacks[] = {
    {"connect-tcp", 2, connect_tcp},
    {"connect-udp", 2, connect_udp},
    {"connect-abstract", 1, connect_abstract},
    {"connect-path", 1, connect_path},
    {"open-socket", 3, open_socket},
    {"odd-families", 0, odd_families},
    {"set-interface", 1, set_interface},
    {"forge-credentials", 0, forge_credentials},
    {0},
};
