/*
 * At the end of a process OpenSSL gives back all its memory, piece by piece. In one that was forked this is the
 * zygote's, which would be copied, page by page, to be written to for the last time. So nobody is told to do that.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

typedef void at_exit(void *);
typedef int register_exit(at_exit *, void *, void *);

static bool is_of_openssl(at_exit *function)
{
    Dl_info place;
    void *address;
    memcpy(&address, &function, sizeof address);
    if (dladdr(address, &place) == 0 || place.dli_fname == NULL)
        return false;
    const char *slash = strrchr(place.dli_fname, '/');
    const char *name = slash == NULL ? place.dli_fname : slash + 1;
    return strncmp(name, "libcrypto", strlen("libcrypto")) == 0;
}

/* By which the C library's atexit comes as well. */
EXPORTED int __cxa_atexit(at_exit *function, void *argument, void *library)
{
    static register_exit *original;
    if (original == NULL) {
        void *found = dlsym(RTLD_NEXT, "__cxa_atexit");
        memcpy(&original, &found, sizeof original);
    }
    return is_of_openssl(function) ? 0 : original(function, argument, library);
}
