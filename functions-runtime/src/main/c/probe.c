/*
 * The probe: run as a job, it prints the facts that tell which layers are really on. It judges nothing; Java does.
 * Each line is a section mark "# name" or a raw line of a file of /proc.
 */
#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static void print_file(const char *section, const char *path)
{
    char bytes[4096];
    size_t count;
    printf("# %s\n", section);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        printf("unreadable: %s\n", strerror(errno));
        return;
    }
    while ((count = fread(bytes, 1, sizeof bytes, file)) > 0)
        fwrite(bytes, 1, count, stdout);
    fclose(file);
}

static void print_namespaces(void)
{
    static const char *const kinds[] = {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup"};
    char path[64], target[128];
    printf("# namespaces\n");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i]);
        ssize_t length = readlink(path, target, sizeof target - 1);
        target[length < 0 ? 0 : length] = 0;
        printf("%s\n", target);
    }
}

static void print_processes(void)
{
    printf("# processes\n");
    DIR *directory = opendir("/proc");
    if (directory == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
            printf("%s\n", entry->d_name);
    closedir(directory);
}

static void print_attempts(void)
{
    printf("# attempts\n");
    printf("mount %d\n", mount("none", "/tmp", "tmpfs", 0, NULL) == 0 ? 0 : errno);
    printf("setuid %d\n", setuid(0) == 0 ? 0 : errno);
}

int probe(void)
{
    print_file("status", "/proc/self/status");
    print_file("uid_map", "/proc/self/uid_map");
    print_file("limits", "/proc/self/limits");
    print_file("interfaces", "/proc/net/dev");
    print_namespaces();
    print_processes();
    print_attempts();
    return fflush(stdout) == 0 ? 0 : 1;
}
