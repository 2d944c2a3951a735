/* Attacks on the host's files, by every path that may lead to them. */
#include "attack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static struct verdict read_file(char **path)
{
    char byte;
    int file = open(path[0], O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return blocked(path[0]);
    ssize_t count = read(file, &byte, 1);
    if (count < 0)
        return blocked("opened, but not read");
    return count == 0 ? blocked_by(0, "it is empty") : succeeded("read it");
}

static struct verdict read_any(char **paths)
{
    struct verdict last = absent("no path");
    for (; *paths != NULL; paths++) {
        last = read_file(paths);
        if (last.outcome == SUCCEEDED)
            return last;
    }
    return last;
}

/* The same path, seen through the roots and working directories of all processes that can be seen. */
static struct verdict read_through_processes(char **name)
{
    static const char *const doors[] = {"root", "cwd", "fd/0/..", "map_files/../root"};
    char path[PATH_MAX];
    char *paths[] = {path, NULL};
    struct dirent *entry;
    DIR *processes = opendir("/proc");
    if (processes == NULL)
        return blocked("/proc");
    struct verdict last = blocked_by(ENOENT, "no process leads there");
    while ((entry = readdir(processes)) != NULL) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9' || atoi(entry->d_name) == getpid())
            continue;
        for (size_t door = 0; door < sizeof doors / sizeof *doors; door++) {
            snprintf(path, sizeof path, "/proc/%s/%s/%s", entry->d_name, doors[door], name[0]);
            if (read_file(paths).outcome == SUCCEEDED)
                return succeeded("read through another process");
        }
    }
    closedir(processes);
    return last;
}

static struct verdict create(char **path)
{
    int file = open(path[0], O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (file < 0)
        return blocked(path[0]);
    unlink(path[0]);
    return succeeded("made a file there");
}

static struct verdict open_any(char **paths, int flags)
{
    int error = ENOENT;
    for (; *paths != NULL; paths++) {
        if (open(*paths, flags | O_NONBLOCK | O_NOCTTY) >= 0)
            return succeeded(*paths);
        if (errno != ENOENT)
            error = errno;
    }
    return blocked_by(error, "none of them opens");
}

static struct verdict open_to_write(char **paths)
{
    return open_any(paths, O_WRONLY);
}

static struct verdict open_device(char **paths)
{
    return open_any(paths, O_RDONLY);
}

static struct verdict make_device(mode_t kind, unsigned major, unsigned minor)
{
    const char *path = "attack.device";
    if (mknod(path, kind | 0600, makedev(major, minor)) != 0)
        return blocked("mknod");
    unlink(path);
    return succeeded("made a device node");
}

/* 1:3 is /dev/null: as good as any to show the right to make one. */
static struct verdict make_character_device(char **unused)
{
    (void)unused;
    return make_device(S_IFCHR, 1, 3);
}

static struct verdict make_block_device(char **unused)
{
    (void)unused;
    return make_device(S_IFBLK, 7, 0);
}

struct handle {
    struct file_handle head;
    unsigned char bytes[MAX_HANDLE_SZ];
};

static struct verdict name_to_handle(char **path)
{
    struct handle handle = {.head = {.handle_bytes = MAX_HANDLE_SZ}};
    int mount;
    return of_call(name_to_handle_at(AT_FDCWD, path[0], &handle.head, &mount, 0), "name_to_handle_at");
}

/* Forged: inode 2 is the root directory of most file systems on disks, whatever is mounted where. */
static struct verdict open_by_handle(char **unused)
{
    struct handle handle = {.head = {.handle_bytes = 8, .handle_type = 1}, .bytes = {2}};
    int root = open("/", O_RDONLY | O_DIRECTORY);
    (void)unused;
    return of_bogus_call(open_by_handle_at(root, &handle.head, O_RDONLY), ESTALE, "open_by_handle_at");
}

/* Only pipes to the agent belong here: no directory, no socket, nothing beyond the three streams. */
static struct verdict leaked_descriptors(char **unused)
{
    (void)unused;
    for (int number = 0; number < 1024; number++) {
        struct stat file;
        if (fstat(number, &file) != 0)
            continue;
        if (number > 2)
            return succeeded("one beyond the three streams is open");
        if (!S_ISFIFO(file.st_mode))
            return succeeded("a stream is not a pipe");
    }
    return blocked_by(EBADF, "three pipes and nothing else");
}

static struct verdict inherited_environment(char **unused)
{
    (void)unused;
    return environ[0] == NULL ? blocked_by(0, "there are no variables") : succeeded("the caller's variables are there");
}

/* Walks up by descriptor, past what the path walk calls the root. */
static struct verdict climb(char **name)
{
    char path[PATH_MAX] = "";
    char *paths[] = {path, NULL};
    for (int level = 0; level < 40; level++)
        strcat(path, "../");
    strncat(path, name[0], sizeof path - strlen(path) - 1);
    return read_file(paths);
}

static struct verdict follow_planted_link(char **target)
{
    char *link[] = {"attack.link", NULL};
    unlink(link[0]);
    if (symlink(target[0], link[0]) != 0)
        return blocked("symlink");
    struct verdict through = read_file(link);
    unlink(link[0]);
    return through;
}

const struct attack file_attacks[] = {
    {"read-file", 1, read_file},
    {"read-any", 1, read_any},
    {"read-through-processes", 1, read_through_processes},
    {"climb", 1, climb},
    {"follow-planted-link", 1, follow_planted_link},
    {"create", 1, create},
    {"open-to-write", 1, open_to_write},
    {"open-device", 1, open_device},
    {"make-character-device", 0, make_character_device},
    {"make-block-device", 0, make_block_device},
    {"name-to-handle", 1, name_to_handle},
    {"open-by-handle", 0, open_by_handle},
    {"leaked-descriptors", 0, leaked_descriptors},
    {"inherited-environment", 0, inherited_environment},
    {0},
};
