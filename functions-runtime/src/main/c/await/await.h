/* What a process does that was started before its job was there: see start_waiting() in nest.c. */
#ifndef SANDRUN_AWAIT_H
#define SANDRUN_AWAIT_H

/* Says so, waits, and takes over the job's streams and variables; its words are launch_arguments(). Without a job, or
 * when a step fails, it ends the process. */
void await_job(void);

#endif
