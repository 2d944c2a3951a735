/* Phase go: the process that becomes the job gives everything away, in an order that lets each step still happen. */
#include "channel.h"
#include "linux_calls.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LAST_CAPABILITY = 63, FILE_MODE_MASK = 022 };

static char *arguments[STRINGS + 1];
static char *variables[STRINGS + 1];

static bool lead_session(void)
{
    return setsid() >= 0 || failed("lead a session", "");
}

static bool connect_streams(const struct launch *launch)
{
    return (dup2(launch->input, 0) == 0 && dup2(launch->output, 1) == 1 && dup2(launch->errors, 2) == 2)
           || failed("connect streams", "");
}

static rlim_t lower(rlim_t wanted, rlim_t present)
{
    return wanted < present ? wanted : present;
}

static bool lower_limits(struct plan plan)
{
    struct operation limit;
    while (plan_next(&plan, &limit)) {
        struct rlimit present;
        if (limit.code != OPERATION_LIMIT)
            continue;
        int resource = (int)limit.number[0];
        if (getrlimit(resource, &present) != 0)
            return failed("read limit", "");
        /* Raising a hard limit would need a privilege; a host's stricter one stands. */
        struct rlimit lowered;
        lowered.rlim_max = lower(limit.number[2], present.rlim_max);
        lowered.rlim_cur = lower(limit.number[1], lowered.rlim_max);
        if (lowered.rlim_cur == present.rlim_cur && lowered.rlim_max == present.rlim_max)
            continue; /* a zygote's filter refuses some that it has lowered itself */
        if (setrlimit(resource, &lowered) != 0)
            return failed("lower limit", "");
    }
    return true;
}

/* When memory runs out, everything in the sandbox goes before the resident, which goes before the agent: it shares the
 * sandbox's control group but is not what filled it. Inherited by the job. */
bool volunteer_for_memory_shortage(unsigned points)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%u", points);
    int handle = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    bool written = handle >= 0 && write(handle, text, (size_t)length) == length;
    if (handle >= 0)
        close(handle);
    return written || failed("volunteer for memory shortage", "/proc/self/oom_score_adj");
}

bool drop_bounding_set(void)
{
    for (int capability = 0; capability <= LAST_CAPABILITY; capability++)
        if (prctl(PR_CAPBSET_DROP, capability) != 0)
            return errno == EINVAL || failed("drop bounding set", "");
    return true;
}

static bool become_user(struct plan plan)
{
    struct operation user;
    errno = EINVAL;
    if (!plan_find(plan, OPERATION_USER, &user))
        return failed("read plan", "user");
    uid_t uid = (uid_t)user.number[0];
    gid_t gid = (gid_t)user.number[1];
    if (user.number[2] != 0 && setgroups(0, NULL) != 0)
        return failed("leave groups", "");
    return (setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0) || failed("become user", "");
}

bool drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2];
    memset(none, 0, sizeof none);
    return (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0 && syscall(SYS_capset, &header, none) == 0)
           || failed("drop capabilities", "");
}

bool forbid_new_privileges(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 || failed("forbid new privileges", "");
}

static bool keep_requests(const struct launch *launch)
{
    return (dup2(launch->requests, CONTROL_DESCRIPTOR) == CONTROL_DESCRIPTOR
            && linux_close_from(CONTROL_DESCRIPTOR + 1) == 0)
           || failed("keep requests", "");
}

static bool close_descriptors(const struct launch *launch)
{
    if (launch->requests >= 0)
        return keep_requests(launch);
    return linux_close_from(3) == 0 || failed("close descriptors", "");
}

/* The resident reset all dispositions; only SIGCHLD was blocked since. */
static bool unblock_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL) == 0 || failed("unblock signals", "");
}

static bool enter_directory(struct plan plan)
{
    struct operation directory;
    umask(FILE_MODE_MASK);
    errno = EINVAL;
    const char *path = plan_find(plan, OPERATION_WORKDIR, &directory) ? directory.text[0] : "";
    return chdir(path) == 0 || failed("enter working directory", path);
}

static bool collect(struct plan plan, uint32_t code, char **into)
{
    struct operation operation;
    size_t count = 0;
    while (plan_next(&plan, &operation)) {
        if (operation.code != code)
            continue;
        errno = E2BIG;
        if (count == STRINGS)
            return failed("collect strings", "too many");
        into[count++] = (char *)operation.text[0];
    }
    into[count] = NULL;
    errno = EINVAL;
    return !plan.malformed || failed("read plan", "malformed operation");
}

