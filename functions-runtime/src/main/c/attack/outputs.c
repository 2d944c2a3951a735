/* Attacks on whoever takes a job's files out: things below `out` that are not what their names say, and too much of it;
 * and what a job does after an archive that should not have been unpacked. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { NAME_BYTES = 64, SWAP_PROCESS_MS = 20000, SWAPS_PER_MS = 50 };

static int write_file(const char *path, const char *content)
{
    int file = open(path, O_WRONLY | O_CREAT, 0666);
    ssize_t length = (ssize_t)strlen(content);
    return file < 0 || write(file, content, (size_t)length) != length ? -1 : close(file);
}

static struct verdict leave_link(char **target)
{
    return symlink(target[0], "out") != 0 ? blocked("symlink") : planted("a link");
}

static struct verdict leave_pipe(char **unused)
{
    (void)unused;
    return mkfifo("out", 0666) != 0 ? blocked("mkfifo") : planted("a pipe");
}

static struct verdict leave_socket(char **unused)
{
    (void)unused;
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "out"};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0)
        return blocked("bind");
    return planted("a socket");
}

/* Any of them would do. */
static struct verdict link_any(char **paths)
{
    struct verdict last = absent("no path");
    for (; *paths != NULL; paths++) {
        last = of_call(link(*paths, "out"), "link");
        if (last.outcome == SUCCEEDED)
            return last;
    }
    return last;
}

static int make_hole(const char *path, const char *mebibytes)
{
    int file = open(path, O_WRONLY | O_CREAT, 0666);
    return file < 0 || ftruncate(file, (off_t)number(mebibytes) << 20) != 0 ? -1 : close(file);
}

/* COUNT MIB: each but the first costs nothing on the disk. */
static struct verdict leave_twins(char **arguments)
{
    char name[NAME_BYTES];
    if (mkdir("out", 0777) != 0 || make_hole("out/0", arguments[1]) != 0)
        return blocked("out/0");
    for (long twin = 1; twin < number(arguments[0]); twin++) {
        snprintf(name, sizeof name, "out/%ld", twin);
        if (link("out/0", name) != 0)
            return blocked("link");
    }
    return planted("one file of many names");
}

/* COUNT MIB: files that are long and cost nothing. */
static struct verdict leave_holes(char **arguments)
{
    char name[NAME_BYTES];
    if (mkdir("out", 0777) != 0)
        return blocked("mkdir");
    for (long hole = 0; hole < number(arguments[0]); hole++) {
        snprintf(name, sizeof name, "out/%ld", hole);
        if (make_hole(name, arguments[1]) != 0)
            return blocked("ftruncate");
    }
    return planted("files that are holes");
}

static struct verdict leave_files(char **count)
{
    char name[NAME_BYTES];
    if (mkdir("out", 0777) != 0)
        return blocked("mkdir");
    for (long file = 0; file < number(count[0]); file++) {
        snprintf(name, sizeof name, "out/%ld", file);
        if (write_file(name, "x") != 0)
            return blocked(name);
    }
    return planted("many files");
}

static struct verdict leave_depth(char **levels)
{
    if (mkdir("out", 0777) != 0 || chdir("out") != 0)
        return blocked("mkdir");
    for (long level = 0; level < number(levels[0]); level++)
        if (mkdir("d", 0777) != 0 || chdir("d") != 0)
            return blocked("mkdir");
    return write_file("deep", "x") != 0 ? blocked("deep") : planted("a file far below");
}

/* A line of its own in every list, a cleared screen, and no text in any encoding that is used today. */
static struct verdict leave_name(char **unused)
{
    (void)unused;
    if (mkdir("out", 0777) != 0 || write_file("out/a\n\033[2Jb\xff", "x") != 0)
        return blocked("open");
    return planted("a name that is no text");
}

static _Noreturn void swap_on(void)
{
    setsid();
    for (long ms = 0; ms < SWAP_PROCESS_MS; ms++) {
        for (int swap = 0; swap < SWAPS_PER_MS; swap++)
            renameat2(AT_FDCWD, "out/one", AT_FDCWD, "out/other", RENAME_EXCHANGE);
        sleep_ms(1);
    }
    _exit(0);
}

/* DIRECTORY NAME WORD: one of the two is a directory of its own and the other a link to that of the host, by turns,
 * beyond the job's end. The word is how the process is found. */
static struct verdict leave_swapper(char **arguments)
{
    char own[NAME_BYTES * 4];
    snprintf(own, sizeof own, "out/one/%s", arguments[1]);
    if (mkdir("out", 0777) != 0 || mkdir("out/one", 0777) != 0 || symlink(arguments[0], "out/other") != 0)
        return blocked("mkdir");
    if (write_file(own, "own") != 0)
        return blocked(own);
    if (renameat2(AT_FDCWD, "out/one", AT_FDCWD, "out/other", RENAME_EXCHANGE) != 0)
        return blocked("renameat2");
    if (fork() == 0)
        swap_on();
    return planted("a directory that becomes a link");
}

/* It is bad enough that it runs. */
static struct verdict be_started(char **unused)
{
    (void)unused;
    return succeeded("the archive was taken, and the command ran");
}

static struct verdict find_set_id(char **path)
{
    struct stat status;
    if (stat(path[0], &status) != 0)
        return absent(path[0]);
    return (status.st_mode & (S_ISUID | S_ISGID)) == 0 ? blocked_by(0, "the bits are gone") : succeeded("set-id bits");
}

const struct attack output_attacks[] = {
    {"leave-link", 1, leave_link},
    {"leave-pipe", 0, leave_pipe},
    {"leave-socket", 0, leave_socket},
    {"link-any", 1, link_any},
    {"leave-twins", 2, leave_twins},
    {"leave-holes", 2, leave_holes},
    {"leave-files", 1, leave_files},
    {"leave-depth", 1, leave_depth},
    {"leave-name", 0, leave_name},
    {"leave-swapper", 3, leave_swapper},
    {"be-started", 0, be_started},
    {"find-set-id", 1, find_set_id},
    {0},
};
