# Runs in a sandbox: imports what an environment promises and tells what it met, one line per finding (ProbeAnswer).
# Standard input has one package per line: its name, then its modules. Those of the name "*" belong to none.
import os

answer = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
os.dup2(2, 1)  # What the packages print when they are imported must not get among the findings.

import importlib
import importlib.metadata as metadata
import sys


def say(*words):
    answer.write("\t".join(" ".join(str(word).split())[:1000] for word in words) + "\n")


def distributions_by_module():
    found = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        listed = distribution.read_text("top_level.txt")
        modules = listed.split() if listed else {
            file.parts[0] if len(file.parts) > 1 else file.stem for file in distribution.files or []}
        for module in modules:
            found.setdefault(module, (name, distribution.version))
    return found


def version(package, module, owners):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        root = module.partition(".")[0]
        known = owners.get(root)
        return known[1] if known else getattr(sys.modules[root], "__version__", "")


imported = []
for line in sys.stdin.read().splitlines():
    name, *modules = line.split("\t")
    try:
        for module in modules:
            importlib.import_module(module)
        imported.append((name, modules))
    except BaseException as problem:
        say("failed", name, module, type(problem).__name__ + ": " + str(problem))

owners = distributions_by_module()
for name, modules in imported:
    if name != "*":
        say("package", name, version(name, modules[0], owners))
for module in sorted({name.partition(".")[0] for name in sys.modules}):
    if module in owners:
        say("part", *owners[module])
for path in sys.path:
    if os.path.isabs(path) and not path.startswith("/work"):
        say("file", path)
for name, modules in imported:
    for module in modules:
        say("file", getattr(sys.modules[module], "__file__", None) or "")
say("done")
answer.flush()
os._exit(0)  # Whatever threads the packages started have nothing to finish.
