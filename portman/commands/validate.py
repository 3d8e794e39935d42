"""`portman validate` and `schema`: is ports.toml right, and what may programs rely on.

Neither needs ledger, engine or ports. `envelope_schema` is the contract with other programs: the
JSON Schema (draft-07) of what `--json` prints.
"""

from __future__ import annotations

import os

from portman.base.errors import CODES, PortmanError, Report
from portman.manifest import FILE, LOCAL_FILE
from portman.manifest.file import find_manifest, read_manifest

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

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


def schema(*, envelope: bool = False) -> Report:
    if envelope:
        return Report("schema", {"schema": envelope_schema()})
    from portman.manifest.schema import manifest_schema

    return Report("schema", {"schema": manifest_schema()})


TEXT: dict[str, Any] = {"type": "string"}
TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
PORT: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 65535}
PORT_OR_NULL: dict[str, Any] = {"anyOf": [PORT, {"type": "null"}]}
ACTIONS = ["written", "unchanged", "cleaned", "deleted", "stale", "kept", "failed"]


def envelope_schema() -> dict[str, Any]:
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "portman --json",
        "description": "One document on stdout, also when the command fails before it starts.",
        **_object(
            {
                "portman": {"const": 1, "description": "Version of this envelope."},
                "command": {**TEXT, "description": "The command that was called."},
                "status": {"enum": ["ok", "error"]},
                "exit_code": {"enum": sorted({exit_code for exit_code, _ in CODES.values()})},
                "data": {
                    "type": "object",
                    "description": "What the command answers; empty if it could not start.",
                    "properties": {
                        "project": TEXT_OR_NULL,
                        "checkout": TEXT_OR_NULL,
                        "instance": TEXT,
                        "primary": {"type": ["boolean", "null"]},
                        "services": {"type": "array"},
                        "outputs": {"type": "array", "items": {"$ref": "#/definitions/output"}},
                        "misplaced": {
                            "type": "array",
                            "items": {"$ref": "#/definitions/misplaced"},
                        },
                    },
                },
                "errors": {"type": "array", "items": {"$ref": "#/definitions/problem"}},
                "warnings": {"type": "array", "items": {"$ref": "#/definitions/problem"}},
            }
        ),
        "allOf": [
            {
                "if": {"properties": {"command": {"enum": ["up", "check", "down"]}}},
                "then": {
                    "properties": {
                        "data": {
                            "properties": {"services": {"items": {"$ref": "#/definitions/service"}}}
                        }
                    }
                },
            }
        ],
        "definitions": {
            **_problem(),
            "service": _service(),
            "holder": _holder(),
            "container": _container(),
            "misplaced": _object(
                {
                    "service": TEXT_OR_NULL,
                    "port": {**PORT, "description": "Where the program listens."},
                    "own_port": {**PORT_OR_NULL, "description": "Where its service should be."},
                    "holder": {"$ref": "#/definitions/holder"},
                }
            ),
            "output": _object({"path": TEXT, "format": TEXT, "action": {"enum": ACTIONS}}),
        },
    }


def _problem() -> dict[str, Any]:
    problem = _object(
        {
            "code": {"enum": sorted(CODES)},
            "message": TEXT,
            "hints": {"type": "array", "items": {"$ref": "#/definitions/hint"}},
        },
        {"service": TEXT, "file": TEXT, "line": {"type": "integer"}, "key": TEXT},
    )
    hint = _object(
        {
            "label": {**TEXT, "description": "What the command does; a sentence without one."},
            "command": {**TEXT_OR_NULL, "description": "Runnable as printed, in a POSIX shell."},
            "argv": {
                "anyOf": [{"type": "array", "items": TEXT, "minItems": 1}, {"type": "null"}],
                "description": "The same command as a list of its words, for no shell at all.",
            },
        }
    )
    return {"problem": problem, "hint": hint}


def _service() -> dict[str, Any]:
    from portman.holders.verdicts import GRAVITY

    return _object(
        {
            "name": TEXT,
            "kind": {"enum": ["service", "container"]},
            "port": {**PORT, "description": "The first port."},
            "ports": {"type": "array", "items": PORT, "minItems": 1},
            "protocols": {"type": "array", "items": {"enum": ["tcp", "udp"]}, "minItems": 1},
            "host": TEXT,
            "url": TEXT,
            "env": {"type": "array", "items": TEXT},
            "usual": PORT_OR_NULL,
            "fixed": {"type": "boolean"},
            "verdict": {
                "enum": [*GRAVITY, None],
                "description": "What the port is at this moment; null where it was not checked.",
            },
            "was": {**PORT_OR_NULL, "description": "The old port, if it moved."},
            "holder": {"anyOf": [{"$ref": "#/definitions/holder"}, {"type": "null"}]},
        }
    )


def _holder() -> dict[str, Any]:
    return _object(
        {
            "pid": {"type": ["integer", "null"]},
            "name": TEXT,
            "command": TEXT,
            "cwd": TEXT_OR_NULL,
            "user": TEXT_OR_NULL,
            "unit": TEXT_OR_NULL,
            "address": TEXT,
            "state": {"enum": ["listen", "bound", "client", "time-wait"]},
            "container": {"anyOf": [{"$ref": "#/definitions/container"}, {"type": "null"}]},
            "checkout": TEXT_OR_NULL,
            "service": TEXT_OR_NULL,
        }
    )


def _container() -> dict[str, Any]:
    return _object(
        {
            "name": TEXT,
            "id": TEXT,
            "image": TEXT,
            "state": TEXT,
            "project": TEXT_OR_NULL,
            "folder": TEXT_OR_NULL,
            "compose_service": TEXT_OR_NULL,
        }
    )


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": sorted(required),
        "additionalProperties": False,
    }
