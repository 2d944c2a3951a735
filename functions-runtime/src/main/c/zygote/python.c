/*
 * The zygote's hands inside CPython. The interpreter is entered from below, out of a call that its own main function
 * makes, so that no frame of ours is beneath the job's: tracebacks, stacks and the depth of recursion are those of a
 * program that was started by itself. What can be said in Python is said in hatch.py and hatched.py.
 */
#include "python.h"

#include "places.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_INPUT = 257, ENDED = 0, EXITED = 1, FAILED = 2, INTERRUPTED = 3 };

typedef void object;

static struct {
    int (*PyGILState_Ensure)(void);
    object *(*PyRun_FileExFlags)(FILE *, const char *, int, object *, object *, int, void *);
    void (*PyOS_BeforeFork)(void);
    void (*PyOS_AfterFork_Parent)(void);
    void (*PyOS_AfterFork_Child)(void);
    object *(*PyImport_AddModule)(const char *);
    object *(*PyModule_GetDict)(object *);
    object *(*PyDict_New)(void);
    object *(*PyDict_GetItemString)(object *, const char *);
    int (*PyDict_SetItemString)(object *, const char *, object *);
    object *(*PyObject_CallFunction)(object *, const char *, ...);
    object *(*PyList_New)(long);
    int (*PyList_SetItem)(object *, long, object *);
    object *(*PyUnicode_DecodeFSDefault)(const char *);
    object *(*PyUnicode_EncodeFSDefault)(object *);
    char *(*PyBytes_AsString)(object *);
    object *(*PyBytes_FromString)(const char *);
    object *(*PyLong_FromLong)(long);
    long (*PyLong_AsLong)(object *);
    void (*PyErr_Print)(void);
    int (*PyErr_ExceptionMatches)(object *);
    void (*PyErr_Fetch)(object **, object **, object **);
    void (*PyErr_NormalizeException)(object **, object **, object **);
    object **PyExc_SystemExit;
    object **PyExc_KeyboardInterrupt;
} api;

/* The names that hatch.py and hatched.py define. */
static object *hatchery;

static bool find(const char *name, void *into)
{
    void *found = dlsym(RTLD_DEFAULT, name);
    memcpy(into, &found, sizeof found);
    return found != NULL;
}

#define FIND(name) find(#name, &api.name)

bool python_enter(void)
{
    bool found = FIND(PyGILState_Ensure) && FIND(PyRun_FileExFlags) && FIND(PyOS_BeforeFork)
                 && FIND(PyOS_AfterFork_Parent) && FIND(PyOS_AfterFork_Child) && FIND(PyImport_AddModule)
                 && FIND(PyModule_GetDict) && FIND(PyDict_New) && FIND(PyDict_GetItemString)
                 && FIND(PyDict_SetItemString)
                 && FIND(PyObject_CallFunction) && FIND(PyList_New) && FIND(PyList_SetItem)
                 && FIND(PyUnicode_DecodeFSDefault) && FIND(PyUnicode_EncodeFSDefault) && FIND(PyBytes_AsString)
                 && FIND(PyBytes_FromString)
                 && FIND(PyLong_FromLong) && FIND(PyLong_AsLong) && FIND(PyErr_Print)
                 && FIND(PyErr_ExceptionMatches) && FIND(PyErr_Fetch) && FIND(PyErr_NormalizeException)
                 && FIND(PyExc_SystemExit) && FIND(PyExc_KeyboardInterrupt);
    if (found)
        api.PyGILState_Ensure(); /* for good: nothing is ever returned to who called us */
    return found;
}

bool python_load(FILE *script, const char *path)
{
    if (hatchery == NULL)
        hatchery = api.PyDict_New();
    /* Versions before 3.8 do not put it there by themselves. */
    bool prepared = hatchery != NULL && script != NULL
                    && api.PyDict_SetItemString(hatchery, "__builtins__", api.PyImport_AddModule("builtins")) == 0
                    && api.PyRun_FileExFlags(script, path, FILE_INPUT, hatchery, hatchery, 1, NULL) != NULL;
    if (!prepared)
        api.PyErr_Print();
    return prepared;
}

