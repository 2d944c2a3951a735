/* Which environment variables the zygote's code in C looks at; hatch.py knows it of the code in Python. */
#ifndef SANDRUN_VARIABLES_H
#define SANDRUN_VARIABLES_H

/* The names of all so far, whether there were such variables or not; from here on none is taken down. */
char **variables_looked_at(void);

#endif
