/* How the zygote's memory is laid out for those that are copied from it. */
#ifndef SANDRUN_MEMORY_H
#define SANDRUN_MEMORY_H

/* Has the programs' text that is there by now, and whatever of it is used later, be there in a fork. */
void memory_hand_down_programs(void);

/* Gives back or uses up what is free, and puts into huge pages what can be; once everything is there. */
void memory_settle(void);

#endif
