/* How a job's process ends below the interpreter: as it would anyway, for all that anybody sees, and sooner. */
#ifndef SANDRUN_EXITS_H
#define SANDRUN_EXITS_H

/* Before the first import. */
void exits_begin(void);

/* After the last one. */
void exits_settle(void);

#endif
