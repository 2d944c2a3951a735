/*
 * Starts one command over and over, as cheaply as a process can be started (posix_spawn, which shares memory until the
 * exec), and times it: from before the start until both outputs have ended and the exit status is known. Its orders
 * come on stdin as u64 milliseconds, its answers go to stdout as u64: 0 asks for the nanoseconds of one start, any
 * other number for how many starts, one after the other, end within that time. Usage: starter FILE COMMAND ARGUMENT...
 * The file is opened anew as descriptor 9 of each command.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXTRA = 9 };

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void check(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "starter: %s does not work\n", what);
    exit(1);
}

static pid_t spawn(const char *file, char **command, const int out[2], const int errors[2])
{
    char *environment[] = {"PATH=/usr/bin", "HOME=/tmp", NULL};
    posix_spawn_file_actions_t actions;
    pid_t child = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, errors[1], 2);
    posix_spawn_file_actions_addopen(&actions, EXTRA, file, O_RDONLY, 0);
    check(posix_spawn(&child, command[0], &actions, NULL, command, environment) == 0, command[0]);
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

/* Only what the command says on its error output is passed on. */
static void drain(int out, int errors)
{
    struct pollfd ends[] = {{.fd = out, .events = POLLIN}, {.fd = errors, .events = POLLIN}};
    for (int open = 2; open > 0;) {
        check(poll(ends, 2, -1) > 0, "poll");
        for (int i = 0; i < 2; i++) {
            char text[4096];
            if (ends[i].revents == 0)
                continue;
            ssize_t count = read(ends[i].fd, text, sizeof text);
            if (count > 0 && ends[i].fd == errors)
                check(write(2, text, (size_t)count) == count, "write");
            else if (count <= 0)
                ends[i].fd = -1, open--;
        }
    }
}

static uint64_t start(const char *file, char **command)
{
    int out[2], errors[2], status;
    uint64_t begin = now();
    check(pipe2(out, O_CLOEXEC) == 0 && pipe2(errors, O_CLOEXEC) == 0, "pipe2");
    pid_t child = spawn(file, command, out, errors);
    close(out[1]);
    close(errors[1]);
    drain(out[0], errors[0]);
    check(waitpid(child, &status, 0) == child && status == 0, command[0]);
    close(out[0]);
    close(errors[0]);
    return now() - begin;
}

int main(int argument_count, char **arguments)
{
    uint64_t order;
    check(argument_count >= 3, "a call without a command");
    while (read(0, &order, sizeof order) == sizeof order) {
        uint64_t answer = 0, end = now() + order * 1000000u;
        if (order == 0)
            answer = start(arguments[1], arguments + 2);
        else
            for (start(arguments[1], arguments + 2); now() < end; start(arguments[1], arguments + 2))
                answer++;
        check(write(1, &answer, sizeof answer) == sizeof answer, "write");
    }
    return 0;
}
