"""ports.toml made and changed (`init`, `add`, `remove`), and checked (`schema`, `validate`)."""

from __future__ import annotations

from portman import commands
from portman.base.errors import PortmanError, Report
from portman.base.text import counted, printable
from portman.cli import OutputOptions
from portman.cli.parameters import SERVICE, UDP, Parameter, Verb, flag
from portman.cli.render import Style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.base.values import Kind
    from portman.cli.render import Data


def view_add(data: Data, style: Style) -> list[str]:
    if data["dry_run"]:
        return [_toml(line, style) for line in data["text"].rstrip("\n").split("\n")]
    return [
        f"added {data['name']} to {printable(data['manifest'])}",
        style.paint("dim", "next: portman up"),
    ]


def view_remove(data: Data, _style: Style) -> list[str]:
    ports = ", ".join(str(port) for port in data["given_back"])
    back = f", gave back {ports}" if ports else ""
    return [f"removed {data['name']} from {printable(data['manifest'])}{back}"]


def _add(
    options: OutputOptions,
    name: str,
    usual: str,
    *,
    target: int | None,
    container: int | None,
    fixed: bool,
    env: tuple[str, ...],
    count: int | None,
    udp: bool,
    dry_run: bool,
) -> Report:
    target = container if target is None else target
    if usual != "auto" and not usual.isdecimal():
        raise PortmanError(
            "usage", f"PORT is a number or auto, not {usual!r}", hint="portman add --help"
        )
    offered: dict[str, object] = {
        "target": target,
        "port": None if usual == "auto" else int(usual),
        "fixed": fixed or None,
        "env": env[0] if len(env) == 1 else list(env) or None,
        "count": count,
        "protocol": "udp" if udp else None,
    }
    fields = {key: value for key, value in offered.items() if value is not None}
    kind: Kind = "service" if target is None else "container"
    return commands.edit.add(options.start, name, kind=kind, fields=fields, dry_run=dry_run)


def view_init(data: Data, style: Style) -> list[str]:
    shown = [_toml(line, style) for line in data["text"].rstrip("\n").split("\n")]
    if data["dry_run"]:
        return shown
    found = len(data["found"])
    ports = f" with {counted(found, 'port')} found here" if found else ""
    return [
        *shown,
        "",
        f"wrote {printable(data['manifest'])}{ports}",
        style.paint("dim", "read it, change it, then: portman up"),
    ]


def _toml(line: str, style: Style) -> str:
    return style.paint("dim", printable(line)) if line.startswith("#") else printable(line)


def view_validate(data: Data, style: Style) -> list[str]:
    return [
        f"{printable(one['path'])}: {style.paint('green', 'valid')}, "
        + counted(len(one["services"]), "service")
        for one in data["manifests"]
        if one["valid"]
    ]


def _view_schema(data: Data, _style: Style) -> list[str]:
    import json

    return json.dumps(data["schema"], indent=2, ensure_ascii=False).split("\n")


VERBS = {
    "add": Verb(
        _add,
        view_add,
        """
        Comments and order of the file do not change.

        Example: portman add api 8000 --env API_PORT --env UVICORN_PORT
        """,
        without=("instance",),
        name=Parameter(metavar="NAME", help="The new service."),
        usual=Parameter(metavar="[PORT]", help="Its usual port, or auto.", default="auto"),
        target=Parameter(
            ("--target",),
            metavar="PORT",
            kind=int,
            help="Add a container; PORT is the port inside it.",
        ),
        container=Parameter(("--container",), metavar="PORT", kind=int, help="The same."),
        fixed=flag(("--fixed",), help="The usual port or an error, never another port."),
        env=Parameter(
            ("--env",), metavar="VAR", help="Variable name (may be repeated).", many=True
        ),
        count=Parameter(("--count",), metavar="N", kind=int, help="Number of consecutive ports."),
        udp=UDP,
        dry_run=flag(("--dry-run", "-n"), help="Show the new ports.toml; write nothing."),
    ),
    "remove": Verb(
        lambda options, name: commands.edit.remove(options.start, name, instance=options.instance),
        view_remove,
        """
        Stops no program.

        Example: portman remove jobs
        """,
        name=SERVICE,
    ),
    "init": Verb(
        lambda options, dry_run, template: commands.init.init(
            options.start, dry_run=dry_run, template=template
        ),
        view_init,
        """
        Never overwrites one; with --dry-run it shows what an existing one does not have.
        Reads Compose files (those that scripts and README name), Procfile, package.json, Makefile,
        settings of frameworks, launchSettings.json, example env files and the code's own defaults;
        comments name the source of each port. Runs none of the project's programs.

        Example: portman init && $EDITOR ports.toml
        """,
        without=("instance",),
        dry_run=flag(("--dry-run", "-n"), help="Show it; write nothing."),
        template=flag(("--template",), help="Write a commented example if no port is found."),
    ),
    "schema": Verb(
        lambda _options, envelope: commands.validate.schema(envelope=envelope),
        _view_schema,
        """
        For editors and CI; `portman integrate vscode` sets it up.

        Example: portman schema > ports.schema.json
        """,
        without=("directory", "instance"),
        envelope=flag(("--envelope",), help="Print the schema of --json output instead."),
    ),
    "validate": Verb(
        lambda options, files: commands.validate.validate(options.start, files),
        view_validate,
        """
        Reports every error of every file. For hooks and CI.

        Example: portman validate ports.toml
        """,
        without=("instance",),
        files=Parameter(
            metavar="[FILE]...", help="Manifests; default: the one found from here.", many=True
        ),
    ),
}
