/* What attacks are aimed at: a process with a listener on the loopback, an abstract and a named local socket, a segment
 * of shared memory and a word in its command line. It prints one line for each touch. On the host it answers to `check`
 * on its input and ends with it; as a job (its input ends at once) it goes on until it is ended.
 *
 * witness WORD PORT DIRECTORY KEY
 */
#include "attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { TCP, ABSTRACT, NAMED, LISTENERS, INPUT = LISTENERS, EVENTS, LOOK_MS = 50 };

static const char *const listener_names[LISTENERS] = {"tcp", "abstract socket", "named socket"};
static volatile sig_atomic_t signals;
static struct pollfd events[EVENTS];
static int segment, segment_told;

static _Noreturn void cannot(const char *what)
{
    perror(what);
    exit(1);
}

static void note_signal(int signal)
{
    (void)signal;
    signals = 1;
}

static int listen_at(int family, const void *address, socklen_t size)
{
    int listener = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, address, size) != 0 || listen(listener, 8) != 0)
        cannot("listen");
    return listener;
}

static int listen_tcp(const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)number(port))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return listen_at(AF_INET, &address, sizeof address);
}

static int listen_abstract(const char *word)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "%s", word);
    return listen_at(AF_UNIX, &address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length));
}

static int listen_named(const char *directory, const char *word)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/%s.socket", directory, word);
    unlink(address.sun_path);
    if (length >= (int)sizeof address.sun_path)
        cannot("the directory's path is too long");
    return listen_at(AF_UNIX, &address, sizeof address);
}

/* A job may not be allowed to have one; then nobody can find it. */
static int own_segment(const char *key)
{
    int made = shmget((key_t)number(key), 64, IPC_CREAT | 0666);
    if (made < 0 && errno != EPERM)
        cannot("shmget");
    return made;
}

static void tell_readiness(void)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    getsockname(events[TCP].fd, (struct sockaddr *)&address, &size);
    printf("ready %d\n", ntohs(address.sin_port));
    fflush(stdout);
    /* For whoever cannot read this output yet. */
    prctl(PR_SET_NAME, "witness-ready");
}

static void tell_touches(void)
{
    struct shmid_ds state;
    for (int index = 0; index < LISTENERS; index++)
        for (int peer; (peer = accept(events[index].fd, NULL, NULL)) >= 0; close(peer))
            printf("touched: %s\n", listener_names[index]);
    if (signals != 0)
        puts("touched: signal");
    signals = 0;
    if (segment >= 0 && !segment_told && (shmctl(segment, IPC_STAT, &state) != 0 || state.shm_atime != 0)) {
        puts("touched: segment");
        segment_told = 1;
    }
    fflush(stdout);
}

/* False at the end of the input. */
static int answer(void)
{
    char line[64];
    if (read(0, line, sizeof line) <= 0)
        return 0;
    tell_touches();
    puts("checked");
    fflush(stdout);
    return 1;
}

_Noreturn void witness(char **arguments)
{
    const char *word = arguments[0];
    int is_job = getsid(0) == getpid();
    signal(SIGCONT, note_signal);
    signal(SIGPIPE, SIG_IGN);
    segment = own_segment(arguments[3]);
    int descriptors[EVENTS] = {listen_tcp(arguments[1]), listen_abstract(word), listen_named(arguments[2], word), 0};
    for (int index = 0; index < EVENTS; index++)
        events[index] = (struct pollfd){.fd = descriptors[index], .events = POLLIN};
    tell_readiness();
    for (;;) {
        int count = poll(events, EVENTS, is_job ? LOOK_MS : -1);
        tell_touches();
        if (count <= 0)
            continue;
        if (events[INPUT].fd >= 0 && events[INPUT].revents != 0 && !answer()) {
            if (!is_job)
                break;
            events[INPUT].fd = -1;
        }
    }
    shmctl(segment, IPC_RMID, NULL);
    exit(0);
}
