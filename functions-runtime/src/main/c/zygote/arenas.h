/* Where the interpreter has its small objects, and what is free there. */
#ifndef SANDRUN_ARENAS_H
#define SANDRUN_ARENAS_H

/* Has the interpreter take memory for them side by side from here on, so that it can be in huge pages. */
void arenas_gather(void);

/* Uses up what is free among those that are there, so that a job's own are beside each other. */
void arenas_fill(void);

#endif
