"""`portman validate`: is ports.toml right? Without ledger, engine or a look at any port."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.base.errors import PortmanError, Report

if TYPE_CHECKING:
    from portman.base.errors import Problem

LOCAL_FILE = "ports.local.toml"


def validate(start: str, paths: tuple[str, ...] = ()) -> Report:
    """Read each manifest (default: the one found from `start`) and tell everything wrong.

    A `ports.local.toml` is checked together with the manifest beside it, under whichever of
    their names is given. Raises PortmanError "manifest-missing" where there is none to find.
    """
    from portman.manifest.file import find_manifest

    given = [_manifest_of(os.path.normpath(os.path.join(start, path))) for path in paths]
    manifests = list(dict.fromkeys(given)) or [find_manifest(start)]
    problems: list[Problem] = []
    views: list[dict[str, object]] = []
    for path in manifests:
        services, wrong = _read(path)
        problems += wrong
        views.append({"path": path, "valid": not wrong, "services": services})
    return Report("validate", {"manifests": views}, tuple(problems))


def _manifest_of(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, "ports.toml") if name == LOCAL_FILE else path


def _read(path: str) -> tuple[list[str], tuple[Problem, ...]]:
    from portman.manifest.file import read_manifest

    try:
        manifest = read_manifest(path)
    except PortmanError as error:
        return [], error.problems
    return [service.name for service in manifest.services], ()
