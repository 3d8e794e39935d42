"""What a test needs besides Python: skipped by name where it is missing, failed where it must be.

PORTMAN_REQUIRE_SERVERS=1 (as in CI) turns every such skip into a failure.
"""

from __future__ import annotations

import glob
import importlib.util
import os
import shutil

import pytest


def module(name: str) -> None:
    """Skip or fail unless a Python package is installed."""
    if importlib.util.find_spec(name) is None:
        _missing(f"the Python package {name}: pip install {name}")


def program(*names: str) -> str:
    """Return the path of the first program there is; skip or fail without one."""
    for name in names:
        for found in (shutil.which(name), *sorted(glob.glob(name))):
            if found and os.access(found, os.X_OK):
                return found
    _missing(f"the program {names[0]}")
    raise AssertionError


def node_package(name: str) -> str:
    """Return the folder of an npm package, looked for in NODE_PATH; skip or fail without it."""
    program("node")
    for folder in os.environ.get("NODE_PATH", "").split(os.pathsep):
        found = os.path.join(folder, name)
        if folder and os.path.isdir(found):
            return found
    _missing(f"the npm package {name}, in a folder of NODE_PATH")
    raise AssertionError


def _missing(what: str) -> None:
    if os.environ.get("PORTMAN_REQUIRE_SERVERS"):
        pytest.fail(f"missing: {what}")
    pytest.skip(f"missing: {what}")
