/* What a process has in memory, one mapping after the other, as its /proc/self/maps tells it. */
#ifndef SANDRUN_MAPPINGS_H
#define SANDRUN_MAPPINGS_H

#include <stdbool.h>
#include <stdio.h>

enum { MAPPING_LINE_BYTES = 512 };

struct mapping {
    unsigned long from, to;
    char access[5];
    char name[MAPPING_LINE_BYTES];
};

/* False after the last one, and where there is no such file. */
bool next_mapping(FILE *maps, struct mapping *next);

#endif
