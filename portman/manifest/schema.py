"""The JSON Schema (draft-07) of `ports.toml`, for editors and for checks without portman.

It says what a schema can: keys, types, ranges. Names that clash, references that lead nowhere
and ports that overlap are told by `parse_manifest` alone.
"""

from __future__ import annotations

from portman.manifest.env_names import LONGEST
from portman.manifest.outputs import (
    FORMATS,
    LONGEST_INSTANCE,
    LONGEST_PATH,
    MOST_LINKS,
    MOST_OUTPUTS,
    QUOTES,
)
from portman.manifest.services import (
    CONFLICTS,
    LAST_PORT,
    LONGEST_NAME,
    MOST_PORTS,
    MOST_SERVICES,
    PROTOCOLS,
)

Schema = dict[str, object]

DRAFT = "http://json-schema.org/draft-07/schema#"
SERVICE_NAME = rf"^[A-Za-z][A-Za-z0-9_-]{{0,{LONGEST_NAME - 1}}}$"
VARIABLE = rf"^[A-Za-z_][A-Za-z0-9_]{{0,{LONGEST - 1}}}$"
NAMED = r"\.(in|tmpl|template)$"
#: Relative, without a backslash, a drive, `..`, and anything that names a folder.
INSIDE = r"^(?![/~]|[A-Za-z]:)(?!.*\\)(?!(.*/)?\.\.(/|$))(?!(.*/)?\.?$)[^\u0000-\u001f\u007f]+$"


def manifest_schema() -> Schema:
    """Return the schema that `portman schema` prints and schema/ports.schema.json holds."""
    properties: Schema = {
        "name": _text(
            "Name of the project in lists and messages. "
            "Default: the name of the primary checkout's folder.",
            pattern=r"\S",
            maxLength=100,
        ),
        "on_conflict": _on_conflict("Default for every service: what to do when "),
        "services": _section(
            "Programs that listen on a port, by name. `web = 3000` is short for "
            "`web = { port = 3000 }`.",
            {"$ref": "#/definitions/service"},
        ),
        "containers": _section(
            "Services that run in containers, by name: the host port is portman's to choose, "
            "the port inside is `target`.",
            {"$ref": "#/definitions/container"},
        ),
        "env": _env(),
        "links": _links(),
        "output": _outputs(),
        "pool": _table(
            "Where ports come from that are not usual ones.",
            {
                "range": _text(
                    "First and last port, both included.", pattern=r"^\s*\d+\s*-\s*\d+\s*$"
                )
            },
        ),
        "compose": _table(
            "The project's Compose files.",
            {
                "file": {
                    "description": "Compose file to read, or several, relative to ports.toml.",
                    "oneOf": [_path(), {"type": "array", "items": _path()}],
                },
                "override": {
                    **_path(),
                    "description": "Compose override that portman writes, inside the checkout.",
                },
            },
        ),
    }
    return {
        "$schema": DRAFT,
        "title": "ports.toml",
        "description": "The services of a project and the ports they usually have (portman).",
        **_table("", properties),
        "definitions": {"service": _service(), "container": _container()},
    }


def _table(description: str, properties: Schema, *required: str) -> Schema:
    table: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    if description:
        table["description"] = description
    if required:
        table["required"] = list(required)
    return table


def _text(description: str, **more: object) -> Schema:
    return {"description": description, "type": "string", **more}


def _section(description: str, entry: Schema) -> Schema:
    return {
        "description": description,
        "type": "object",
        "maxProperties": MOST_SERVICES,
        "propertyNames": {"pattern": SERVICE_NAME},
        "additionalProperties": entry,
    }


def _port_number() -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": LAST_PORT}


def _port() -> Schema:
    return {
        "description": 'Usual port, which the primary checkout gets if it is free; "auto": any.',
        "oneOf": [_port_number(), {"const": "auto"}],
        "default": "auto",
    }


def _on_conflict(start: str) -> Schema:
    return {
        "description": f"{start}a leased port is taken by a stranger: report it and fail, "
        "or take another port.",
        "enum": list(CONFLICTS),
        "default": CONFLICTS[0],
    }


