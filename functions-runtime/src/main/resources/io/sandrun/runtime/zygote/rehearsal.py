"""What jobs commonly do, done once in a process that is none: see rehearsal.c.

Nobody sees what comes of it. It is not about results, but about which of the interpreter's objects a program gets to.
What is not imported here is not rehearsed, and whatever fails here only leaves jobs to be as slow as without it.
"""

import sys


def rehearse_plain():
    words = {"one": [1, 2.5], "two": "b"}
    print("%s %d" % (sorted(words), len(words)), f"{sum(range(9)):>6.2f}")


def rehearse_numpy(numpy):
    table = numpy.arange(6.0).reshape(2, 3)
    print(table[0] * 2, table[:, 1:].sum(), table.mean(axis=0))


def rehearse_pandas(pandas):
    frame = pandas.DataFrame({"name": ["a", "b", "c"], "count": range(3)})
    frame["share"] = frame["count"] / frame["count"].sum()
    print(frame.share.max(), len(frame))


rehearse_plain()
for name, rehearse in {"numpy": rehearse_numpy, "pandas": rehearse_pandas}.items():
    if name in sys.modules:
        rehearse(__import__(name))
