#include "mappings.h"

bool next_mapping(FILE *maps, struct mapping *next)
{
    char line[MAPPING_LINE_BYTES];
    next->name[0] = 0;
    return maps != NULL && fgets(line, sizeof line, maps) != NULL
           && sscanf(line, "%lx-%lx %4s %*s %*s %*s %511s", &next->from, &next->to, next->access, next->name) >= 3;
}
