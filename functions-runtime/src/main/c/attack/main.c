/* attack NAME ARGUMENTS...: tries one attack and prints a line of its own, `attack: OUTCOME ERRNO: what was seen`.
 * Exits with 0 if it succeeded or was planted, 1 if it was blocked, 2 if this machine lacks what it needs. */
#include "../await/await.h"
#include "../sandbox.h"
#include "attack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { USAGE = 64 };

static const struct attack *const groups[] = {file_attacks,      mount_attacks,    network_attacks,
                                              process_attacks,   privilege_attacks, kernel_attacks,
                                              resource_attacks,  remains_attacks,   output_attacks};

static const struct {
    int number;
    const char *name;
} errors[] = {
#define NAMED(error) {error, #error}
    NAMED(E2BIG),     NAMED(EACCES), NAMED(EAFNOSUPPORT), NAMED(EAGAIN),       NAMED(EBADF),       NAMED(EBUSY),
    NAMED(ECHILD),    NAMED(EFAULT), NAMED(EFBIG),        NAMED(ECONNREFUSED), NAMED(EEXIST),      NAMED(EINVAL),
    NAMED(EIO),       NAMED(EISDIR), NAMED(ELOOP),        NAMED(EMFILE),       NAMED(ENETUNREACH), NAMED(ENODEV),
    NAMED(ENOENT),    NAMED(ENOEXEC), NAMED(ENOMEM),      NAMED(ENOSPC),       NAMED(ENOSYS),      NAMED(ENOTDIR),
    NAMED(ENOTTY),    NAMED(ENXIO),  NAMED(EOPNOTSUPP),   NAMED(EPERM),        NAMED(EROFS),       NAMED(ESRCH),
    NAMED(ETXTBSY),   NAMED(EXDEV),  NAMED(ENOMSG),       NAMED(EPROTONOSUPPORT), NAMED(ESOCKTNOSUPPORT),
#undef NAMED
};

static struct verdict verdict(enum outcome outcome, int error, const char *seen)
{
    struct verdict made = {.outcome = outcome, .error = error};
    snprintf(made.seen, sizeof made.seen, "%s", seen);
    return made;
}

struct verdict succeeded(const char *seen)
{
    return verdict(SUCCEEDED, 0, seen);
}

struct verdict blocked(const char *seen)
{
    return verdict(BLOCKED, errno, seen);
}

struct verdict blocked_by(int error, const char *seen)
{
    return verdict(BLOCKED, error, seen);
}

struct verdict absent(const char *seen)
{
    return verdict(ABSENT, 0, seen);
}

struct verdict planted(const char *seen)
{
    return verdict(PLANTED, 0, seen);
}

struct verdict of_call(long result, const char *call)
{
    return result < 0 ? blocked(call) : succeeded(call);
}

struct verdict of_bogus_call(long result, int error_of_the_permitted, const char *call)
{
    return result >= 0 || errno == error_of_the_permitted ? succeeded(call) : blocked(call);
}

void sleep_ms(long ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&time, &time) != 0 && errno == EINTR)
        ;
}

long number(const char *text)
{
    return strtol(text, NULL, 0);
}

static const char *name_of(int error)
{
    static char unnamed[16];
    for (size_t index = 0; index < sizeof errors / sizeof *errors; index++)
        if (errors[index].number == error)
            return errors[index].name;
    snprintf(unnamed, sizeof unnamed, "errno %d", error);
    return error == 0 ? "-" : unnamed;
}

static int tell(struct verdict verdict)
{
    static const char *const words[] = {"succeeded", "blocked", "absent", "planted"};
    static const int exits[] = {0, 1, 2, 0};
    char line[160];
    int length = snprintf(line, sizeof line, "\nattack: %s %s: %s\n", words[verdict.outcome], name_of(verdict.error),
                          verdict.seen);
    if (write(1, line, (size_t)length) != length)
        return USAGE;
    return exits[verdict.outcome];
}

static const struct attack *find(const char *name)
{
    for (size_t group = 0; group < sizeof groups / sizeof *groups; group++)
        for (const struct attack *attack = groups[group]; attack->name != NULL; attack++)
            if (strcmp(attack->name, name) == 0)
                return attack;
    return NULL;
}

static int list(void)
{
    for (size_t group = 0; group < sizeof groups / sizeof *groups; group++)
        for (const struct attack *attack = groups[group]; attack->name != NULL; attack++)
            puts(attack->name);
    return 0;
}

/* As it may be done for Node.js: so all of this can be tried by a process that was there before its job. */
static char **await_arguments(int *count)
{
    char **arguments;
    await_job();
    for (arguments = launch_arguments(), *count = 0; arguments[*count] != NULL; (*count)++)
        ;
    return arguments;
}

int main(int count, char **arguments)
{
    if (getenv("SANDRUN_AWAITS") != NULL)
        arguments = await_arguments(&count);
    if (count > 1 && strcmp(arguments[1], "do") == 0) { /* where a program has its file */
        arguments++;
        count--;
    }
    if (count == 2 && strcmp(arguments[1], "list") == 0)
        return list();
    if (count == 6 && strcmp(arguments[1], "witness") == 0)
        witness(arguments + 2);
    const struct attack *attack = count < 2 ? NULL : find(arguments[1]);
    if (attack == NULL || count - 2 < attack->arguments) {
        fprintf(stderr, "attack: no such attack, or too few arguments\n");
        return USAGE;
    }
    return tell(attack->run(arguments + 2));
}
