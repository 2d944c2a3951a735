/* System calls and constants that the oldest C library we build with (glibc 2.31) has no declarations for, or no way
 * to make without its state. */
#ifndef SANDRUN_LINUX_CALLS_H
#define SANDRUN_LINUX_CALLS_H

#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_move_mount
#define SYS_move_mount 429
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

#define LINUX_OPEN_TREE_CLONE 1u
#define LINUX_OPEN_TREE_CLOEXEC ((unsigned)O_CLOEXEC)
#define LINUX_AT_RECURSIVE 0x8000u
#define LINUX_AT_EMPTY_PATH 0x1000u
#define LINUX_MOVE_MOUNT_F_EMPTY_PATH 4u

/* struct mount_attr of linux/mount.h, whose header clashes with sys/mount.h in some C libraries. */
struct linux_mount_attributes {
    uint64_t set;
    uint64_t clear;
    uint64_t propagation;
    uint64_t user_namespace;
};

static inline int linux_open_tree(const char *path)
{
    unsigned flags = LINUX_OPEN_TREE_CLONE | LINUX_OPEN_TREE_CLOEXEC | LINUX_AT_RECURSIVE;
    return (int)syscall(SYS_open_tree, AT_FDCWD, path, flags);
}

static inline int linux_move_mount(int tree, const char *target)
{
    return (int)syscall(SYS_move_mount, tree, "", AT_FDCWD, target, LINUX_MOVE_MOUNT_F_EMPTY_PATH);
}

static inline int linux_mount_setattr(int directory, const char *path, unsigned flags, uint64_t set)
{
    struct linux_mount_attributes attributes = {.set = set};
    return (int)syscall(SYS_mount_setattr, directory, path, flags, &attributes, sizeof attributes);
}

static inline int linux_close_from(unsigned first)
{
    return (int)syscall(SYS_close_range, first, ~0u, 0u);
}

/*
 * For a thread that shares another's place in the C library: what such a call answers, with an error as a negative
 * number, and nothing is written to errno.
 */
static inline long linux_call(long number, long first, long second, long third, long fourth)
{
#if defined __x86_64__
    long answer;
    register long r10 __asm__("r10") = fourth;
    register long r8 __asm__("r8") = 0;
    register long r9 __asm__("r9") = 0;
    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"(number), "D"(first), "S"(second), "d"(third), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return answer;
#elif defined __aarch64__
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = first;
    register long x1 __asm__("x1") = second;
    register long x2 __asm__("x2") = third;
    register long x3 __asm__("x3") = fourth;
    register long x4 __asm__("x4") = 0;
    register long x5 __asm__("x5") = 0;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
#else
#error "no system calls without errno are known for this processor"
#endif
}

#endif
