"""What the process of a job does in Python: see zygote.c, which calls born, begin and leave, and rehearse in none.

The names are those of hatch.py, which has been run before.
"""

def renew_numpy(module):
    """What seed() does, with less of the interpreter: a state of that generator is any 624 words."""
    try:
        module.set_state(("MT19937", sys.modules["numpy"].frombuffer(os.urandom(4 * 624), "u4"), 624))
    except (KeyError, TypeError, ValueError):  # it has been given another generator
        module.seed()


# What the interpreter's own hooks after a fork do not renew; its module random is renewed by them.
renewals = {
    "numpy.random": renew_numpy,
    "_ssl": lambda module: module.RAND_add(os.urandom(64), 64.0),
    "tempfile": lambda module: setattr(module, "_name_sequence", None),
    "multiprocessing.process": lambda module: setattr(module.current_process(), "authkey", os.urandom(32)),
    "uuid": lambda module: vars(module).update(_last_timestamp=None, _node=None),
    "torch": lambda module: module.seed(),
}


def renew_main():
    """What was there before the freeze is never collected, nor what it refers to; a program's globals must be."""
    old = sys.modules["__main__"]
    new = type(sys)("__main__")
    new.__dict__.update(old.__dict__)
    sys.modules["__main__"] = new


def born():
    renew_main()
    do_to_imported(renewals)
    for generator in filter(None, drawn.values()):
        generator.seed()


def wake():
    try:
        do_to_imported(wakings)
    except Exception:
        return False
    return True


def take_environment(variables):
    """C has them already, and the two are one dictionary below their names and values as text."""
    posix.environ.clear()
    for variable in variables:
        name, _, value = variable.partition(b"=")
        posix.environ[name] = value


def hides_an_import(directory):
    """Whether the program's own files have names of modules that are imported already, and would come first."""
    return bool(imported) and any(name.partition(".")[0] in imported for name in os.listdir(directory))


def place_of(program):
    """The real directory of a plain file and what it has for a name, or None. Whatever is asked here costs pages."""
    here = posix.getcwd()
    if not program.endswith(".py") or not posix.access(program, posix.F_OK):
        return None
    if "/" not in program and here != "/" and stat.S_ISREG(posix.lstat(program).st_mode):
        directory, name = here, here + "/" + program
    elif os.path.isfile(program):
        directory, name = os.path.dirname(os.path.realpath(program)), os.path.join(here, os.path.normpath(program))
    else:
        return None
    return directory, name if sys.version_info >= (3, 9) else program


def begin(arguments, variables):
    """Makes this the interpreter that the command would have started; the path of its program."""
    take_environment(variables)
    place = place_of(arguments[flags])
    has_packages = packages_of_user is not None and posix.access(packages_of_user, posix.F_OK)
    is_equal = place is not None and not has_packages and not hides_an_import(place[0])
    if not is_equal or not make_files_again() or not wake():
        os.execve(arguments[0], arguments, os.environ)
    if locale is not None and posix.environ.get(b"LC_CTYPE") != locale:
        posix.putenv(b"LC_CTYPE", locale)
        posix.environ[b"LC_CTYPE"] = locale
    for name, value in set_by_imports.items():
        if value is None:
            os.environb.pop(name, None)
        else:
            os.environb[name] = value
    directory, path = place
    sys.argv[:] = arguments[flags:]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv[:] = arguments
    if has_program_directory:
        sys.path.insert(0, directory)
    main = sys.modules["__main__"]
    main.__file__ = path
    main.__cached__ = None
    main.__loader__ = SourceFileLoader("__main__", path)
    return path


def rehearse(program):
    """The same in a process that is no job's: see rehearsal.c."""
    made_by_imports.clear()  # here they are
    directory, name = os.path.split(program)
    os.chdir(directory)
    return begin([sys.executable] * flags + [name], [b"%s=%s" % pair for pair in posix.environ.items()])


def code_of(ended):
    if isinstance(ended, int):
        return ended
    code = ended.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code if -(1 << 63) <= code < 1 << 63 else -1
    if sys.stderr is not None:
        print(code, file=sys.stderr)
    return 1


def flush():
    flushed = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except Exception:
            flushed = False
    return flushed


def names_of_new_modules():
    """Not by looking at all that there are, which would copy the memory of each name."""
    if sys.version_info < (3, 8) or type(sys.modules) is not dict:
        return [name for name in sys.modules if name not in modules_before]
    names = []
    for name in reversed(sys.modules):
        if name is last_module:
            break
        if name not in modules_before:
            names.append(name)
    names.reverse()
    return names


def forget_program():
    """Lets go of all that the program made, in the order of the interpreter; what was there before is left alone."""
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            setattr(sys, name, None)
    for name in ["__main__"] + names_of_new_modules():
        sys.modules.pop(name, None)
    gc.collect()


def leave(ended):
    """What the interpreter does before it goes, without taking apart what it never used; the exit code."""
    code = code_of(ended)
    threading = sys.modules.get("threading")
    try:
        if threading is not None:
            threading._shutdown()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    try:
        atexit._run_exitfuncs()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    flushed = flush()
    forget_program()
    return code if flush() and flushed else 120
