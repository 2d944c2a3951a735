/*
 * Some packages look for settings among the files of whoever imports them, as matplotlib does in the working directory.
 * A zygote has none of a job's files. So it takes down where its imports have looked, whatever they have found; a job
 * that has something there imports for itself. Whoever calls the kernel by himself is not seen, nor a process that an
 * import starts.
 */
#include "places.h"

#include "notes.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

enum { MOST_PLACES = 512, MOST_BYTES = 32 * 1024 };

static const char *const of_jobs[] = {"/work/", "/tmp/", "/dev/shm/"};

static char *places[MOST_PLACES];
static char text[MOST_BYTES];
static struct notes looked_at = NOTES_IN(places, MOST_PLACES, text);

/* Not these directories themselves, which are always there. */
static bool is_below(const char *path)
{
    return path[strspn(path, "./")] != 0;
}

/* The working directory is a job's as well. */
static bool is_of_job(const char *path)
{
    if (path[0] != '/')
        return is_below(path);
    for (size_t i = 0; i < sizeof of_jobs / sizeof *of_jobs; i++)
        if (strncmp(path, of_jobs[i], strlen(of_jobs[i])) == 0)
            return is_below(path + strlen(of_jobs[i]));
    return false;
}

void places_note(const char *path)
{
    if (!looked_at.is_over && is_of_job(path))
        notes_take(&looked_at, path);
}

static void note_at(int directory, const char *path)
{
    if (!looked_at.is_over && (directory == AT_FDCWD || path[0] == '/'))
        places_note(path);
}

void places_settle(void)
{
    looked_at.is_over = true;
}

bool places_are_taken(void)
{
    struct stat there;
    for (size_t i = 0; i < looked_at.count; i++)
        if (lstat(places[i], &there) == 0)
            return true;
    return looked_at.are_too_many;
}

/* Then it is told the new file's rights as well. */
static bool creates(int flags)
{
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

/* Calls the function of that name that would have been called without us. */
#define NEXT(function, ...) \
    do { \
        static __typeof__(&function) original; \
        if (original == NULL) { \
            void *found = dlsym(RTLD_NEXT, #function); \
            memcpy(&original, &found, sizeof original); \
        } \
        return original(__VA_ARGS__); \
    } while (0)

#define OPENS(function) \
    EXPORTED int function(const char *path, int flags, ...) \
    { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = creates(flags) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        places_note(path); \
        NEXT(function, path, flags, mode); \
    }

#define OPENS_AT(function) \
    EXPORTED int function(int directory, const char *path, int flags, ...) \
    { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = creates(flags) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        note_at(directory, path); \
        NEXT(function, directory, path, flags, mode); \
    }

#define TELLS(function, type) \
    EXPORTED int function(const char *path, struct type *result) \
    { \
        places_note(path); \
        NEXT(function, path, result); \
    }

#define TELLS_AT(function, type) \
    EXPORTED int function(int directory, const char *path, struct type *result, int flags) \
    { \
        note_at(directory, path); \
        NEXT(function, directory, path, result, flags); \
    }

OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)
TELLS(stat, stat)
TELLS(stat64, stat64)
TELLS(lstat, stat)
TELLS(lstat64, stat64)
TELLS_AT(fstatat, stat)
TELLS_AT(fstatat64, stat64)

EXPORTED int access(const char *path, int mode)
{
    places_note(path);
    NEXT(access, path, mode);
}

EXPORTED DIR *opendir(const char *path)
{
    places_note(path);
    NEXT(opendir, path);
}
