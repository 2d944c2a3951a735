/* How the zygote's memory is laid out for those that are copied from it. */
#ifndef SANDRUN_MEMORY_H
#define SANDRUN_MEMORY_H

/* Gives back or uses up what is free, and puts into huge pages what can be; once everything is there. */
void memory_settle(void);

#endif