def _service_keys() -> Schema:
    protocol: Schema = {"enum": list(PROTOCOLS)}
    protocols = {"type": "array", "items": protocol, "minItems": 1, "uniqueItems": True}
    variable: Schema = {"type": "string", "pattern": VARIABLE}
    return {
        "port": _port(),
        "env": {
            "description": "Variable that carries the port, or several. Default: NAME_PORT.",
            "oneOf": [variable, {"type": "array", "items": variable, "uniqueItems": True}],
        },
        "fixed": {
            "description": "The usual port or an error; one checkout at a time can have it.",
            "type": "boolean",
            "default": False,
        },
        "protocol": {
            "description": "Protocols in which the port must be free.",
            "oneOf": [protocol, protocols],
            "default": "tcp",
        },
        "count": {
            "description": "How many ports in a row: NAME_PORT, NAME_PORT_2, NAME_PORT_3 ...",
            "type": "integer",
            "minimum": 1,
            "maximum": MOST_PORTS,
            "default": 1,
        },
        "host": _text(
            'The address the service binds: an IP address or "localhost".',
            pattern=r"^(localhost|\d{1,3}(\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$",
            default="127.0.0.1",
        ),
        "on_conflict": _on_conflict("What to do when "),
        "hold": {
            "description": "false: `portman run` and `portman hold` do not hold this port, for a "
            "program that cannot bind a held one because it does not set SO_REUSEADDR.",
            "type": "boolean",
            "default": True,
        },
    }


def _service() -> Schema:
    fixed: Schema = {"required": ["fixed"], "properties": {"fixed": {"const": True}}}
    ported: Schema = {"required": ["port"], "properties": {"port": {"type": "integer"}}}
    activation: Schema = {
        "description": "Let `portman run` pass the listening socket itself (LISTEN_FDS): clients "
        "may connect before the server is up.",
        "type": "boolean",
        "default": False,
    }
    keys: Schema = {**_service_keys(), "activation": activation}
    table = _table("A service with its keys.", keys)
    return {"oneOf": [_port(), {**table, "if": fixed, "then": ported}]}


def _container() -> Schema:
    fixed: Schema = {"required": ["fixed"], "properties": {"fixed": {"const": True}}}
    ported: Schema = {"required": ["port"], "properties": {"port": {"type": "integer"}}}
    keys: Schema = {
        "target": {**_port_number(), "description": "The port inside the container."},
        **_service_keys(),
        "service": _text(
            "Name of the service in the Compose file. Default: the key of this entry.",
            pattern=r"^[A-Za-z0-9._-]+$",
        ),
    }
    table = _table("A container with its keys.", keys, "target")
    return {**table, "if": fixed, "then": ported}


def _env() -> Schema:
    return {
        "description": "Values made from ports: {web} is a port, {web.url} http://localhost:PORT, "
        "{web.host} the host, {shard.2} the second port, {NAME} another variable, "
        "{accounts.api.url} a service of a project in [links]; {{ and }} are literal braces.",
        "type": "object",
        "propertyNames": {"pattern": VARIABLE},
        "additionalProperties": {"type": "string"},
    }


def _links() -> Schema:
    path = _text(
        "Folder of the other project's ports.toml: relative to this one, absolute, or from ~.",
        pattern=r"^(?!\.?/*$)(?!.*\\)[^\u0000-\u001f\u007f]+$",
        maxLength=LONGEST_PATH,
    )
    instance = _text(
        "Which of its instances. Default: the plain one.",
        pattern=rf"^[A-Za-z0-9._-]{{0,{LONGEST_INSTANCE}}}$",
    )
    return {
        "description": "Other projects whose ports [env] may name: {accounts.api.url}.",
        "type": "object",
        "maxProperties": MOST_LINKS,
        "propertyNames": {"pattern": SERVICE_NAME},
        "additionalProperties": {
            "oneOf": [path, _table("", {"path": path, "instance": instance}, "path")]
        },
    }


def _outputs() -> Schema:
    variable: Schema = {"type": "string", "pattern": VARIABLE}
    keys: Schema = {
        "path": {**_path(), "description": "The file to write, relative to ports.toml."},
        "format": {
            "description": "What the file is for.",
            "enum": list(FORMATS),
            "default": FORMATS[0],
        },
        "only": {
            "description": "The variables to write. Default: all.",
            "type": "array",
            "items": variable,
            "minItems": 1,
        },
        "quote": {
            "description": "dotenv only: put values in single quotes, for those that need it.",
            "enum": list(QUOTES),
            "default": QUOTES[0],
        },
        "template": {
            **_path(),
            "description": "Text file to fill in: ${WEB_PORT} becomes the variable's value. "
            "Default of path: its name without .in, .tmpl or .template.",
        },
    }
    ending: Schema = {"description": "A name that tells the output's.", "pattern": NAMED}
    named: Schema = {"required": ["template"], "properties": {"template": ending}}
    lone: Schema = {"required": ["template"]}
    bare = {"not": {"anyOf": [{"required": [key]} for key in ("format", "only", "quote")]}}
    item: Schema = {
        **_table("One file to write.", keys),
        "anyOf": [{"required": ["path"]}, named],
        "if": lone,
        "then": bare,
    }
    return {
        "description": 'Files that programs read. Default: one, with path ".env".',
        "type": "array",
        "maxItems": MOST_OUTPUTS,
        "items": item,
    }


def _path() -> Schema:
    return {"type": "string", "pattern": INSIDE, "maxLength": LONGEST_PATH}
