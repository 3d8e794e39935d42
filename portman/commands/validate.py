"""`portman validate`: check ports.toml alone, without ledger, engine or ports."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.base.errors import PortmanError, Report
from portman.manifest.file import find_manifest, read_manifest
from portman.manifest.keys import FILE, LOCAL_FILE

if TYPE_CHECKING:
    from portman.base.errors import Problem


def validate(start: str, paths: tuple[str, ...] = ()) -> Report:
    """Read each manifest (default: the one found from `start`) and report every mistake.

    A `ports.local.toml` is checked together with the manifest beside it, under whichever of
    their names is given. Raises PortmanError "manifest-missing" where none is found.
    """
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
    return os.path.join(folder, FILE) if name == LOCAL_FILE else path


def _read(path: str) -> tuple[list[str], tuple[Problem, ...]]:
    try:
        manifest = read_manifest(path)
    except PortmanError as error:
        return [], error.problems
    return [service.name for service in manifest.services], ()
