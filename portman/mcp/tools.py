"""The tools of data/mcp.json: what each takes, answers, may change. The protocol is elsewhere."""

from __future__ import annotations

import json

from portman.base.record import NamedTuple
from portman.base.small_file import data_file
from portman.commands.env import env
from portman.commands.explain import explain
from portman.commands.list import ALL, list_leases
from portman.commands.log import NEWEST, log
from portman.commands.up import check, down, up
from portman.commands.validate import envelope_schema
from portman.commands.who import who, who_all

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portman.base.errors import Report

    Arguments = dict[str, Any]


class PortTool(NamedTuple):
    """One tool. `data` are the parts of the answer's data that it always has: name, and JSON type.

    A type with "?" may be null. `work` is None where the server itself does it.
    """

    command: str
    about: str
    data: str
    takes: dict[str, dict[str, Any]]
    work: Callable[[Arguments], Report] | None = None
    needs: tuple[str, ...] = ()
    reads: bool = True
    destroys: bool = False
    idempotent: bool = True

    def input_schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": self.takes,
            "required": ["path", *self.needs],
            "additionalProperties": False,
        }

    def output_schema(self) -> dict[str, Any]:
        """Return the schema of the envelope, with the parts of this command's data.

        A client puts all schemas before its model: they have the names and types of the envelope's
        own schema, and leave out what only a validator needs.
        """
        whole = envelope_schema()
        definitions = {name: _short(one) for name, one in whole["definitions"].items()}
        problem = definitions["problem"]
        problem["properties"]["code"] = {"type": "string"}
        problem["properties"]["hints"]["items"] = definitions["hint"]
        parts = {name: _type(kind) for name, _, kind in _pairs(self.data)}
        if self.command in ("up", "check", "down"):
            holder = {**definitions["holder"], "type": ["object", "null"]}
            service = definitions["service"]
            service["properties"]["holder"] = holder
            parts["services"]["items"] = service
        return {
            "type": "object",
            "properties": {
                "command": {"const": self.command},
                "status": whole["properties"]["status"],
                "exit_code": {"type": "integer"},
                "data": {"type": "object", "properties": parts},
                "errors": {"type": "array", "items": {"$ref": "#/definitions/problem"}},
                "warnings": {"type": "array", "items": {"$ref": "#/definitions/problem"}},
            },
            "required": whole["required"],
            "definitions": {"problem": problem},
        }


def _short(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an object's properties with their types alone; one of another object is an object."""
    return {
        "type": "object",
        "properties": {name: _kind(one) for name, one in schema["properties"].items()},
    }


def _kind(schema: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" in schema:
        return {"type": [_kind(one).get("type", "object") for one in schema["anyOf"]]}
    return {key: schema[key] for key in ("type", "enum") if key in schema} or {"type": "object"}


def _pairs(text: str) -> list[tuple[str, str, str]]:
    return [one.partition(":") for one in text.split()]


def _type(kind: str) -> dict[str, Any]:
    return {"type": [kind[:-1], "null"] if kind.endswith("?") else kind}


def _up(asked: Arguments) -> Report:
    return up(
        asked["path"],
        instance=asked.get("instance", ""),
        names=tuple(asked.get("names", ())),
        reassign=asked.get("reassign", False),
    )


def _named(work: Callable[..., Report]) -> Callable[[Arguments], Report]:
    return lambda asked: work(
        asked["path"], instance=asked.get("instance", ""), names=tuple(asked.get("names", ()))
    )


def _env(asked: Arguments) -> Report:
    instance, service = asked.get("instance", ""), asked.get("service", "")
    return env(asked["path"], instance=instance, service=service)


def _list(asked: Arguments) -> Report:
    return list_leases(ALL._replace(project=asked.get("project"), stale=asked.get("stale", False)))


def _who(asked: Arguments) -> Report:
    if "asked" not in asked:
        return who_all(asked["path"], asked.get("pid"))
    instance, udp = asked.get("instance", ""), asked.get("udp", False)
    return who(asked["path"], asked["asked"], instance=instance, udp=udp)


def _explain(asked: Arguments) -> Report:
    instance, udp = asked.get("instance", ""), asked.get("udp", False)
    return explain(asked["path"], asked["asked"], instance=instance, udp=udp)


def _log(asked: Arguments) -> Report:
    return log(
        since=asked.get("since"),
        service=asked.get("service", ""),
        port=asked.get("port", 0),
        newest=asked.get("newest", NEWEST),
    )


#: The tool's own work by command; the server itself does the others: it waits, or keeps a plan.
_WORK: dict[str, Callable[[Arguments], Report]] = {
    "up": _up,
    "check": _named(check),
    "env": _env,
    "list": _list,
    "who": _who,
    "explain": _explain,
    "down": _named(down),
    "log": _log,
}


def _tools() -> dict[str, PortTool]:
    """Read data/mcp.json; `{header}` stands for the parts of commands about one checkout."""
    told = json.loads(data_file("mcp.json"))
    shared, tools = told["shared"], {}
    for name, row in told["tools"].items():
        takes = {"path": "shared", **row["takes"]}
        row["takes"] = {key: shared[key] if one == "shared" else one for key, one in takes.items()}
        row["data"] = row["data"].replace("{header}", told["header"])
        row["needs"] = tuple(row.get("needs", ()))
        tools[name] = PortTool(**row, work=_WORK.get(row["command"]))
    return tools


TOOLS = _tools()
