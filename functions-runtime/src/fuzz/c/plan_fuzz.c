/*
 * Points libFuzzer at the only parser of sandbox-init, and at the part of phase go that fills arrays from a plan.
 *
 * What must hold for any bytes: every text and every byte array that the parser hands out lies inside the plan; the
 * operations that were read, written down again, are the bytes that were read, so that nothing is read in two ways;
 * nothing comes after a malformed byte; and a command has no more strings than there is room for. Reading outside the
 * plan is found by AddressSanitizer: libFuzzer's copy of the input has exactly its size.
 *
 * The collector of strings is static, hence the source is included and not linked.
 */
#include "job.c"

#include <stdio.h>
#include <stdlib.h>

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "plan_fuzz: %s\n", what);
    abort();
}

static const unsigned char *put(const unsigned char *at, const void *expected, size_t length, const unsigned char *end)
{
    require((size_t)(end - at) >= length && memcmp(at, expected, length) == 0, "an operation is not what was read");
    return at + length;
}

static const unsigned char *put_number(const unsigned char *at, uint32_t number, const unsigned char *end)
{
    return put(at, &number, sizeof number, end);
}

/* The order of the fields of each code, told a second time, by its own words. */
static const char *order_of(uint32_t code)
{
    switch (code) {
    case OPERATION_HOSTNAME:
    case OPERATION_SHARE:
    case OPERATION_WORKDIR:
    case OPERATION_ARGUMENT:
    case OPERATION_VARIABLE:
    case OPERATION_UNMOUNT:
        return "t";
    case OPERATION_DOOR:
    case OPERATION_VICTIM:
        return "n";
    case OPERATION_STAGE:
    case OPERATION_SYMLINK:
        return "tt";
    case OPERATION_BIND:
    case OPERATION_REBIND:
        return "ttn";
    case OPERATION_IDENTITY:
    case OPERATION_MOUNT:
        return "tttn";
    case OPERATION_SEAL:
        return "tn";
    case OPERATION_DIRECTORY:
        return "tnnn";
    case OPERATION_USER:
    case OPERATION_LIMIT:
        return "nnn";
    case OPERATION_FILE:
        return "tnb";
    case OPERATION_FILTER:
    case OPERATION_NARROW:
        return "b";
    default:
        require(false, "a code without a signature was accepted");
        return "";
    }
}

static const unsigned char *put_field(char kind, const struct operation *operation, size_t *texts, size_t *numbers,
                                      const unsigned char *at, const unsigned char *end)
{
    if (kind == 'n')
        return put(at, &operation->number[(*numbers)++], sizeof(uint64_t), end);
    if (kind == 'b')
        return put(put_number(at, operation->length, end), operation->bytes, operation->length, end);
    const char *text = operation->text[(*texts)++];
    uint32_t length = (uint32_t)strlen(text) + 1;
    return put(put_number(at, length, end), text, length, end);
}

/* Writes the operation down over the bytes that it was read from, which must already say the same. */
static void write_again(const struct operation *operation, const unsigned char *at, const unsigned char *end)
{
    size_t texts = 0, numbers = 0;
    const unsigned char *payload = at + 2 * sizeof(uint32_t);
    const unsigned char *written = payload;
    put_number(at, operation->code, end);
    for (const char *order = order_of(operation->code); *order; order++)
        written = put_field(*order, operation, &texts, &numbers, written, end);
    put_number(at + sizeof(uint32_t), (uint32_t)(written - payload), end);
    require(written == end, "an operation ends elsewhere than it was read to");
}

static void read_all(const uint8_t *data, size_t size)
{
    struct plan plan = plan_of(data, size);
    struct operation operation, found;
    const unsigned char *start = plan.at;
    while (plan_next(&plan, &operation)) {
        require(plan.at > start && plan.at <= data + size, "the position left the plan");
        write_again(&operation, start, plan.at);
        require(plan_find(plan_of(data, size), operation.code, &found), "what was read is not found again");
        start = plan.at;
    }
    require(plan.malformed || plan.at == data + size, "the end came early");
    require(!plan_next(&plan, &operation), "something came after the end");
}

static void collect_strings(const uint8_t *data, size_t size)
{
    if (!collect_command(plan_of(data, size)))
        return;
    for (size_t i = 0; arguments[i] != NULL; i++)
        require(i < STRINGS && arguments[i] >= (const char *)data, "an argument out of bounds");
    for (size_t i = 0; variables[i] != NULL; i++)
        require(i < STRINGS && variables[i] >= (const char *)data, "a variable out of bounds");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_all(data, size);
    collect_strings(data, size);
    return 0;
}
