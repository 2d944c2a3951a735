/* At which of a job's own places the zygote's imports have looked. */
#ifndef SANDRUN_PLACES_H
#define SANDRUN_PLACES_H

#include <stdbool.h>

/* Somebody looks there. */
void places_note(const char *path);

/* From here on nothing is taken down. */
void places_settle(void);

/* Whether the job has brought something to one of them: then imports would not find there what they have found. */
bool places_are_taken(void);

#endif
