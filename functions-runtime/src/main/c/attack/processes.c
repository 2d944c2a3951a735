/* Attacks on other processes: the host's, a neighbour's, and the sandbox's own first one. */
#include "attack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef PTRACE_SEIZE
#define PTRACE_SEIZE 0x4206
#endif

enum { KILL_PATIENCE_MS = 400, KILL_STEP_MS = 20 };

/* Among the command lines of all processes that can be seen; its own has the word too. */
static struct verdict find_process(char **word)
{
    char path[300], line[4096];
    struct dirent *entry;
    DIR *processes = opendir("/proc");
    if (processes == NULL)
        return blocked("/proc");
    while ((entry = readdir(processes)) != NULL) {
        if (atoi(entry->d_name) == 0 || atoi(entry->d_name) == getpid() || atoi(entry->d_name) == getppid())
            continue;
        snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
        int file = open(path, O_RDONLY);
        ssize_t count = file < 0 ? -1 : read(file, line, sizeof line);
        close(file);
        if (count > 0 && memmem(line, (size_t)count, word[0], strlen(word[0])) != NULL)
            return succeeded("saw it");
    }
    closedir(processes);
    return blocked_by(ENOENT, "not among the processes");
}

/* SIGCONT does no harm to a process that runs. */
static struct verdict signal_process(char **pid)
{
    return of_call(kill((pid_t)number(pid[0]), SIGCONT), "kill");
}

static int is_gone(pid_t pid)
{
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int file = open(path, O_RDONLY);
    ssize_t count = file < 0 ? 0 : read(file, line, sizeof line - 1);
    close(file);
    return count <= 0 || strstr(line, ") Z ") != NULL;
}

/* A signal that is sent and has no effect is not a kill. */
static struct verdict kill_process(char **pid)
{
    pid_t victim = (pid_t)number(pid[0]);
    if (kill(victim, SIGKILL) != 0)
        return blocked("kill");
    for (int waited = 0; waited < KILL_PATIENCE_MS; waited += KILL_STEP_MS) {
        if (is_gone(victim))
            return succeeded("it is gone");
        sleep_ms(KILL_STEP_MS);
    }
    return blocked_by(0, "sent, and it lives on");
}

static struct verdict seize_process(char **pid)
{
    return of_call(ptrace(PTRACE_SEIZE, (pid_t)number(pid[0]), NULL, NULL), "ptrace");
}

static struct verdict be_traced(char **unused)
{
    (void)unused;
    return of_call(ptrace(PTRACE_TRACEME, 0, NULL, NULL), "ptrace");
}

static struct verdict move_child_memory(int call)
{
    static volatile char there = 'x';
    char here = 'y';
    struct iovec mine = {.iov_base = &here, .iov_len = 1}, theirs = {.iov_base = (void *)&there, .iov_len = 1};
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    struct verdict moved = of_call(syscall(call, child, &mine, 1, &theirs, 1, 0), "process_vm");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return moved;
}

static struct verdict read_child_memory(char **unused)
{
    (void)unused;
    return move_child_memory(SYS_process_vm_readv);
}

static struct verdict write_child_memory(char **unused)
{
    (void)unused;
    return move_child_memory(SYS_process_vm_writev);
}

static struct verdict take_descriptor(char **pid)
{
    long process = syscall(SYS_pidfd_open, number(pid[0]), 0);
    if (process < 0)
        return blocked("pidfd_open");
    return of_call(syscall(SYS_pidfd_getfd, process, 0, 0), "pidfd_getfd");
}

/* A terminal of its own, to whose input a program could type. */
static int own_terminal(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
        return -1;
    return open(ptsname(master), O_RDWR | O_NOCTTY);
}

static struct verdict in_new_session(struct verdict (*act)(void))
{
    int result[2];
    struct verdict verdict;
    if (pipe(result) != 0)
        return blocked("pipe");
    pid_t child = fork();
    if (child == 0) {
        setsid();
        verdict = act();
        _exit(write(result[1], &verdict, sizeof verdict) != sizeof verdict);
    }
    close(result[1]);
    if (child < 0 || read(result[0], &verdict, sizeof verdict) != sizeof verdict)
        verdict = blocked("no child");
    waitpid(child, NULL, 0);
    return verdict;
}

static struct verdict take_terminal(void)
{
    int terminal = own_terminal();
    if (terminal < 0)
        return blocked("there is no terminal");
    return of_call(ioctl(terminal, TIOCSCTTY, 0), "ioctl");
}

static struct verdict type_into_terminal(void)
{
    int terminal = own_terminal();
    if (terminal >= 0)
        ioctl(terminal, TIOCSCTTY, 0);
    return of_call(ioctl(terminal < 0 ? 0 : terminal, TIOCSTI, "x"), "ioctl");
}

static struct verdict take_controlling_terminal(char **unused)
{
    (void)unused;
    return in_new_session(take_terminal);
}

static struct verdict type_commands(char **unused)
{
    (void)unused;
    return in_new_session(type_into_terminal);
}

static struct verdict foreign_session(char **unused)
{
    (void)unused;
    return getsid(0) == getpid() ? blocked_by(0, "it leads its own session") : succeeded("a caller leads it");
}

static struct verdict real_time(char **unused)
{
    struct sched_param priority = {.sched_priority = 1};
    (void)unused;
    return of_call(sched_setscheduler(0, SCHED_FIFO, &priority), "sched_setscheduler");
}

static struct verdict raise_priority(char **unused)
{
    (void)unused;
    return of_call(setpriority(PRIO_PROCESS, 0, -20), "setpriority");
}

const struct attack process_attacks[] = {
    {"find-process", 1, find_process},
    {"signal-process", 1, signal_process},
    {"kill-process", 1, kill_process},
    {"seize-process", 1, seize_process},
    {"be-traced", 0, be_traced},
    {"read-child-memory", 0, read_child_memory},
    {"write-child-memory", 0, write_child_memory},
    {"take-descriptor", 1, take_descriptor},
    {"take-controlling-terminal", 0, take_controlling_terminal},
    {"type-commands", 0, type_commands},
    {"foreign-session", 0, foreign_session},
    {"real-time", 0, real_time},
    {"raise-priority", 0, raise_priority},
    {0},
};
