/* Attacks on the mounts, by the calls of both generations. */
#include "../linux_calls.h"
#include "attack.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#ifndef SYS_fsopen
#define SYS_fsopen 430
#endif
#ifndef SYS_listmount
#define SYS_listmount 458
#endif

static struct verdict mount_new(char **place)
{
    return of_call(mount("tmpfs", place[0], "tmpfs", 0, NULL), "mount");
}

static struct verdict mount_proc(char **place)
{
    return of_call(mount("proc", place[0], "proc", 0, NULL), "mount");
}

/* With all below, which who is not their owner cannot leave out: without a sandbox anything may be mounted there. */
static struct verdict bind_over(char **places)
{
    return of_call(mount(places[0], places[1], NULL, MS_BIND | MS_REC, NULL), "mount");
}

static struct verdict remount_writable(char **place)
{
    return of_call(mount(NULL, place[0], NULL, MS_REMOUNT | MS_BIND, NULL), "mount");
}

static struct verdict make_shared(char **place)
{
    return of_call(mount(NULL, place[0], NULL, MS_SHARED | MS_REC, NULL), "mount");
}

static struct verdict uncover(char **place)
{
    return of_call(umount2(place[0], MNT_DETACH), "umount2");
}

static struct verdict open_file_system(char **kind)
{
    return of_call(syscall(SYS_fsopen, kind[0], 0), "fsopen");
}

static struct verdict clone_tree(char **place)
{
    return of_call(linux_open_tree(place[0]), "open_tree");
}

/* Taking "." to "." changes nothing, and shows the right. */
static struct verdict move_tree(char **place)
{
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, place[0], LINUX_OPEN_TREE_CLONE);
    return of_bogus_call(linux_move_mount(tree, place[0]), EBADF, "move_mount");
}

static struct verdict clear_read_only(char **place)
{
    struct linux_mount_attributes attributes = {.clear = 1};
    return of_call(syscall(SYS_mount_setattr, AT_FDCWD, place[0], 0, &attributes, sizeof attributes), "mount_setattr");
}

static struct verdict pivot(char **place)
{
    if (chdir(place[0]) != 0)
        return blocked("chdir");
    return of_call(syscall(SYS_pivot_root, ".", "."), "pivot_root");
}

static struct verdict change_root(char **place)
{
    return of_call(chroot(place[0]), "chroot");
}

/* LSMT_ROOT: all mounts below the namespace's root. */
static struct verdict list_mounts(char **unused)
{
    struct {
        unsigned size, spare;
        unsigned long long mount, parameter, namespace;
    } request = {.size = sizeof request, .mount = ~0ull};
    unsigned long long mounts[16];
    (void)unused;
    return of_call(syscall(SYS_listmount, &request, mounts, 16, 0), "listmount");
}

/* Whatever is mounted over it, what lies below must not come to light by a look through another door. */
static struct verdict own_mount_namespace(char **unused)
{
    (void)unused;
    return of_call(unshare(CLONE_NEWNS), "unshare");
}

const struct attack mount_attacks[] = {
    {"mount-new", 1, mount_new},
    {"mount-proc", 1, mount_proc},
    {"bind-over", 2, bind_over},
    {"remount-writable", 1, remount_writable},
    {"make-shared", 1, make_shared},
    {"uncover", 1, uncover},
    {"open-file-system", 1, open_file_system},
    {"clone-tree", 1, clone_tree},
    {"move-tree", 1, move_tree},
    {"clear-read-only", 1, clear_read_only},
    {"pivot", 1, pivot},
    {"change-root", 1, change_root},
    {"list-mounts", 0, list_mounts},
    {"own-mount-namespace", 0, own_mount_namespace},
    {0},
};
