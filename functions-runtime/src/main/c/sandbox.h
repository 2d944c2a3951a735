/* The parts of one sandbox, in the order in which they come to life. */
#ifndef SANDRUN_SANDBOX_H
#define SANDRUN_SANDBOX_H

#include "plan.h"

#include <stdbool.h>

/* resident.c: serves requests until the control socket closes; then everything it started is dead. */
void resident_serve(void);

/* prepare.c: phase prepare; the caller is pid 1 of its new namespaces. Returns the shared directory's descriptor,
 * or -1. */
int prepare(int gate, struct plan plan, bool has_network);

/* prepare.c: a listening socket inside the sandbox, when the plan wants one, else -1; false when it failed. */
bool open_door(struct plan plan, int *door);

/* prepare.c: brings up the only interface of the network namespace that the caller is in. */
bool raise_loopback(void);

/* filesystem.c: the steps of prepare that touch mounts. */
bool make_mounts_private(void);
bool open_bind_sources(struct plan plan);
bool build_file_system(struct plan plan);
bool enter_new_root(void);

/* init.c: life as pid 1, from the first instruction in the namespaces to the end of the job. Never returns. */
_Noreturn void init_run(int job_socket, int gate, struct plan plan, bool has_network);

/* job.c: phase go; the caller is a fresh child of pid 1. Returns only when a step failed (see failed()). */
struct launch {
    struct plan plan;
    int input, output, errors;
};
void become_job(const struct launch *launch);

/* job.c: gives up every capability and the ways to gain one; used by pid 1 as well. */
bool drop_bounding_set(void);
bool drop_capabilities(void);
bool forbid_new_privileges(void);

/* probe.c: prints what can be seen from inside, for Java to judge. */
int probe(void);

#endif
