"""The tools, as a table: what each takes, answers and may change. The protocol is elsewhere."""

from __future__ import annotations

from portman.base.record import NamedTuple
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


def _text(about: str, longest: int = 200) -> dict[str, Any]:
    return {"type": "string", "description": about, "maxLength": longest}


def _switch(about: str) -> dict[str, Any]:
    return {"type": "boolean", "description": about}


PATH = _text("Full path of the checkout: the folder with ports.toml, or one below it.", 4096)
INSTANCE = _text("Name of a second set of ports of the checkout, as in --instance.", 64)
NAMES = {
    "type": "array",
    "description": "Services; default: all.",
    "items": {"type": "string", "maxLength": 200},
    "maxItems": 200,
}
ASKED = _text("A port, an address, a URL, or the name of a service of the checkout.", 2000)
UDP = _switch("UDP instead of TCP.")
#: Parts of `data` of commands about one checkout: name, and JSON type ("?": or null).
_HEADER = "project:string checkout:string instance:string primary:boolean?"


class PortTool(NamedTuple):
    """One tool. `data` are the parts of the answer's data that it always has, with their types.

    `work` is None where the server itself does it: it waits, or keeps a plan.
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
            "properties": {"path": PATH, **self.takes},
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


TOOLS = {
    "ports_up": PortTool(
        "up",
        "Give every service of the checkout its own port and write the env files, before a server "
        "is started. A service keeps the port it has. Errors name who has a port: do not stop "
        "that program, and do not change a port in the code.",
        f"{_HEADER} services:array outputs:array misplaced:array",
        {
            "instance": INSTANCE,
            "names": NAMES,
            "reassign": _switch("Move the named services, or those in conflict, to other ports."),
        },
        _up,
        reads=False,
    ),
    "ports_check": PortTool(
        "check",
        "Report what ports_up would report; write nothing. Is each port idle, or this checkout's "
        "own server, or taken by a stranger?",
        f"{_HEADER} services:array outputs:array misplaced:array",
        {"instance": INSTANCE, "names": NAMES},
        _named(check),
    ),
    "ports_env": PortTool(
        "env",
        "Return every variable of the checkout with its value. Leases what is missing; writes no "
        "file.",
        f"{_HEADER} format:string env:object text:string",
        {"instance": INSTANCE, "service": _text("Also PORT and HOST of this service.")},
        _env,
        reads=False,
    ),
    "ports_list": PortTool(
        "list",
        "List every checkout on this machine with its ports, and what runs on them.",
        "ledger:string project:string? only_stale:boolean unused_days:integer checkouts:array "
        "leftovers:array pool:array",
        {
            "project": _text("Only this project's checkouts."),
            "stale": _switch("Only checkouts that are gone or long unused."),
        },
        _list,
    ),
    "ports_who": PortTool(
        "who",
        "Say which process or container has a port: pid, command, folder, checkout, service. "
        "Without `asked`: every listener of this user.",
        "occupants:array",
        {
            "instance": INSTANCE,
            "asked": ASKED,
            "udp": UDP,
            "pid": {"type": "integer", "minimum": 1, "description": "Only this process."},
        },
        _who,
    ),
    "ports_explain": PortTool(
        "explain",
        "Explain an address or port, and what may go wrong there: who has it, who may connect, "
        "what the kernel and the firewall do.",
        "asked:string ports:array occupants:array leases:array findings:array",
        {"instance": INSTANCE, "asked": ASKED, "udp": UDP},
        _explain,
        needs=("asked",),
    ),
    "ports_wait": PortTool(
        "wait",
        "Wait until services listen on their ports and are this checkout's own, before a test is "
        "run against them.",
        f"{_HEADER} seconds:number services:array",
        {
            "instance": INSTANCE,
            "names": NAMES,
            "timeout": {
                "type": "number",
                "minimum": 0,
                "maximum": 600,
                "description": "Seconds to wait; default 30.",
            },
            "connect": _switch("Connect to each service's first port too."),
            "http": _text("Ask each service for this path; below 500 means it is up.", 2000),
        },
        reads=False,
    ),
    "ports_down": PortTool(
        "down",
        "Give back the checkout's ports and remove portman's lines from the env files. Stops no "
        "program.",
        f"{_HEADER} services:array outputs:array",
        {"instance": INSTANCE, "names": NAMES},
        _named(down),
        reads=False,
        destroys=True,
    ),
    "ports_log": PortTool(
        "log",
        "Show who leased, moved, gave back and freed which port: when, why, which command, user "
        "and agent session.",
        "ledger:string entries:array more:boolean",
        {
            "since": _text("10m, 3h, 2d, or a date.", 40),
            "service": _text("Only this service."),
            "port": {"type": "integer", "minimum": 1, "maximum": 65535},
            "newest": {"type": "integer", "minimum": 1, "maximum": 500},
        },
        _log,
    ),
    "ports_free": PortTool(
        "free",
        "Stop what listens on a port, in two steps. First call: the plan, and `token`. Second call "
        "with that token: exactly this plan is carried out, if the same process still has the same "
        "socket. Show the plan to the user first where the process is not of this checkout.",
        "asked:string ports:array targets:array plan:object done:array state:string? token:string?",
        {
            "instance": INSTANCE,
            "asked": ASKED,
            "udp": UDP,
            "force": _switch("SIGKILL for what ignores SIGTERM for 5 seconds."),
            "token": _text("The token of the plan; without one, only the plan is made."),
        },
        needs=("asked",),
        reads=False,
        destroys=True,
        idempotent=False,
    ),
}
