/* fsync and fdatasync that fail with EIO while the file named by SANDRUN_FSYNC_FAULT exists. Put before the C library
 * with LD_PRELOAD, see ld.so(8). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int fails(void) {
    const char *trigger = getenv("SANDRUN_FSYNC_FAULT");
    return trigger != NULL && access(trigger, F_OK) == 0;
}

static int flush(const char *name, int fd) {
    if (fails()) {
        errno = EIO;
        return -1;
    }
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return real(fd);
}

int fsync(int fd) {
    return flush("fsync", fd);
}

int fdatasync(int fd) {
    return flush("fdatasync", fd);
}
