#include "plan.h"

#include <string.h>

/* t text, n number, b bytes: in the order of the payload. */
static const struct signature {
    uint32_t code;
    const char *fields;
} signatures[] = {
    {OPERATION_IDENTITY, "tttn"}, {OPERATION_STAGE, "tt"},    {OPERATION_DIRECTORY, "tnnn"},
    {OPERATION_SYMLINK, "tt"},    {OPERATION_FILE, "tnb"},    {OPERATION_BIND, "ttn"},
    {OPERATION_REBIND, "ttn"},    {OPERATION_MOUNT, "tttn"},  {OPERATION_SEAL, "tn"},
    {OPERATION_HOSTNAME, "t"},    {OPERATION_SHARE, "t"},     {OPERATION_USER, "nnn"},
    {OPERATION_LIMIT, "nnn"},     {OPERATION_WORKDIR, "t"},   {OPERATION_ARGUMENT, "t"},
    {OPERATION_VARIABLE, "t"},    {OPERATION_FILTER, "b"},    {OPERATION_DOOR, "n"},
    {OPERATION_VICTIM, "n"},      {OPERATION_UNMOUNT, "t"},
    {OPERATION_NARROW, "b"},
};

static const char *fields_of(uint32_t code)
{
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++)
        if (signatures[i].code == code)
            return signatures[i].fields;
    return NULL;
}

static bool take(struct plan *plan, void *into, size_t length)
{
    if ((size_t)(plan->end - plan->at) < length)
        return false;
    memcpy(into, plan->at, length);
    plan->at += length;
    return true;
}

static bool take_bytes(struct plan *plan, const unsigned char **bytes, uint32_t *length)
{
    if (!take(plan, length, sizeof *length) || (size_t)(plan->end - plan->at) < *length)
        return false;
    *bytes = plan->at;
    plan->at += *length;
    return true;
}

static bool take_text(struct plan *plan, const char **text)
{
    const unsigned char *bytes;
    uint32_t length;
    if (!take_bytes(plan, &bytes, &length) || length == 0)
        return false;
    *text = (const char *)bytes;
    return memchr(bytes, 0, length) == bytes + length - 1;
}

static bool take_fields(struct plan *payload, const char *fields, struct operation *operation)
{
    size_t texts = 0, numbers = 0;
    for (; *fields; fields++) {
        bool taken = false;
        if (*fields == 't' && texts < 3)
            taken = take_text(payload, &operation->text[texts++]);
        else if (*fields == 'n' && numbers < 3)
            taken = take(payload, &operation->number[numbers++], sizeof(uint64_t));
        else if (*fields == 'b')
            taken = take_bytes(payload, &operation->bytes, &operation->length);
        if (!taken)
            return false;
    }
    return payload->at == payload->end;
}

struct plan plan_of(const void *bytes, size_t length)
{
    const unsigned char *start = bytes;
    return (struct plan){.at = start, .end = start + length, .malformed = false};
}

bool plan_next(struct plan *plan, struct operation *operation)
{
    const unsigned char *payload;
    uint32_t length;
    memset(operation, 0, sizeof *operation);
    if (plan->malformed || plan->at == plan->end)
        return false;
    plan->malformed = true;
    if (!take(plan, &operation->code, sizeof operation->code) || !take_bytes(plan, &payload, &length))
        return false;
    const char *fields = fields_of(operation->code);
    struct plan inner = plan_of(payload, length);
    if (fields == NULL || !take_fields(&inner, fields, operation))
        return false;
    plan->malformed = false;
    return true;
}

bool plan_find(struct plan plan, uint32_t code, struct operation *operation)
{
    while (plan_next(&plan, operation))
        if (operation->code == code)
            return true;
    return false;
}
