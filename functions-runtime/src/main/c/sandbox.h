/* The parts of one sandbox, in the order in which they come to life. */
#ifndef SANDRUN_SANDBOX_H
#define SANDRUN_SANDBOX_H

#include "plan.h"
#include "protocol.h"

#include <stdbool.h>
#include <sys/types.h>

/* resident.c: serves requests until the control socket closes; then everything it started is dead. */
void resident_serve(void);

/* resident.c: likewise, inside a template; the jobs come from that zygote. */
void resident_nurse(int socket_to_zygote);

/* closer.c: from here on the calling process has a thread that closes what it is told to. False: there is none. */
bool start_closer(void);
void close_later(int descriptor);

/* closer.c: Java is told when all that was to be closed is. */
void tell_closed(void);

struct message;

/* nursery.c: pid 1 of a template starts a zygote as NURSE says, and has it copied for slots. Never returns. */
_Noreturn void nurse(const struct message *message);

/* What pid 1 of a sandbox is born with. */
struct birth {
    int job_socket, gate;
    int zygote; /* -1: the job is executed */
    struct plan plan;
    bool has_network;
};

/* prepare.c: phase prepare; the caller is pid 1 of its new namespaces. Returns the shared directory's descriptor,
 * or -1. */
int prepare(int gate, const struct birth *birth);

/* prepare.c: a listening socket inside the sandbox, when the plan wants one, else -1; false when it failed. */
bool open_door(struct plan plan, int *door);

/* prepare.c: brings up the only interface of the network namespace that the caller is in. */
bool raise_loopback(void);

/* filesystem.c: the steps of prepare that touch mounts. */
bool make_mounts_private(void);
bool open_bind_sources(struct plan plan);
bool build_file_system(struct plan plan, bool is_inside);
bool leave_old_root(struct plan plan);

/* filesystem.c: the nursery's part of it, for the sandboxes below it. */
bool leave_mounts(struct plan plan);

/* init.c: life as pid 1, from the first instruction in the namespaces to the end of the job. Never returns. */
_Noreturn void init_run(const struct birth *birth);

/* nest.c: how pid 1 comes to a job that is there before it is told what for: by a zygote, or by executing it early. */
int call_zygote(int zygote);
int start_waiting(const struct message *message, pid_t *job);
pid_t await_hatched(int nest, int zygote);
bool release_hatched(int nest, const struct message *go);
bool hatched_failed(int nest, struct failure *failure);

struct launch {
    struct plan plan;
    int input, output, errors;
    int requests; /* of a zygote: where it is called; of who waits: where it is told what for; else -1 */
};

/* job.c: what GO, or NURSE, says to start; valid as long as the message is. */
struct launch launch_of(const struct message *message);

/* job.c: phase go; the caller is a fresh child of pid 1. Returns only when a step failed (see failed()). */
void become_job(const struct launch *launch);

/* job.c: the same steps for a process that has what it shall run in its memory; false when one failed. */
bool become_forked_job(const struct launch *launch);

/* job.c: what is left for a process that has given up everything and has waited since; false when a step failed. */
bool take_over_job(const struct launch *launch);

/* job.c: likewise for the zygote of a template, which keeps the rights to enter the sandboxes below it. */
void become_zygote(const struct launch *launch);

/* job.c: what the plan of the last launch named, each with a NULL at its end. */
char **launch_arguments(void);
char **launch_variables(void);

/* job.c: gives up every capability and the ways to gain one; used by pid 1 as well. */
bool drop_bounding_set(void);
bool drop_capabilities(void);
bool forbid_new_privileges(void);

/* job.c: how gladly a process, and its children to come, go when memory runs out: 0 to 1000. */
bool volunteer_for_memory_shortage(unsigned points);

/* probe.c: prints what can be seen from inside, for Java to judge. */
int probe(void);

#endif
