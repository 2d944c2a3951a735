/*
 * The words that Java and sandbox-init exchange. Java's twin of this page is io.sandrun.runtime.sandbox.Protocol.
 *
 * Every message is one SOCK_SEQPACKET datagram in the machine's own byte order (both ends are on one machine).
 * A message from Java is a u32 type, a u32 zero and, for PREPARE and GO, operations (see plan.h).
 */
#ifndef SANDRUN_PROTOCOL_H
#define SANDRUN_PROTOCOL_H

#include <stdint.h>

/* Java puts them there: what the zygote's interpreter is told to run, see zygote.c, and what it runs besides. */
#define ZYGOTE_SCRIPT "/var/empty/hatch.py"
#define HATCHED_SCRIPT "/var/empty/hatched.py"
#define REHEARSAL_SCRIPT "/var/empty/rehearsal.py"

enum message_type {
    /* Java to resident, with the sandbox's end of a socket pair attached: u64 id, then operations. */
    MESSAGE_PREPARE = 1,
    /* Java to pid 1, with stdin, stdout and stderr attached: operations. */
    MESSAGE_GO = 2,
    /* Java to pid 1: end everything in the sandbox now. */
    MESSAGE_KILL = 3,
    /*
     * Java to pid 1, instead of GO and with the same content: keep this command as a zygote, and have copies of it made
     * that are asked for from now on through the same socket.
     */
    MESSAGE_NURSE = 4,
    /*
     * Java to pid 1, before GO and with the same content but without streams: start this command now. It waits in a
     * nest, as one that a zygote has forked, until GO says what for.
     */
    MESSAGE_AWAIT = 5,
    /*
     * Java to pid 1 of a template, with the sandbox's end of a socket pair attached: have the zygote copied, and
     * start a resident that is asked, through that socket, for sandboxes whose jobs are forked from the copy.
     */
    MESSAGE_COPY = 6,
    /* Java to resident: say when what the sandboxes had that have ended is given back. */
    MESSAGE_SETTLE = 7,

    /* Resident to Java, through the sandbox's socket. */
    MESSAGE_STARTED = 16, /* struct started, with the pidfd of pid 1 attached */

    /* Resident to Java. */
    MESSAGE_REFUSED = 17, /* struct failure: the sandbox could not be made */
    MESSAGE_EXITED = 18,  /* struct exited: pid 1 is reaped, nothing of the sandbox runs any more */
    MESSAGE_SETTLED = 19, /* struct settled: nor has any that has ended a disk, which is charged as memory */

    /* Pid 1 to Java. */
    MESSAGE_PREPARED = 32, /* struct prepared, with a descriptor of the shared directory attached */
    MESSAGE_FAILED = 33,   /* struct failure: a step of prepare or go did not work */
    MESSAGE_ENDED = 34,    /* struct ended: the job's main process is over */
    MESSAGE_DOOR = 35,     /* struct door, with the listening socket attached; before PREPARED, if the plan wants one */
    MESSAGE_COPIED = 36,   /* struct copied, with the pidfds of a resident and its zygote attached; or FAILED comes */

    /* Pid 1 to the zygote: struct hatch, with one end of a nest and then pid 1's namespaces attached, see nest.c. */
    MESSAGE_HATCH = 48,
    /* Zygote, or who waits, to pid 1 through the nest: struct hatched, or a FAILED. Then GO goes through the nest, and
     * perhaps FAILED comes back; the nest's end without a word says that the job runs. */
    MESSAGE_HATCHED = 49,
    /* Pid 1 of a template to the zygote, struct split with a socket attached: be two, of which the other is called
     * through that socket from now on. Its first word there is HATCHED. */
    MESSAGE_SPLIT = 50,
};

struct hatch {
    uint32_t type;
    uint32_t unused;
};

struct hatched {
    uint32_t type;
    int32_t pid; /* of the job's process, as the sandbox counts */
};

struct split {
    uint32_t type;
    uint32_t unused;
};

struct copied {
    uint32_t type;
    uint32_t unused;
};

struct started {
    uint32_t type;
    uint32_t pid;
};

struct exited {
    uint32_t type;
    int32_t status; /* as wait4 gives it */
    uint64_t id;
    uint64_t cpu_micros;         /* user and system time of pid 1 and of all it has reaped */
    uint64_t resident_set_bytes; /* the largest that any one process of them ever had */
};

struct settled {
    uint32_t type;
    uint32_t unused;
};

struct failure {
    uint32_t type;
    int32_t error; /* errno */
    uint64_t id;   /* of the sandbox; 0 in messages of pid 1 */
    char step[48];
    char detail[192];
};

struct prepared {
    uint32_t type;
    uint32_t unused;
    uint64_t nanos; /* CLOCK_MONOTONIC */
};

struct door {
    uint32_t type;
    uint32_t unused;
};

struct ended {
    uint32_t type;
    int32_t code;   /* exit code, when signal is 0 */
    int32_t signal; /* the signal that ended it, or 0 */
    uint32_t others; /* after a failure: processes of the job that were still there */
};

enum {
    CONTROL_DESCRIPTOR = 3,     /* where the resident finds its socket to Java */
    MESSAGE_BYTES = 256 * 1024, /* above the 128 KiB of arguments and environment, a full filter and a plan */
    COMMAND_HEADER_BYTES = 8,   /* of GO and NURSE, before the operations */
    STREAMS = 3,                /* stdin, stdout and stderr of a command */
    NAMESPACES = 7,             /* that a sandbox has of its own */
    PASSED_DESCRIPTORS = 1 + NAMESPACES, /* most that one message carries */
    HATCH_TIMEOUT_MS = 10000,   /* a fork takes milliseconds; this is for a machine that is on its knees */
    LIVE_SANDBOXES = 64,        /* per resident: one that runs and those prepared ahead */
    BIND_SOURCES = 128,         /* per plan */
    RESIDENT_VICTIM = 500,      /* oom_score_adj of the resident: after its sandboxes, before the agent */
    FIRST_VICTIM = 1000,        /* oom_score_adj of a job: when memory runs out, it goes first */
    STRINGS = 4096,             /* arguments, and environment entries, each */
    DOOR_BACKLOG = 16,          /* connections that wait for Java; more are tried again by whoever makes them */
};

#endif
