#ifndef SANDRUN_STREAMS_H
#define SANDRUN_STREAMS_H

#include <stdbool.h>

/* What is read from the zygote's streams is its own word: no copy of it has them. */
bool leave_streams(void);

#endif