static bool collect_command(struct plan plan)
{
    errno = EINVAL;
    return collect(plan, OPERATION_ARGUMENT, arguments) && collect(plan, OPERATION_VARIABLE, variables)
           && (arguments[0] != NULL || failed("read plan", "no command"));
}

static bool filter_system_calls(struct plan plan, uint32_t code)
{
    struct operation filter;
    errno = EINVAL;
    if (!plan_find(plan, code, &filter))
        return failed("read plan", "filter");
    struct sock_fprog program = {
        .len = (unsigned short)(filter.length / sizeof(struct sock_filter)),
        .filter = (struct sock_filter *)filter.bytes,
    };
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 || failed("filter system calls", "");
}

/* What an exec would do: the files under /proc of the process are the job's from here on. */
static bool become_dumpable(void)
{
    return prctl(PR_SET_DUMPABLE, 1) == 0 || failed("become dumpable", "");
}

/* An exec takes all rights but these, which lead into namespaces and do nothing else under the zygote's filter. */
static bool keep_entering(struct plan plan)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct entering[2];
    uint32_t bits = 1u << CAP_SYS_ADMIN | 1u << CAP_SYS_CHROOT;
    memset(entering, 0, sizeof entering);
    entering[0].effective = entering[0].permitted = entering[0].inheritable = bits;
    return (prctl(PR_SET_KEEPCAPS, 1) == 0 || failed("keep capabilities", "")) && become_user(plan)
           && ((syscall(SYS_capset, &header, entering) == 0
                && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0) == 0
                && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_CHROOT, 0, 0) == 0)
               || failed("keep capabilities", "enter namespaces"));
}

static bool execute(void)
{
    execve(arguments[0], arguments, variables);
    return failed("execute", arguments[0]);
}

struct launch launch_of(const struct message *message)
{
    return (struct launch){
        .plan = plan_of(message->bytes + COMMAND_HEADER_BYTES, message->length - COMMAND_HEADER_BYTES),
        .input = message->descriptors[0],
        .output = message->descriptors[1],
        .errors = message->descriptors[2],
        .requests = -1,
    };
}

char **launch_arguments(void)
{
    return arguments;
}

char **launch_variables(void)
{
    return variables;
}

/* What every command goes through before it loses its rights. */
static bool take_command(const struct launch *launch)
{
    return collect_command(launch->plan)     /* all of the plan is well formed */
           && lead_session()                 /* no terminal, no group of pid 1 */
           && connect_streams(launch)        /* pipes to the agent */
           && lower_limits(launch->plan);    /* while the hard limits are still ours to set */
}

/* What a job loses, however it starts. */
static bool lose_rights(struct plan plan)
{
    return drop_bounding_set()               /* what is executed gains nothing */
           && become_user(plan)              /* needs two */
           && drop_capabilities()            /* none left, none inheritable */
           && forbid_new_privileges();       /* none to come; the filter requires it */
}

/* The last steps of all. */
static bool settle_in(struct plan plan, uint32_t filter)
{
    return unblock_signals()                 /* inherited by what is executed */
           && enter_directory(plan)          /* as the job's user */
           && filter_system_calls(plan, filter); /* last: it forbids much of the above */
}

void become_job(const struct launch *launch)
{
    bool unreachable = take_command(launch) && lose_rights(launch->plan)
                       && close_descriptors(launch)   /* also the socket to the agent */
                       && settle_in(launch->plan, OPERATION_FILTER) && execute();
    (void)unreachable;
}

/* It has done all of the above, and its limits and rights are what they shall be. */
bool take_over_job(const struct launch *launch)
{
    return collect_command(launch->plan) && connect_streams(launch);
}

/* The descriptors are the caller's to close, when it knows that nothing has failed. It has the zygote's filter. */
bool become_forked_job(const struct launch *launch)
{
    return take_command(launch) && lose_rights(launch->plan) && become_dumpable()
           && settle_in(launch->plan, OPERATION_NARROW);
}

void become_zygote(const struct launch *launch)
{
    bool unreachable = take_command(launch)
                       && keep_entering(launch->plan) /* as a user that no job has */
                       && forbid_new_privileges() && close_descriptors(launch)
                       && settle_in(launch->plan, OPERATION_FILTER) && execute();
    (void)unreachable;
}
