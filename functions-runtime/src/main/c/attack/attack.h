/* The attacks of the escape suite. Each is a small program of its own that tries one thing and tells what came of it;
 * attacks.txt, among the resources, says with which arguments it runs, and what is expected. */
#ifndef SANDRUN_ATTACK_H
#define SANDRUN_ATTACK_H

/* What came of an attack, as it sees it. PLANTED: it has done its part, and somebody else has to look. */
enum outcome { SUCCEEDED, BLOCKED, ABSENT, PLANTED };

struct verdict {
    enum outcome outcome;
    int error;     /* errno of a blocked attack, 0 if it was blocked by something else */
    char seen[96]; /* a few words for a person */
};

struct attack {
    const char *name;
    int arguments; /* at least so many */
    struct verdict (*run)(char **arguments);
};

/* Each ends with an entry without a name. */
extern const struct attack file_attacks[];
extern const struct attack mount_attacks[];
extern const struct attack network_attacks[];
extern const struct attack process_attacks[];
extern const struct attack privilege_attacks[];
extern const struct attack kernel_attacks[];
extern const struct attack resource_attacks[];
extern const struct attack remains_attacks[];
extern const struct attack output_attacks[];

struct verdict succeeded(const char *seen);
struct verdict blocked(const char *seen);       /* with the present errno */
struct verdict blocked_by(int error, const char *seen);
struct verdict absent(const char *seen);
struct verdict planted(const char *seen);
/* Negative means blocked, with the present errno. */
struct verdict of_call(long result, const char *call);
/* For calls that check the right to call before the arguments: this error says that the right was there. */
struct verdict of_bogus_call(long result, int error_of_the_permitted, const char *call);

void sleep_ms(long ms);
long number(const char *text);

/* witness.c: what attacks are aimed at. Plants itself, tells what touches it, never returns. */
_Noreturn void witness(char **arguments);

#endif
