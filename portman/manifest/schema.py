"""The JSON Schema (draft-07) of `ports.toml`, for editors and for checks without portman.

It says what a schema can: keys, types, ranges. Only `parse_manifest` reports names that clash,
references that lead nowhere and ports that overlap. The tables of docs/manifest.md are made here
too.
"""

from __future__ import annotations

from portman.manifest import FILE
from portman.manifest.keys import (
    LAST_PORT,
    LONGEST_DOMAIN,
    LONGEST_INSTANCE,
    LONGEST_PATH,
    LONGEST_PROJECT,
    MOST_LINKS,
    MOST_OUTPUTS,
    MOST_SERVICES,
    PROTOCOLS,
    SHARED,
    TABLES,
)
from portman.manifest.names import LONGEST_SERVICE, LONGEST_VARIABLE

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.manifest.keys import Row

Schema = dict[str, object]

DRAFT = "http://json-schema.org/draft-07/schema#"
SERVICE_NAME = rf"^[A-Za-z][A-Za-z0-9_-]{{0,{LONGEST_SERVICE - 1}}}$"
_VARIABLE: Schema = {
    "type": "string",
    "pattern": rf"^[A-Za-z_][A-Za-z0-9_]{{0,{LONGEST_VARIABLE - 1}}}$",
}
_PROTOCOL: Schema = {"enum": list(PROTOCOLS)}
_HOST = r"^(localhost|\d{1,3}(\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$"
#: Relative, without a backslash, a drive, `..`, and anything that names a folder.
_INSIDE = r"^(?![/~]|[A-Za-z]:)(?!.*\\)(?!(.*/)?\.\.(/|$))(?!(.*/)?\.?$)[^\u0000-\u001f\u007f]+$"
_BELOW = _INSIDE.replace(r"(?!(.*/)?\.?$)", "")  # the checkout's own folder too
_PATH: Schema = {"type": "string", "pattern": _INSIDE, "maxLength": LONGEST_PATH}
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = rf"^(?=.{{1,{LONGEST_DOMAIN}}}$){_LABEL}(\.{_LABEL})*$"
_FOLDER = r"^(?!\.?/*$)(?!.*\\)[^\u0000-\u001f\u007f]+$"


def _text(pattern: str, **more: object) -> Schema:
    return {"type": "string", "pattern": pattern, **more}


def _section(entry: Schema, most: int = MOST_SERVICES) -> Schema:
    return {
        "type": "object",
        "maxProperties": most,
        "propertyNames": {"pattern": SERVICE_NAME},
        "additionalProperties": entry,
    }


_SHARED: Schema = _text(rf"^({'|'.join(SHARED)}):.+$")


def _list(items: Schema, **more: object) -> Schema:
    return {"type": "array", "items": items, **more}


