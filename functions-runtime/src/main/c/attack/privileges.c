/* Attacks that gain rights: by a namespace, an identity, a capability, a set-uid program, other kinds of calls. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

enum { X32_CALL = 0x40000000, I386_GETPID = 20 };

static struct verdict unshare_namespace(char **flags)
{
    return of_call(unshare((int)number(flags[0])), "unshare");
}

static struct verdict clone_namespace(char **flags)
{
    long child = syscall(SYS_clone, number(flags[0]) | SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0)
        _exit(0);
    return of_call(child, "clone");
}

/* Its flags lie in memory, out of a filter's sight. */
static struct verdict clone3_namespace(char **flags)
{
    uint64_t arguments[8] = {(uint64_t)number(flags[0]), 0, 0, 0, SIGCHLD};
    long child = syscall(SYS_clone3, arguments, sizeof arguments);
    if (child == 0)
        _exit(0);
    return of_call(child, "clone3");
}

static struct verdict join_namespace(char **path)
{
    int namespace = open(path[0], O_RDONLY);
    if (namespace < 0)
        return blocked(path[0]);
    return of_call(setns(namespace, 0), "setns");
}

static struct verdict become_root(char **unused)
{
    (void)unused;
    if (setresgid(0, 0, 0) != 0)
        return blocked("setresgid");
    return of_call(setresuid(0, 0, 0), "setresuid");
}

static struct verdict become_another(char **uid)
{
    uid_t other = (uid_t)number(uid[0]);
    return of_call(setresuid(other, other, other), "setresuid");
}

static struct verdict gain_capability(char **capability)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct wanted[2] = {{0}};
    long one = number(capability[0]);
    wanted[one / 32].permitted = wanted[one / 32].effective = 1u << one % 32;
    return of_call(syscall(SYS_capset, &header, wanted), "capset");
}

static struct verdict set_uid_bit(char **unused)
{
    (void)unused;
    int file = open("attack.program", O_WRONLY | O_CREAT, 0700);
    struct verdict set = of_call(chmod("attack.program", 04755), "chmod");
    close(file);
    unlink("attack.program");
    return set;
}

static const char *set_uid_program(void)
{
    static const char *const programs[] = {"/usr/bin/su", "/usr/bin/passwd", "/usr/bin/mount", "/usr/bin/chsh",
                                           "/usr/bin/newgrp", "/usr/bin/sudo"};
    struct stat file;
    for (size_t index = 0; index < sizeof programs / sizeof *programs; index++)
        if (stat(programs[index], &file) == 0 && (file.st_mode & S_ISUID) != 0 && file.st_uid != getuid())
            return programs[index];
    return NULL;
}

/* The kernel still tells the user ids of a process that has ended and was not reaped. */
static long effective_uid_of(pid_t ended)
{
    char path[64], line[256];
    long real, effective = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)ended);
    FILE *status = fopen(path, "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "Uid: %ld %ld", &real, &effective) == 2)
            break;
    return effective;
}

static struct verdict run_set_uid_program(char **unused)
{
    const char *program = set_uid_program();
    siginfo_t ended;
    (void)unused;
    if (geteuid() == 0)
        return absent("it is root already");
    if (program == NULL)
        return absent("no set-uid program is installed");
    pid_t child = fork();
    if (child == 0) {
        close(1);
        close(2);
        execl(program, program, "--help", NULL);
        _exit(127);
    }
    if (child < 0 || waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT) != 0)
        return blocked("fork");
    long uid = effective_uid_of(child);
    if (uid < 0)
        return blocked("/proc");
    return (uid_t)uid != geteuid() ? succeeded("it ran as another user") : blocked_by(0, "it gained nothing");
}

static struct verdict change_host_name(char **name)
{
    return of_call(sethostname(name[0], strlen(name[0])), "sethostname");
}

static struct verdict switch_off_randomisation(char **unused)
{
    (void)unused;
    return of_call(personality(ADDR_NO_RANDOMIZE), "personality");
}

/* Whatever the kernel answers, the call came through a filter that did not look at this bit. */
static struct verdict call_by_x32(char **unused)
{
    (void)unused;
#ifdef __x86_64__
    syscall(X32_CALL + SYS_getpid);
    return succeeded("the call was let through");
#else
    return absent("this processor has no such calls");
#endif
}

static _Noreturn void no_such_entry(int signal)
{
    (void)signal;
    static const char line[] = "\nattack: absent -: the kernel has no 32-bit calls\n";
    _exit(write(1, line, sizeof line - 1) > 0 ? 2 : 2);
}

static struct verdict call_by_interrupt(char **unused)
{
    (void)unused;
#ifdef __x86_64__
    long result;
    signal(SIGSEGV, no_such_entry);
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(I386_GETPID) : "r8", "r9", "r10", "r11", "memory");
    return succeeded("the call was let through");
#else
    (void)no_such_entry;
    return absent("this processor has no such calls");
#endif
}

const struct attack privilege_attacks[] = {
    {"unshare", 1, unshare_namespace},
    {"clone", 1, clone_namespace},
    {"clone3", 1, clone3_namespace},
    {"join-namespace", 1, join_namespace},
    {"become-root", 0, become_root},
    {"become-another", 1, become_another},
    {"gain-capability", 1, gain_capability},
    {"set-uid-bit", 0, set_uid_bit},
    {"run-set-uid-program", 0, run_set_uid_program},
    {"host-name", 1, change_host_name},
    {"switch-off-randomisation", 0, switch_off_randomisation},
    {"call-by-x32", 0, call_by_x32},
    {"call-by-interrupt", 0, call_by_interrupt},
    {0},
};
