/*
 * The end of a job's process, as far as the C library goes. What it inherited it would take apart piece by piece, and
 * copy page by page to write to it for the last time. So two things are left out that nobody sees.
 *
 * OpenSSL gives back all its memory at the end of a process. It is not told to.
 *
 * Each library has destructors. The one that the compiler adds finds nothing to do at the end of a process, since what
 * it would call has been called by then; but calling it costs three pages a library. So after all handlers, and before
 * the C library would turn to the destructors, those alone are called that somebody has written.
 */
#include "exits.h"

#include "threads.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

#ifdef __x86_64__
enum { CODE_BYTES = 9 };
#else
enum { CODE_BYTES = 20 };
#endif

enum { MOST_WRITTEN = 64 };

typedef void at_exit(void *);
typedef int register_exit(at_exit *, void *, void *);
typedef void destructor(void);

static struct {
    destructor *written[MOST_WRITTEN]; /* in the order in which they are called */
    size_t count;
    bool are_known;
    unsigned long long loaded, unloaded; /* libraries, so far */
} destructors;

static bool has_handlers;

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
    if (is_of_openssl(function))
        return 0;
    has_handlers = true;
    return original(function, argument, library);
}

static const ElfW(Dyn) *dynamic_of(const struct dl_phdr_info *object)
{
    for (size_t i = 0; i < object->dlpi_phnum; i++)
        if (object->dlpi_phdr[i].p_type == PT_DYNAMIC)
            return (const ElfW(Dyn) *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
    return NULL;
}

static ElfW(Addr) value_of(const ElfW(Dyn) *entry, ElfW(Sxword) tag)
{
    for (; entry != NULL && entry->d_tag != DT_NULL; entry++)
        if (entry->d_tag == tag)
            return entry->d_un.d_val;
    return 0;
}

static void keep(ElfW(Addr) address)
{
    destructors.are_known = destructors.are_known && destructors.count < MOST_WRITTEN;
    if (destructors.are_known)
        memcpy(&destructors.written[destructors.count++], &address, sizeof address);
}

/* Past the mark of a place that is jumped to, which some compilers set. */
static const void *code_at(ElfW(Addr) address)
{
    static const unsigned char mark[] = {0xf3, 0x0f, 0x1e, 0xfa};
    const char *code = (const char *)address;
    return memcmp(code, mark, sizeof mark) == 0 ? code + sizeof mark : code;
}

/*
 * One destructor alone is the compiler's, with which it begins each list; and what it puts beneath the old name for the
 * same, _fini, is as in this library.
 */
static int look(struct dl_phdr_info *object, size_t bytes, void *own_code)
{
    const ElfW(Dyn) *dynamic = dynamic_of(object);
    size_t count = value_of(dynamic, DT_FINI_ARRAYSZ) / sizeof(ElfW(Addr));
    const ElfW(Addr) *list = (const ElfW(Addr) *)(object->dlpi_addr + value_of(dynamic, DT_FINI_ARRAY));
    for (size_t i = count > 1 ? count : 0; i > 0; i--)
        keep(list[i - 1]);
    ElfW(Addr) old = value_of(dynamic, DT_FINI);
    if (old != 0 && memcmp(code_at(object->dlpi_addr + old), own_code, CODE_BYTES) != 0)
        keep(object->dlpi_addr + old);
    destructors.loaded = object->dlpi_adds;
    destructors.unloaded = object->dlpi_subs;
    return bytes < offsetof(struct dl_phdr_info, dlpi_tls_modid);
}

static int is_changed(struct dl_phdr_info *object, size_t bytes, void *unused)
{
    (void)bytes, (void)unused;
    return object->dlpi_adds != destructors.loaded || object->dlpi_subs != destructors.unloaded ? 1 : -1;
}

/* Where anything is not as it was after the imports, the C library goes its own way. */
static void skip_compilers(int status, void *unused)
{
    (void)unused;
    if (!destructors.are_known || dl_iterate_phdr(is_changed, NULL) > 0 || !is_alone())
        return;
    for (size_t i = 0; i < destructors.count; i++)
        destructors.written[i]();
    fflush(NULL);
    _exit(status);
}

/* Handlers are called from the last to the first, and ours has to be called after all others. */
void exits_begin(void)
{
    if (!has_handlers)
        on_exit(skip_compilers, NULL);
}

void exits_settle(void)
{
    extern void _fini(void) __attribute__((visibility("hidden")));
    destructor *own = _fini;
    ElfW(Addr) address;
    memcpy(&address, &own, sizeof address);
    destructors.are_known = true;
    if (dl_iterate_phdr(look, (void *)code_at(address)) != 0)
        destructors.are_known = false;
}
