/* Attacks that outlive their job, or leave something for the next one. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is left behind ends by itself, should nobody end it. */
enum { LIFE_MS = 20000, CHAIN_LINK_MS = 10, CHAIN_LINKS = 400, TEXT_BYTES = 8 };

struct text_message {
    long kind;
    char text[TEXT_BYTES];
};

static _Noreturn void linger(void)
{
    for (int number = 1; number < 32; number++)
        signal(number, SIG_IGN);
    sleep_ms(LIFE_MS);
    _exit(0);
}

/* Its word, among the arguments, is how it is found. */
static struct verdict leave_daemon(char **word)
{
    (void)word;
    if (fork() == 0) {
        setsid();
        if (fork() == 0)
            linger();
        _exit(0);
    }
    return planted("a daemon in another session");
}

static struct verdict leave_stopped(char **word)
{
    (void)word;
    if (fork() == 0) {
        kill(getpid(), SIGSTOP);
        linger();
    }
    return planted("a stopped process");
}

static struct verdict leave_group(char **word)
{
    (void)word;
    for (int child = 0; child < 4; child++)
        if (fork() == 0) {
            setpgid(0, 0);
            linger();
        }
    return planted("processes in groups of their own");
}

/* By the time somebody has read its process id, it has another one. */
static struct verdict leave_chain(char **word)
{
    (void)word;
    if (fork() == 0) {
        setsid();
        for (int links = 0; links < CHAIN_LINKS; links++) {
            sleep_ms(CHAIN_LINK_MS);
            if (fork() != 0)
                _exit(0);
        }
        _exit(0);
    }
    return planted("a chain of processes");
}

static struct verdict leave_file(char **path)
{
    int file = open(path[0], O_WRONLY | O_CREAT, 0666);
    if (file < 0 || write(file, "left", 4) != 4)
        return blocked(path[0]);
    return planted("a file");
}

static struct verdict leave_segment(char **key)
{
    int segment = shmget((key_t)number(key[0]), TEXT_BYTES, IPC_CREAT | 0666);
    return segment < 0 ? blocked("shmget") : planted("a segment");
}

static struct verdict find_segment(char **key)
{
    int segment = shmget((key_t)number(key[0]), 1, 0);
    if (segment < 0)
        return blocked("shmget");
    return shmat(segment, NULL, SHM_RDONLY) == (void *)-1 ? blocked("shmat") : succeeded("attached it");
}

static struct verdict remove_segment(char **key)
{
    return of_call(shmctl(shmget((key_t)number(key[0]), 1, 0), IPC_RMID, NULL), "shmctl");
}

static struct verdict leave_messages(char **key)
{
    struct text_message message = {.kind = 1, .text = "left"};
    int queue = msgget((key_t)number(key[0]), IPC_CREAT | 0666);
    if (queue < 0 || msgsnd(queue, &message, TEXT_BYTES, IPC_NOWAIT) != 0)
        return blocked("msgget");
    return planted("a message");
}

static struct verdict find_messages(char **key)
{
    struct text_message message;
    int queue = msgget((key_t)number(key[0]), 0);
    if (queue < 0)
        return blocked("msgget");
    struct verdict found = of_call(msgrcv(queue, &message, TEXT_BYTES, 0, IPC_NOWAIT), "msgrcv");
    msgctl(queue, IPC_RMID, NULL);
    return found;
}

static struct verdict leave_semaphore(char **key)
{
    return semget((key_t)number(key[0]), 1, IPC_CREAT | 0666) < 0 ? blocked("semget") : planted("a semaphore");
}

static struct verdict find_semaphore(char **key)
{
    int semaphore = semget((key_t)number(key[0]), 1, 0);
    if (semaphore >= 0)
        semctl(semaphore, 0, IPC_RMID);
    return of_call(semaphore, "semget");
}

static struct verdict leave_posix_queue(char **name)
{
    return mq_open(name[0], O_CREAT | O_RDWR, 0666, NULL) == (mqd_t)-1 ? blocked("mq_open") : planted("a queue");
}

static struct verdict find_posix_queue(char **name)
{
    if (mq_open(name[0], O_RDONLY) == (mqd_t)-1)
        return blocked("mq_open");
    mq_unlink(name[0]);
    return succeeded("opened it");
}

const struct attack remains_attacks[] = {
    {"leave-daemon", 1, leave_daemon},
    {"leave-stopped", 1, leave_stopped},
    {"leave-group", 1, leave_group},
    {"leave-chain", 1, leave_chain},
    {"leave-file", 1, leave_file},
    {"leave-segment", 1, leave_segment},
    {"find-segment", 1, find_segment},
    {"remove-segment", 1, remove_segment},
    {"leave-messages", 1, leave_messages},
    {"find-messages", 1, find_messages},
    {"leave-semaphore", 1, leave_semaphore},
    {"find-semaphore", 1, find_semaphore},
    {"leave-posix-queue", 1, leave_posix_queue},
    {"find-posix-queue", 1, find_posix_queue},
    {0},
};
