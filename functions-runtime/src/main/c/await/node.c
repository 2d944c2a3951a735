/*
 * node.so: makes a Node.js that has started wait until it is told its program's arguments, variables and streams.
 *
 * V8 has threads and cannot be forked. So a process is started for one job, whichever that will be, in the job's own
 * sandbox and with everything given up (nest.c); wait.cjs, which Node.js loads before its program, loads this. It uses
 * Node-API alone, which stays the same from one version to the next.
 */
#include "../sandbox.h"
#include "await.h"

#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

/* Of Node-API, whose functions the program that loads this has; each returns 0 when it could do it. */
typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
int napi_create_array(napi_env, napi_value *);
int napi_create_string_utf8(napi_env, const char *, size_t, napi_value *);
int napi_set_element(napi_env, napi_value, uint32_t, napi_value);

/* All words of the command, or nothing when there is no way to tell them. */
static napi_value told(napi_env env)
{
    napi_value words, word;
    if (napi_create_array(env, &words) != 0)
        return NULL;
    char **arguments = launch_arguments();
    for (uint32_t i = 0; arguments[i] != NULL; i++)
        if (napi_create_string_utf8(env, arguments[i], strlen(arguments[i]), &word) != 0
            || napi_set_element(env, words, i, word) != 0)
            return NULL;
    return words;
}

/* Node.js calls this when it has loaded the library, and in each thread that does so again. */
EXPORTED napi_value napi_register_module_v1(napi_env env, napi_value exports)
{
    static bool has_waited;
    if (has_waited)
        return exports;
    has_waited = true;
    await_job();
    return told(env);
}
