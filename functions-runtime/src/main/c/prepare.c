/* Phase prepare: from a bare clone to a finished sandbox without a job. */
#include "channel.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* The gate is a pipe: a byte says that the identity maps are written, end of file that the resident has gone. */
static bool await_gate(int gate)
{
    char byte;
    ssize_t count;
    do
        count = read(gate, &byte, 1);
    while (count < 0 && errno == EINTR);
    close(gate);
    return count == 1 || failed("wait for identity maps", "");
}

static bool volunteer_as_planned(struct plan plan)
{
    struct operation victim;
    bool is_planned = plan_find(plan, OPERATION_VICTIM, &victim);
    return volunteer_for_memory_shortage(is_planned ? (unsigned)victim.number[0] : FIRST_VICTIM);
}

/* Not before the maps are written: the files under /proc of a process that is not dumpable belong to root. */
static bool become_undumpable(void)
{
    return prctl(PR_SET_DUMPABLE, 0) == 0 || failed("become undumpable", "");
}

static bool take_inside_identity(struct plan plan)
{
    struct operation identity;
    if (!plan_find(plan, OPERATION_IDENTITY, &identity) || identity.number[0] == 0)
        return true;
    return (setgroups(0, NULL) == 0 && setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0)
           || failed("take inside identity", "root");
}

bool raise_loopback(void)
{
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (handle < 0)
        return failed("raise loopback", "socket");
    bool raised = ioctl(handle, SIOCSIFFLAGS, &request) == 0 || failed("raise loopback", "lo");
    close(handle);
    return raised;
}

static bool name_host(struct plan plan)
{
    struct operation hostname;
    if (!plan_find(plan, OPERATION_HOSTNAME, &hostname))
        return true;
    return sethostname(hostname.text[0], strlen(hostname.text[0])) == 0 || failed("name host", hostname.text[0]);
}

static int open_shared_directory(struct plan plan)
{
    struct operation share;
    errno = EINVAL;
    const char *path = plan_find(plan, OPERATION_SHARE, &share) ? share.text[0] : "";
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        failed("open shared directory", path);
    return directory;
}

/*
 * A sandbox has no way out. One whose plan has a door has a listener on its own loopback, and Java alone holds it: what
 * connects there is inside, who answers is outside, and where anything goes from there is Java's decision.
 */
bool open_door(struct plan plan, int *door)
{
    struct operation wanted;
    *door = -1;
    if (!plan_find(plan, OPERATION_DOOR, &wanted))
        return true;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)wanted.number[0])};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool listens = *door >= 0 && bind(*door, (struct sockaddr *)&address, sizeof address) == 0
                   && listen(*door, DOOR_BACKLOG) == 0;
    return listens || failed("open door", "");
}

int prepare(int gate, const struct birth *birth)
{
    struct plan plan = birth->plan;
    bool is_nested = birth->zygote >= 0; /* the caller's file system is the template's, and not the host's */
    /* The order is the argument; see main.c. */
    bool ready = make_mounts_private()          /* nothing that we mount is seen outside, nor the reverse */
                 && open_bind_sources(plan)     /* last look at the host, read-only copies are in hand */
                 && (birth->has_network || raise_loopback()) /* the only interface there is */
                 && name_host(plan)             /* uts namespace */
                 && await_gate(gate)            /* what is above needs no identity; the maps are written meanwhile */
                 && volunteer_as_planned(plan)  /* while the file is still ours, and the host's /proc there */
                 && become_undumpable()         /* from here on no other process looks into this one */
                 && take_inside_identity(plan)  /* an unprivileged uid of the host from now on */
                 && build_file_system(plan, is_nested) /* root, binds, dev, sealed; then the job's disk and proc */
                 && leave_old_root(plan);       /* the host's tree is unmounted: no path leads back */
    return ready ? open_shared_directory(plan) : -1;
}
