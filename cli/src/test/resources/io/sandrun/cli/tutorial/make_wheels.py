"""Packs packages that this Python has as wheels for pip: make_wheels.py FOLDER"""

import importlib.metadata
import pathlib
import sys
import sysconfig
import zipfile

# What each has at its top, and what it needs.
WHEELS = {
    "six": (["six.py"], []),
    "pytz": (["pytz"], []),
    "python-dateutil": (["dateutil"], ["six"]),
    "numpy": (["numpy"], []),
    "pandas": (["pandas"], ["numpy", "python-dateutil", "pytz"]),
    "cycler": (["cycler.py"], []),
    "kiwisolver": (["kiwisolver"], []),
    "packaging": (["packaging"], []),
    "pyparsing": (["pyparsing"], []),
    "fonttools": (["fontTools"], []),
    "contourpy": (["contourpy"], ["numpy"]),
    "pillow": (["PIL"], []),
    "matplotlib": (
        ["matplotlib", "mpl_toolkits", "pylab.py"],
        "contourpy cycler fonttools kiwisolver numpy packaging pillow pyparsing python-dateutil".split(),
    ),
}
LEFT_OUT = {"__pycache__", "tests"}
PYTHON = f"cp{sys.version_info.major}{sys.version_info.minor}"
TAG = f"{PYTHON}-{PYTHON}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


def home(top):
    """The folder in which Debian has put a package."""
    return next(path for path in map(pathlib.Path, sys.path) if (path / top).exists())


def files(top):
    place = home(top) / top
    found = [place] if place.is_file() else sorted(place.rglob("*"))
    return [(path, path.relative_to(home(top))) for path in found if path.is_file()]


def pack(name, tops, needs, folder):
    version = importlib.metadata.version(name)
    plain = name.replace("-", "_")
    info = f"{plain}-{version}.dist-info"
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    metadata += [f"Requires-Dist: {need}" for need in needs]
    wheel = ["Wheel-Version: 1.0", "Generator: make_wheels", "Root-Is-Purelib: false", f"Tag: {TAG}"]
    record = []
    with zipfile.ZipFile(folder / f"{plain}-{version}-{TAG}.whl", "w") as archive:
        for top in tops:
            for path, inside in files(top):
                if not LEFT_OUT & set(inside.parts):
                    archive.write(path, inside)
                    record.append(f"{inside},,")
        for part, lines in (("METADATA", metadata), ("WHEEL", wheel)):
            archive.writestr(f"{info}/{part}", "\n".join(lines) + "\n")
            record.append(f"{info}/{part},,")
        record.append(f"{info}/RECORD,,")
        archive.writestr(f"{info}/RECORD", "\n".join(record) + "\n")


for name, (tops, needs) in WHEELS.items():
    pack(name, tops, needs, pathlib.Path(sys.argv[1]))
