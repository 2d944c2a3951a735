/* Datagrams with descriptors, and the one way in which a failing step is told. */
#ifndef SANDRUN_CHANNEL_H
#define SANDRUN_CHANNEL_H

#include "protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct message {
    unsigned char *bytes; /* of a buffer that the next receive overwrites */
    size_t length;
    int descriptors[PASSED_DESCRIPTORS];
    size_t descriptor_count;
};

/* Sends one datagram, with the descriptor when it is not negative; false with errno set. */
bool channel_send(int socket, const void *bytes, size_t length, int descriptor);

/* The same with several descriptors, at most PASSED_DESCRIPTORS. */
bool channel_send_all(int socket, const void *bytes, size_t length, const int *descriptors, size_t count);

/* Waits for one datagram. False at end of file, on an error and for a message that is cut off. */
bool channel_receive(int socket, struct message *message);

/* The type word of a message, 0 when it is too short to have one. */
uint32_t message_type(const struct message *message);

/*
 * Remembers the step that failed, with errno, and returns false so that `return failed(...)` reads well.
 * Only the first failure is kept: what follows it is a consequence.
 */
bool failed(const char *step, const char *detail);

/* The failure that was remembered, as a message of the given type. */
struct failure failure_message(enum message_type type, uint64_t id);

/* Sends it to whoever is still there. */
void channel_tell_failure(int socket, enum message_type type, uint64_t id);

#endif
