/* Attacks on the kernel itself: calls with a long history of holes, and calls that change the machine. The latter come
 * with arguments that cannot work, so that only the right to call is tried. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

enum { NO_SUCH_FLAG = 0x8, USER_MODE_ONLY = 1, SESSION_KEYRING = -3, LOG_SIZE = 10, REPORT_FID = 0x200 };

static struct verdict load_bpf(char **unused)
{
    union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
    (void)unused;
    return of_call(syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map), "bpf");
}

static struct verdict join_keyring(char **unused)
{
    (void)unused;
    return of_call(syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, SESSION_KEYRING, 1), "keyctl");
}

static struct verdict add_key(char **unused)
{
    (void)unused;
    return of_call(syscall(SYS_add_key, "user", "sandrun-attack", "x", 1, -2 /* the process's */), "add_key");
}

static struct verdict handle_page_faults(char **unused)
{
    (void)unused;
    return of_call(syscall(SYS_userfaultfd, O_CLOEXEC | USER_MODE_ONLY), "userfaultfd");
}

static struct verdict open_perf_event(char **unused)
{
    struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE,
                                    .size = sizeof event,
                                    .config = PERF_COUNT_SW_TASK_CLOCK,
                                    .exclude_kernel = 1};
    (void)unused;
    return of_call(syscall(SYS_perf_event_open, &event, 0, -1, -1, 0), "perf_event_open");
}

static struct verdict set_up_ring(char **unused)
{
    char parameters[120] = {0};
    (void)unused;
    return of_call(syscall(SYS_io_uring_setup, 1, parameters), "io_uring_setup");
}

static struct verdict set_up_aio(char **unused)
{
    unsigned long context = 0;
    (void)unused;
    return of_call(syscall(SYS_io_setup, 1, &context), "io_setup");
}

static struct verdict load_kernel(char **unused)
{
    (void)unused;
    return of_bogus_call(syscall(SYS_kexec_load, 0, 0, NULL, NO_SUCH_FLAG), EINVAL, "kexec_load");
}

static struct verdict load_module(char **unused)
{
    (void)unused;
    return of_bogus_call(syscall(SYS_init_module, "no module", 9, ""), ENOEXEC, "init_module");
}

static struct verdict load_module_file(char **unused)
{
    (void)unused;
    return of_bogus_call(syscall(SYS_finit_module, -1, "", 0), EBADF, "finit_module");
}

static struct verdict remove_module(char **unused)
{
    (void)unused;
    return of_bogus_call(syscall(SYS_delete_module, "sandrun_none", O_NONBLOCK), ENOENT, "delete_module");
}

/* Without the magic numbers nothing happens. */
static struct verdict restart_machine(char **unused)
{
    (void)unused;
    return of_bogus_call(syscall(SYS_reboot, 0, 0, 0, NULL), EINVAL, "reboot");
}

/* No time and no zone: only the right is checked. */
static struct verdict set_clock(char **unused)
{
    (void)unused;
    return of_call(syscall(SYS_settimeofday, NULL, NULL), "settimeofday");
}

static struct verdict swap_on(char **unused)
{
    (void)unused;
    return of_bogus_call(swapon("/sandrun-none", 0), ENOENT, "swapon");
}

static struct verdict account(char **unused)
{
    (void)unused;
    return of_bogus_call(syscall(SYS_acct, "/sandrun-none"), ENOENT, "acct");
}

static struct verdict read_kernel_log(char **unused)
{
    (void)unused;
    return of_call(syscall(SYS_syslog, LOG_SIZE, NULL, 0), "syslog");
}

/* Q_SYNC without a device is open to everybody, and harmless. */
static struct verdict control_quotas(char **unused)
{
    (void)unused;
    return of_call(syscall(SYS_quotactl, 0x800001 << 8, NULL, 0, NULL), "quotactl");
}

static struct verdict hide_memory(char **unused)
{
    (void)unused;
    return of_call(syscall(SYS_memfd_secret, 0), "memfd_secret");
}

static struct verdict watch_file_system(char **unused)
{
    (void)unused;
    return of_call(syscall(SYS_fanotify_init, REPORT_FID, O_RDONLY), "fanotify_init");
}

static struct verdict place_memory(char **unused)
{
    (void)unused;
    return of_call(syscall(SYS_set_mempolicy, 0, NULL, 0), "set_mempolicy");
}

static struct verdict change_segments(char **unused)
{
    (void)unused;
#ifdef SYS_modify_ldt
    char table[64];
    return of_call(syscall(SYS_modify_ldt, 0, table, sizeof table), "modify_ldt");
#else
    return absent("this processor has no such table");
#endif
}

static struct verdict use_ports(char **unused)
{
    (void)unused;
#ifdef SYS_iopl
    return of_call(syscall(SYS_iopl, 3), "iopl");
#else
    return absent("this processor has no ports");
#endif
}

const struct attack kernel_attacks[] = {
    {"load-bpf", 0, load_bpf},
    {"join-keyring", 0, join_keyring},
    {"add-key", 0, add_key},
    {"handle-page-faults", 0, handle_page_faults},
    {"open-perf-event", 0, open_perf_event},
    {"set-up-ring", 0, set_up_ring},
    {"set-up-aio", 0, set_up_aio},
    {"load-kernel", 0, load_kernel},
    {"load-module", 0, load_module},
    {"load-module-file", 0, load_module_file},
    {"remove-module", 0, remove_module},
    {"restart-machine", 0, restart_machine},
    {"set-clock", 0, set_clock},
    {"swap-on", 0, swap_on},
    {"account", 0, account},
    {"read-kernel-log", 0, read_kernel_log},
    {"control-quotas", 0, control_quotas},
    {"hide-memory", 0, hide_memory},
    {"watch-file-system", 0, watch_file_system},
    {"place-memory", 0, place_memory},
    {"change-segments", 0, change_segments},
    {"use-ports", 0, use_ports},
    {0},
};
