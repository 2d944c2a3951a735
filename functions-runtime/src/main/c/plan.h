/*
 * The plan: what to build and what to start, as data.
 *
 * A plan is a sequence of operations; an operation is u32 code, u32 payload length, payload. A payload is the fields
 * that the code's signature names, in that order: text (u32 length with its final NUL, bytes), number (u64), or bytes
 * (u32 length, bytes). This is the only parser of bytes in the program; it trusts no length and keeps no state but its
 * position, so that a fuzzer can be pointed at plan_next alone.
 */
#ifndef SANDRUN_PLAN_H
#define SANDRUN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum operation_code {
    OPERATION_IDENTITY = 1,  /* text setgroups or nothing, text uid map, text gid map, number become inside root */
    OPERATION_STAGE = 2,     /* text host directory to build on, text tmpfs options of the root; not below a template */
    OPERATION_DIRECTORY = 3, /* text path, number mode, number uid, number gid (-1: the creator's) */
    OPERATION_SYMLINK = 4,   /* text target, text path */
    OPERATION_FILE = 5,      /* text path, number mode, bytes content */
    OPERATION_BIND = 6,      /* text host source, text path, number mount attributes (recursive) */
    OPERATION_REBIND = 7,    /* text source inside, text path, number mount attributes beside the source's */
    OPERATION_MOUNT = 8,     /* text type, text path, text options, number MS_ flags */
    OPERATION_SEAL = 9,      /* text path, number mount attributes (of this one mount) */
    OPERATION_HOSTNAME = 10, /* text name */
    OPERATION_SHARE = 11,    /* text path of the directory whose descriptor Java gets */
    OPERATION_DOOR = 12,     /* number TCP port of the loopback on which Java listens */
    OPERATION_VICTIM = 13,   /* number oom_score_adj of all that is in the sandbox; 1000 when there is none */
    OPERATION_UNMOUNT = 14,  /* text path: what is mounted there is a zygote's, and not of the sandboxes below it */

    OPERATION_USER = 32,     /* number uid, number gid, number clear supplementary groups */
    OPERATION_LIMIT = 33,    /* number resource, number soft, number hard */
    OPERATION_WORKDIR = 34,  /* text path */
    OPERATION_ARGUMENT = 35, /* text */
    OPERATION_VARIABLE = 36, /* text NAME=value */
    OPERATION_FILTER = 37,   /* bytes: array of struct sock_filter */
    OPERATION_NARROW = 38,   /* bytes: likewise, for a forked job, which has its zygote's filter already */
};

struct operation {
    uint32_t code;
    const char *text[3];
    uint64_t number[3];
    const unsigned char *bytes;
    uint32_t length;
};

struct plan {
    const unsigned char *at;
    const unsigned char *end;
    bool malformed;
};

struct plan plan_of(const void *bytes, size_t length);

/* The next operation; false at the end and at the first malformed byte (plan->malformed tells which). */
bool plan_next(struct plan *plan, struct operation *operation);

/* The first operation of that code in a plan that is taken by value, so that the caller's position stays. */
bool plan_find(struct plan plan, uint32_t code, struct operation *operation);

#endif