#: Shape of a key -> what docs/manifest.md calls it, and its schema.
SHAPES: dict[str, tuple[str, Schema]] = {
    "project": ("text", _text(r"\S", maxLength=LONGEST_PROJECT)),
    "services": ("tables", _section({"$ref": "#/definitions/service"})),
    "containers": ("tables", _section({"$ref": "#/definitions/container"})),
    "links": ("texts or tables", _section({"$ref": "#/definitions/link"}, MOST_LINKS)),
    "outputs": ("tables", _list({"$ref": "#/definitions/output"}, maxItems=MOST_OUTPUTS)),
    "pool": ("table", {}),
    "compose": ("table", {}),
    "names": ("table", {}),
    "domain": ("a domain name", _text(_DOMAIN)),
    "label": ("text", _text(r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)?$")),
    "service-names": ("list of services", _list(_text(SERVICE_NAME), minItems=1)),
    "values": (
        "texts",
        {
            "type": "object",
            "propertyNames": {"pattern": _VARIABLE["pattern"]},
            "additionalProperties": {"type": "string"},
        },
    ),
    "port": (
        f'1 to {LAST_PORT}, or `"auto"`',
        {
            "oneOf": [
                {"type": "integer", "minimum": 1, "maximum": LAST_PORT},
                {"const": "auto"},
            ]
        },
    ),
    "variables": ("text or list", {"oneOf": [_VARIABLE, _list(_VARIABLE, uniqueItems=True)]}),
    "protocols": (
        '`"tcp"`, `"udp"` or a list of both',
        {"oneOf": [_PROTOCOL, _list(_PROTOCOL, minItems=1, uniqueItems=True)]},
    ),
    "host": ("an IP address or `localhost`", _text(_HOST)),
    "compose-name": ("text", _text(r"^[A-Za-z0-9._-]+$")),
    "shared": ('list such as `["volume:pgdata"]`', {"oneOf": [_SHARED, _list(_SHARED)]}),
    "path": ("path inside the checkout", _PATH),
    "inside": ("folder inside the checkout", _text(_BELOW, maxLength=LONGEST_PATH)),
    "paths": ("path or list of paths", {"oneOf": [_PATH, _list(_PATH)]}),
    "variable-names": ("list of variables", _list(_VARIABLE, minItems=1)),
    "renames": (
        "table of variables",
        {
            "type": "object",
            "propertyNames": {"pattern": _VARIABLE["pattern"]},
            "additionalProperties": _VARIABLE,
        },
    ),
    "env-file": (
        "path or table",
        {"oneOf": [_PATH, {"$ref": "#/definitions/env_file"}]},
    ),
    "folder": ("path", _text(_FOLDER, maxLength=LONGEST_PATH)),
    "instance": ("text", _text(rf"^[A-Za-z0-9._-]{{0,{LONGEST_INSTANCE}}}$")),
    "range": ('text such as `"20000-29999"`', _text(r"^\s*\d+\s*-\s*\d+\s*$")),
}


def manifest_schema() -> Schema:
    fixed: Schema = {"required": ["fixed"], "properties": {"fixed": {"const": True}}}
    ported: Schema = {"required": ["port"], "properties": {"port": {"type": "integer"}}}
    only_with_port: Schema = {"if": fixed, "then": ported}
    named: Schema = {"description": "A name that determines the output's."}
    named["pattern"] = r"\.(in|tmpl|template)$"
    unused = [{"required": [key]} for key in ("format", "only", "rename", "quote")]
    output = {
        "anyOf": [
            {"required": ["path"]},
            {"required": ["template"], "properties": {"template": named}},
        ],
        "if": {"required": ["template"]},
        "then": {"not": {"anyOf": unused}},
    }
    service = {**_table("a service", "A service with its keys."), **only_with_port}
    definitions: Schema = {
        "service": {"oneOf": [_property(TABLES["a service"]["port"]), service]},
        "container": {
            **_table("a container", "A container with its keys."),
            **only_with_port,
        },
        "output": {**_table("an output", "One file to write."), **output},
        "env_file": _table("an env_file", "The own env file of a service."),
        "link": {"oneOf": [_property(TABLES["a link"]["path"]), _table("a link")]},
    }
    return {
        "$schema": DRAFT,
        "title": FILE,
        "description": "The services of a project and the ports they usually have (portman).",
        **_table(FILE),
        "definitions": definitions,
    }


def key_table(kind: str, *, leave_out: str = "") -> str:
    """Make the table of docs/manifest.md for one of TABLES, without the keys of another."""
    lines = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for row in TABLES[kind].values():
        key, _, default, _, meaning = row
        if key in TABLES.get(leave_out, ()):
            continue
        shown = "" if default in (None, "", ()) else f"`{str(default).lower()}`"
        shown = "required" if default is ... else shown
        lines.append(f"| `{key}` | {_type_words(row)} | {shown} | {meaning} |")
    return "\n".join(lines) + "\n"


def _type_words(row: Row) -> str:
    shape = row[1]
    if isinstance(shape, str):
        return SHAPES[shape][0]
    if isinstance(shape, tuple):
        return ", ".join(f'`"{choice}"`' for choice in shape)
    return f"{shape[0]} to {shape[-1]}" if isinstance(shape, range) else "true, false"


def _table(kind: str, description: str = "") -> Schema:
    rows = TABLES[kind].values()
    required = [row[0] for row in rows if row[2] is ...]
    return {
        **({"description": description} if description else {}),
        "type": "object",
        "additionalProperties": False,
        "properties": {row[0]: _property(row) for row in rows},
        **({"required": required} if required else {}),
    }


def _property(row: Row) -> Schema:
    _, shape, default, _, meaning = row
    if isinstance(shape, str):
        own = _table(f"[{shape}]") if f"[{shape}]" in TABLES else SHAPES[shape][1]
    elif isinstance(shape, tuple):
        own = {"enum": list(shape)}
    elif isinstance(shape, range):
        own = {"type": "integer", "minimum": shape[0], "maximum": shape[-1]}
    else:
        own = {"type": "boolean"}
    given = {} if default in (None, ..., (), "") else {"default": default}
    return {"description": meaning, **own, **given}