static object *try_call(const char *name, const char *format, object *first, object *second)
{
    object *function = api.PyDict_GetItemString(hatchery, name);
    object *result = function == NULL ? NULL : api.PyObject_CallFunction(function, format, first, second);
    if (result == NULL)
        api.PyErr_Print();
    return result;
}

static object *call(const char *name, const char *format, object *first, object *second)
{
    object *result = try_call(name, format, first, second);
    if (result == NULL)
        exit(1);
    return result;
}

static object *list_of(char **strings, object *(*made)(const char *))
{
    long count = 0;
    while (strings[count] != NULL)
        count++;
    object *list = api.PyList_New(count);
    for (long i = 0; list != NULL && i < count; i++)
        if (api.PyList_SetItem(list, i, made(strings[i])) != 0)
            return NULL;
    return list;
}

bool python_prepare(void)
{
    return try_call("prepare", "()", NULL, NULL) != NULL;
}

bool python_tell(bool is_ready, char **variables)
{
    return try_call("tell", "(NN)", api.PyUnicode_DecodeFSDefault(is_ready ? "ready" : "failed"),
                    list_of(variables, api.PyUnicode_DecodeFSDefault)) != NULL;
}

void python_before_fork(void)
{
    api.PyOS_BeforeFork();
}

void python_after_fork_in_parent(void)
{
    api.PyOS_AfterFork_Parent();
}

void python_after_split(void)
{
    api.PyOS_AfterFork_Child();
}

bool python_after_fork_in_child(void)
{
    api.PyOS_AfterFork_Child();
    return try_call("born", "()", NULL, NULL) != NULL;
}

/* With what became of the program; an exception but SystemExit has been told by the interpreter's own means. */
static int run_file(const char *path, object **exit_value)
{
    object *type = NULL, *trace = NULL;
    object *names = api.PyModule_GetDict(api.PyImport_AddModule("__main__"));
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return FAILED; /* it was there a moment ago, and nobody else is */
    if (api.PyRun_FileExFlags(file, path, FILE_INPUT, names, names, 1, NULL) != NULL)
        return ENDED;
    if (api.PyErr_ExceptionMatches(*api.PyExc_SystemExit)) {
        api.PyErr_Fetch(&type, exit_value, &trace);
        api.PyErr_NormalizeException(&type, exit_value, &trace);
        return EXITED;
    }
    bool is_interrupt = api.PyErr_ExceptionMatches(*api.PyExc_KeyboardInterrupt);
    api.PyErr_Print();
    return is_interrupt ? INTERRUPTED : FAILED;
}

/* From the first line of the program to its exit code. */
static int run(object *path, int *end)
{
    object *exit_value = NULL, *encoded = api.PyUnicode_EncodeFSDefault(path);
    *end = encoded == NULL ? FAILED : run_file(api.PyBytes_AsString(encoded), &exit_value);
    if (exit_value == NULL)
        exit_value = api.PyLong_FromLong(*end == ENDED ? 0 : 1);
    return (int)api.PyLong_AsLong(call("leave", "(N)", exit_value, NULL));
}

bool python_rehearse(const char *program)
{
    int end;
    object *path = try_call("rehearse", "(N)", api.PyUnicode_DecodeFSDefault(program), NULL);
    return path != NULL && run(path, &end) == 0;
}

_Noreturn void python_run(char **arguments, char **variables)
{
    int end;
    if (places_are_taken())
        execve(arguments[0], arguments, variables);
    environ = variables; /* which stay where they are; the interpreter has its own view, see hatched.py */
    object *path = call("begin", "(NN)", list_of(arguments, api.PyUnicode_DecodeFSDefault),
                        list_of(variables, api.PyBytes_FromString));
    int status = run(path, &end);
    if (end == INTERRUPTED) {
        fflush(NULL);
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
    }
    exit(status);
}
