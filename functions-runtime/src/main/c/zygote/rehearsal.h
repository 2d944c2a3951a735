/* What jobs will write to, copied for each before it is known what for. */
#ifndef SANDRUN_REHEARSAL_H
#define SANDRUN_REHEARSAL_H

/* In the zygote, once everything is there: takes down what the process of a job writes to. */
void rehearse(void);

/* In the process of a job, before it begins: has all that copied. */
void rehearsal_copy_ahead(void);

#endif
