"""Run portman as another user: python as_user.py UID:GID[,GID...]:UMASK FOLDER ARGUMENT...

Everything is imported before the user changes, as Python itself may lie in a closed home.
"""

from __future__ import annotations

import codecs
import contextlib
import importlib
import os
import pkgutil
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

import portman

for name in (
    "tomllib",
    "json",
    "textwrap",
    "shlex",
    "subprocess",
    "pwd",
    "grp",
    "tempfile",
    "shutil",
    "resource",
    "fcntl",
    "traceback",
    "re",
    "enum",
):
    importlib.import_module(name)
for module in pkgutil.walk_packages(portman.__path__, "portman."):
    with contextlib.suppress(ImportError, AssertionError):  # modules of other systems
        importlib.import_module(module.name)
for name in ("idna", "ascii", "utf-8", "latin-1"):
    codecs.lookup(name)

main = importlib.import_module("portman.__main__").main

uid, groups, umask = sys.argv[1].split(":")
numbers = [int(number) for number in groups.split(",")]
os.umask(int(umask, 8))
os.setgroups(numbers)
os.setgid(numbers[0])
os.setuid(int(uid))
os.chdir(sys.argv[2])
sys.argv = ["portman", *sys.argv[3:]]
sys.exit(main())
