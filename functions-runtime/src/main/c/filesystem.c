/*
 * The file system of a sandbox: a small tmpfs on which the plan's operations are carried out one by one.
 *
 * Below a template most of it is there already. The nursery is in a mount namespace of its own that has what its jobs
 * shall have and nothing that the zygote can write to (leave_mounts). A sandbox's is a copy of that, in which the
 * kernel has locked every mount as it is, for a less privileged user namespace; what belongs to this sandbox alone, the
 * job's disk and its /proc, is mounted on top. So its plan has no stage, nothing is built twice, and no old root is
 * left: unmounting anything waits for every processor, which takes longer than all the rest.
 */
#include "channel.h"
#include "linux_calls.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Detached copies of the host's trees, in the order of the plan's BIND operations. */
static int sources[BIND_SOURCES];
static size_t source_count, next_source;

bool make_mounts_private(void)
{
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 || failed("make mounts private", "/");
}

bool open_bind_sources(struct plan plan)
{
    struct operation operation;
    while (plan_next(&plan, &operation)) {
        if (operation.code != OPERATION_BIND)
            continue;
        if (source_count == BIND_SOURCES) {
            errno = E2BIG;
            return failed("open bind source", "too many");
        }
        int tree = linux_open_tree(operation.text[0]);
        if (tree < 0)
            return failed("open bind source", operation.text[0]);
        /* Recursive, because a plain remount would leave what is mounted below writable. */
        if (linux_mount_setattr(tree, "", LINUX_AT_EMPTY_PATH | LINUX_AT_RECURSIVE, operation.number[0]) != 0)
            return failed("restrict bind source", operation.text[0]);
        sources[source_count++] = tree;
    }
    errno = EINVAL;
    return !plan.malformed || failed("read plan", "malformed operation");
}

/* Paths of the plan are absolute inside the sandbox; while it is built, its root is the working directory. */
static const char *inside(const char *path)
{
    while (*path == '/')
        path++;
    return *path == 0 ? "." : path;
}

static bool mount_stage(const struct operation *stage)
{
    return (mount("tmpfs", stage->text[0], "tmpfs", MS_NOSUID | MS_NODEV, stage->text[1]) == 0
            && chdir(stage->text[0]) == 0)
           || failed("mount new root", stage->text[0]);
}

static bool make_directory(const struct operation *directory)
{
    const char *path = inside(directory->text[0]);
    if (mkdir(path, (mode_t)directory->number[0]) != 0)
        return errno == EEXIST || failed("make directory", directory->text[0]);
    uid_t uid = (uid_t)directory->number[1];
    gid_t gid = (gid_t)directory->number[2];
    bool stays = uid == (uid_t)-1 || (uid == geteuid() && gid == getegid());
    return stays || lchown(path, uid, gid) == 0 || failed("give directory", directory->text[0]);
}

static bool make_file(const struct operation *file)
{
    /* Most are targets of binds, and stay empty. */
    if (file->length == 0)
        return mknod(inside(file->text[0]), S_IFREG | (mode_t)file->number[0], 0) == 0
               || failed("make file", file->text[0]);
    int handle = open(inside(file->text[0]), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                      (mode_t)file->number[0]);
    if (handle < 0)
        return failed("make file", file->text[0]);
    bool written = write(handle, file->bytes, file->length) == (ssize_t)file->length
                   || failed("write file", file->text[0]);
    close(handle);
    return written;
}

static bool make_symlink(const struct operation *link)
{
    return symlink(link->text[0], inside(link->text[1])) == 0 || failed("make symlink", link->text[1]);
}

/* The descriptor stays open until all are closed together. */
static bool attach_next_source(const struct operation *bind)
{
    return linux_move_mount(sources[next_source++], inside(bind->text[1])) == 0
           || failed("attach bind", bind->text[1]);
}

static bool rebind(const struct operation *bind)
{
    if (mount(inside(bind->text[0]), inside(bind->text[1]), NULL, MS_BIND, NULL) != 0)
        return failed("bind again", bind->text[1]);
    return bind->number[0] == 0 || linux_mount_setattr(AT_FDCWD, inside(bind->text[1]), 0, bind->number[0]) == 0
           || failed("restrict inner bind", bind->text[1]);
}

static bool mount_kind(const struct operation *mounted)
{
    const char *kind = mounted->text[0];
    return mount(kind, inside(mounted->text[1]), kind, mounted->number[0], mounted->text[2]) == 0
           || failed("mount", mounted->text[1]);
}

static bool seal(const struct operation *sealed)
{
    return linux_mount_setattr(AT_FDCWD, inside(sealed->text[0]), 0, sealed->number[0]) == 0
           || failed("seal mount", sealed->text[0]);
}

static bool carry_out(const struct operation *operation)
{
    switch (operation->code) {
    case OPERATION_STAGE:
        return mount_stage(operation);
    case OPERATION_DIRECTORY:
        return make_directory(operation);
    case OPERATION_SYMLINK:
        return make_symlink(operation);
    case OPERATION_FILE:
        return make_file(operation);
    case OPERATION_BIND:
        return attach_next_source(operation);
    case OPERATION_REBIND:
        return rebind(operation);
    case OPERATION_MOUNT:
        return mount_kind(operation);
    case OPERATION_SEAL:
        return seal(operation);
    default:
        return true; /* belongs to another step */
    }
}

bool build_file_system(struct plan plan, bool is_inside)
{
    struct operation operation;
    while (plan_next(&plan, &operation)) {
        is_inside |= operation.code == OPERATION_STAGE;
        errno = EINVAL;
        /* Before there is a stage, the working directory is the host's root. */
        if (!is_inside && operation.code >= OPERATION_DIRECTORY && operation.code <= OPERATION_SEAL)
            return failed("read plan", "no stage yet");
        if (!carry_out(&operation))
            return false;
    }
    errno = EINVAL;
    return is_inside || failed("read plan", "no stage");
}

/* Stacks the new root on the old one and lets go of what is below: no directory for the old root is needed. */
static bool enter_new_root(void)
{
    return (syscall(SYS_pivot_root, ".", ".") == 0 || failed("pivot into new root", ""))
           && (umount2(".", MNT_DETACH) == 0 || failed("detach the host's tree", ""))
           && (chdir("/") == 0 || failed("enter new root", ""));
}

bool leave_old_root(struct plan plan)
{
    struct operation stage;
    return !plan_find(plan, OPERATION_STAGE, &stage) || enter_new_root();
}

/* A namespace of the caller's own, without what is mounted at those places, however often. */
bool leave_mounts(struct plan plan)
{
    struct operation left;
    if (unshare(CLONE_NEWNS) != 0)
        return failed("leave mounts", "");
    while (plan_next(&plan, &left)) {
        if (left.code != OPERATION_UNMOUNT)
            continue;
        while (umount2(left.text[0], MNT_DETACH) == 0)
            ;
        if (errno != EINVAL)
            return failed("leave mounts", left.text[0]);
    }
    return true;
}
