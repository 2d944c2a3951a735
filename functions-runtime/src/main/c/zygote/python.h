/* What the zygote asks of CPython: functions of its C interface, found by name in the interpreter that is running. */
#ifndef SANDRUN_PYTHON_H
#define SANDRUN_PYTHON_H

#include <stdbool.h>
#include <stdio.h>

/* Finds them and takes the interpreter's lock; false when this is no Python that has them all. */
bool python_enter(void);

/* Runs a script whose functions are called later, after those before it; false when it failed, which it has told. */
bool python_load(FILE *script, const char *path);

/* Imports what was asked for; false when that failed, which it has told. */
bool python_prepare(void);

/* Tells who waits for it that this is done, or never will be, and which variables were looked at for it. */
bool python_tell(bool is_ready, char **variables);

/* Around a fork, in this order. */
void python_before_fork(void);
void python_after_fork_in_parent(void);
void python_after_split(void); /* in a child that is a zygote as well */
bool python_after_fork_in_child(void); /* false when something would be as in the zygote */

/* Does all that python_run() does but the end, in a process that is no job's; whether the program went well. */
bool python_rehearse(const char *program);

/* Runs a program as the interpreter's main function would, with its exit code. Never returns. */
_Noreturn void python_run(char **arguments, char **variables);

#endif
