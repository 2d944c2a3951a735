"""What a zygote does in Python until it is one: see zygote.c, which runs this file and hatched.py, and calls prepare.

A job must not be able to tell by what it computes that its interpreter was forked and not started. So whatever the
interpreter has drawn at random is drawn again, whatever it has read of its surroundings is set, and where that cannot
be done the process executes the interpreter after all, which is slower and always right.
"""

import sys

modules_at_start = set(sys.modules)

import atexit
import builtins
import gc
import os
import posix
import stat
import time
from _frozen_importlib_external import SourceFileLoader

for name in set(sys.modules) - modules_at_start:
    del sys.modules[name]

flags = int(sys.argv[1])  # the words of the command before the program's name
wanted = sys.argv[2:]
original_command = list(getattr(sys, "orig_argv", ()))
has_program_directory = bool(sys.path) and sys.path[0] == os.path.dirname(sys.argv[0])
if has_program_directory:
    del sys.path[0]

LISTED_SECONDS = 1  # the kernel lists a thread for a moment after its end
MOST_CHARACTERS = 16384  # of the names of variables, in all
EVERYTHING = "*"  # instead of them, for all that there could be

locale = posix.environ.get(b"LC_CTYPE")  # set by the interpreter itself where nobody has chosen one

writable = ("/work", "/tmp", "/dev/shm")
made_by_imports = []  # path, mode and content, or None for a directory; parents first


def has_shared_memory():
    """Whether one job could write what another reads; files of the host are mapped shared, and read-only."""
    with open("/proc/self/maps") as maps:
        access = [(line.split(None, 2)[1], line.endswith("(deleted)\n")) for line in maps]
    return any(bits[3] == "s" and (bits[1] == "w" or is_unnamed) for bits, is_unnamed in access)


def has_seeds_of_numpy():
    """Whether any may have been drawn, since it has as many bits; but for that of numpy's own generator."""
    module = sys.modules.get("numpy.random.bit_generator")
    own = sys.modules["numpy.random"].mtrand._rand._bit_generator._seed_seq if module is not None else None
    seeds = [one for one in gc.get_objects() if module is not None and issubclass(type(one), module.SeedSequence)]
    return any(not isinstance(one.entropy, int) or one.entropy >> 64 for one in seeds if one is not own)


def remember_files():
    for place in writable:
        for directory, folders, files in os.walk(place):
            for path in [os.path.join(directory, name) for name in folders + files]:
                mode = os.lstat(path).st_mode
                if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
                    raise RuntimeError("an import has made what is neither file nor directory")
                content = None
                if stat.S_ISREG(mode):
                    with open(path, "rb") as file:
                        content = file.read()
                made_by_imports.append((path, stat.S_IMODE(mode), content))


def make_files_again():
    """Whether all is there that the imports had made, and nothing is lost that the job has brought."""
    if not made_by_imports:
        return True
    if any(content is not None and os.path.lexists(path) for path, mode, content in made_by_imports):
        return False
    try:
        for path, mode, content in made_by_imports:
            if content is not None:
                with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                    file.write(content)
            elif not os.path.isdir(path):
                os.mkdir(path, mode)
    except OSError:
        return False
    return True


def rest_numexpr(module):
    count = module.set_num_threads(1)
    wakings["numexpr"] = lambda module: module.set_num_threads(count)


# How those are told to end their threads that do not do it by themselves before a fork.
rests = {"numexpr": rest_numexpr}


def begin_log(module):
    module._startTime = time.time_ns() if isinstance(module._startTime, int) else time.time()


# What is done when the job's time begins. Threads are started again: they keep the rights that they began with.
wakings = {"logging": begin_log}


def do_to_imported(deeds):
    for name, deed in deeds.items():
        module = sys.modules.get(name)
        if module is not None:
            deed(module)


def is_alone():
    return len(os.listdir("/proc/self/task")) == 1


def end_threads():
    """OpenBLAS is one that ends its threads before a fork; whoever needs them next starts as many."""
    do_to_imported(rests)
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    deadline = time.monotonic() + LISTED_SECONDS
    while not is_alone():
        if time.monotonic() > deadline:
            raise RuntimeError("an import has started a thread that stays")
        time.sleep(0.001)


class Watched(dict):
    """Variables, while it is taken down at which of them somebody looks, whether they are there or not."""

    def __init__(self, variables):
        super().__init__(variables)
        self.looked_at = set()

    def __getitem__(self, name):
        self.looked_at.add(os.fsdecode(name))
        return super().__getitem__(name)

    def __delitem__(self, name):
        self.looked_at.add(os.fsdecode(name))
        super().__delitem__(name)

    def __iter__(self):
        self.looked_at.add(EVERYTHING)
        return super().__iter__()

    def __len__(self):
        self.looked_at.add(EVERYTHING)
        return super().__len__()

    def items(self):
        self.looked_at.add(EVERYTHING)
        return super().items()


watched = Watched(posix.environ)

drawn = {}  # generators of packages, by their identity; None for those with a seed of their own


def note_generators(*arguments, **named):
    """Imports; from when random is there on, takes down which generators are seeded with nothing in particular."""
    global plain_seed
    module = plain_import(*arguments, **named)
    random = sys.modules.get("random")
    if plain_seed is None and hasattr(random, "_inst"):
        plain_seed = random.Random.seed

        def seed(generator, a=None, version=2):
            plain_seed(generator, a, version)
            drawn[id(generator)] = generator if a is None else None

        random.Random.seed = seed
    return module


plain_import = builtins.__import__
plain_seed = None

set_by_imports = {}  # variables and their values; None for those that are there no more


def import_all():
    before = dict(posix.environ)
    os.environ._data = os.environb._data = watched
    builtins.__import__ = note_generators
    try:
        for name in wanted:
            __import__(name)
    finally:
        builtins.__import__ = plain_import
        if plain_seed is not None:
            sys.modules["random"].Random.seed = plain_seed
        posix.environ.clear()
        posix.environ.update(list(dict.items(watched)))
        changed = set(before.items()) ^ set(posix.environ.items())
        set_by_imports.update((name, posix.environ.get(name)) for name, _ in changed)
        os.environ._data = os.environb._data = posix.environ


def tell(word, looked_at_in_c):
    names = watched.looked_at.union(looked_at_in_c)
    line = " ".join([word] + sorted(names))
    if len(line) > MOST_CHARACTERS or not all(name.isidentifier() and name.isascii() for name in names):
        line = word + " " + EVERYTHING
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def prepare():
    global modules_before, last_module, imported, packages_of_user
    import_all()
    if not is_alone():
        end_threads()
    open_files = sorted(int(name) for name in os.listdir("/proc/self/fd"))
    if len(open_files) != 5:  # the standard streams, the zygote's socket and the list itself
        raise RuntimeError("an import has left files open: %s" % open_files)
    if has_shared_memory():
        raise RuntimeError("an import has made memory that processes share")
    if has_seeds_of_numpy():
        raise RuntimeError("an import has drawn a seed for numpy, which siblings would have")
    remember_files()
    sys.path_importer_cache.clear()
    modules_before = set(sys.modules)
    last_module = list(sys.modules)[-1]
    imported = {name.partition(".")[0] for name in modules_before - modules_at_start}
    site = sys.modules.get("site")  # it looks for packages in the job's home when the interpreter starts
    packages_of_user = site.getusersitepackages() if site is not None and site.ENABLE_USER_SITE else None
    gc.collect()
    gc.freeze()
