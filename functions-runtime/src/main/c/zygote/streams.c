#include "streams.h"

#include <fcntl.h>
#include <unistd.h>

bool leave_streams(void)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    return nothing >= 0 && dup2(nothing, 0) == 0 && dup2(nothing, 1) == 1 && dup2(nothing, 2) == 2
           && close(nothing) == 0;
}
