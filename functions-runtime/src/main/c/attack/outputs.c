/* Attacks on whoever collects a job's outputs: files that are not what their names say. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct verdict leave_link(char **arguments)
{
    return symlink(arguments[0], arguments[1]) != 0 ? blocked("symlink") : planted("a symbolic link");
}

/* A name that is only a directory to whoever does not look. */
static struct verdict leave_pipe(char **name)
{
    return mkfifo(name[0], 0666) != 0 ? blocked("mkfifo") : planted("a named pipe");
}

static struct verdict leave_hard_link(char **arguments)
{
    return link(arguments[0], arguments[1]) != 0 ? blocked("link") : planted("a hard link");
}

static struct verdict leave_sparse_file(char **arguments)
{
    int file = open(arguments[0], O_WRONLY | O_CREAT, 0666);
    if (file < 0 || ftruncate(file, (off_t)number(arguments[1]) << 20) != 0)
        return blocked("ftruncate");
    return planted("a file that is mostly a hole");
}

static struct verdict leave_set_uid_file(char **name)
{
    int file = open(name[0], O_WRONLY | O_CREAT, 06755);
    return file < 0 || write(file, "left", 4) != 4 ? blocked("open") : planted("a set-uid file");
}

const struct attack output_attacks[] = {
    {"leave-link", 2, leave_link},
    {"leave-pipe", 1, leave_pipe},
    {"leave-hard-link", 2, leave_hard_link},
    {"leave-sparse-file", 2, leave_sparse_file},
    {"leave-set-uid-file", 1, leave_set_uid_file},
    {0},
};
