#ifndef SANDRUN_THREADS_H
#define SANDRUN_THREADS_H

#include <stdbool.h>

/* Whether this process has no other thread. */
bool is_alone(void);

#endif
