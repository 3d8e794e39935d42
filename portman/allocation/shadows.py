"""What keeps an output from saying the last word: other lines, files, variables and checkouts.

Findings about files that are not portman's name the file, the line and the variable, never a value.
"""

from __future__ import annotations

import os
import sys

from portman.base.errors import PortmanError, Problem
from portman.base.record import NamedTuple
from portman.base.system_commands import typed, word
from portman.base.text import home_short, printable
from portman.base.values import LOCAL_SCOPE
from portman.checkout.ownership import MANIFEST
from portman.manifest.scopes import ports_in, values_of
from portman.outputs.block import block_values, foreign_assignments
from portman.outputs.whole_file import noted_outputs, remember_outputs

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from portman.allocation.workspace import Workspace
    from portman.base.values import CheckoutRecord, Lease, Output
    from portman.compose.reader import ComposePlan

    Values = list[tuple[str, str]]

#: Read after `.env` by Vite, Next, CRA, dotenv-flow, Rails and Symfony, whose lines then win; those
#: of a mode other than development are meant to differ. `.env` and `.env.local` stand for both.
_LATER = ("local", "development", "development.local", "dev", "dev.local")


class Content(NamedTuple):
    """What the files have to say: the manifest's variables, and what Compose needs besides.

    `ports` are those of the services, for what a file has under a name of its own.
    """

    values: list[tuple[str, str]]
    compose: ComposePlan
    ports: Mapping[str, Sequence[int]]


class _Line(NamedTuple):
    """A line outside our block that sets one of our names, and what that means."""

    path: str
    line: int
    name: str
    said: str


def shadows(workspace: Workspace, content: Content) -> tuple[Problem, ...]:
    """Report lines outside our block that set one of our names; they are never deleted.

    So is a variable of the environment that has another value: it wins over an env file nearly
    everywhere (docs/decisions/0006), and a shell of another checkout may have handed it down.
    Compose takes the last line that sets a name, and what a project's own COMPOSE_FILE says is
    part of ours: for what only Compose reads, lines above the block are as they should be.
    """
    values, compose, ports = content
    lines_found: list[_Line] = []
    for output in workspace.outputs:
        if output.format != "dotenv":
            continue
        ours = dict(values_of(output, workspace.manifest, values, ports))
        read_by_compose = output.path in compose.env_files
        more = {name for name, _ in compose.variables} if read_by_compose else set()
        try:
            file = workspace.file(output.path)
            lines = foreign_assignments(file.data or b"", {*ours, *more}, file.block)
        except PortmanError:
            continue  # the write reports it
        for name, line, position, _ in lines:
            if name in more - set(ours) and position == "before":
                continue
            wins = "and wins, as it comes later" if position == "after" else "and may win"
            said = f"as well, outside our block, {wins}"
            lines_found.append(_Line(output.path, line, name, said))
        lines_found += _in_siblings(workspace, output, ours)
    return (
        *_inherited([*values, *_own_values(workspace, content)]),
        *_shadowed(lines_found, workspace.checkout.path),
    )


def _in_siblings(workspace: Workspace, output: Output, ours: Mapping[str, str]) -> Iterator[_Line]:
    for path in _siblings(workspace, output):
        if not os.path.lexists(os.path.join(workspace.checkout.path, path)):
            continue
        try:
            lines = foreign_assignments(workspace.file(path).data or b"", ours, None)
        except PortmanError:
            continue  # a folder, say: no program reads it either
        for name, line, _, text in lines:
            if text != ours[name]:
                said = (
                    f"as well, and wins over {output.path} in Vite, Next.js, Rails, Symfony and "
                    "others"
                )
                yield _Line(path, line, name, said)


def _siblings(workspace: Workspace, output: Output) -> list[str]:
    folder, slash, name = output.path.rpartition("/")
    written = {one.path for one in workspace.outputs}
    if output.format != "dotenv" or name not in (".env", ".env.local"):
        return []
    paths = [f"{folder}{slash}.env.{ending}" for ending in _LATER]
    return [path for path in paths if path not in written]


def _shadowed(found: list[_Line], root: str) -> list[Problem]:
    """Report each file once, with one command for all of its lines, for any working folder.

    Line by line the numbers would be wrong after the first line has gone.
    """
    by_file: dict[str, list[_Line]] = {}
    for one in found:
        by_file.setdefault(one.path, []).append(one)
    problems = []
    for path, lines in by_file.items():
        numbers = ", ".join(str(one.line) for one in lines)
        names = ", ".join(dict.fromkeys(one.name for one in lines))
        verb = "sets" if len(lines) == 1 else "set"
        said = " / ".join(dict.fromkeys(one.said for one in lines))
        script = "".join(f"{one.line}d;" for one in lines)[:-1]
        in_place = "sed -i ''" if sys.platform == "darwin" else "sed -i"
        pattern = "|".join(dict.fromkeys(one.name for one in lines))
        whole = os.path.join(root, path)
        one_or_all = "it" if len(lines) == 1 else "all at once"
        hint = f"see them: grep -nE '^(export )?({pattern})=' {word(whole)}"
        hint += f"\ndelete {one_or_all}: {in_place} '{script}' {word(whole)}"
        if sys.platform == "win32":
            hint = f"delete line {numbers} of {path}"
        first = lines[0]
        problems.append(
            Problem(
                "output-shadowed",
                f"{path}:{numbers} {verb} {names} {said}",
                hint,
                file=path,
                line=first.line,
                key=first.name,
            )
        )
    return problems


def _own_values(workspace: Workspace, content: Content) -> Values:
    known = dict(content.values)
    return [
        (name, value)
        for output in workspace.outputs
        if output.services or output.rename
        for name, value in values_of(output, workspace.manifest, content.values, content.ports)
        if name not in known
    ]


def _inherited(values: Values) -> list[Problem]:
    """Report names of the environment with a value that no file of ours gives them."""
    wanted: dict[str, set[str]] = {}
    for name, value in values:
        wanted.setdefault(name, set()).add(value)
    return [
        Problem(
            "env-shadowed",
            f"{name} is set in this environment, but not to what portman writes; "
            "the environment wins over env files",
            f"unset {name}",
            key=name,
        )
        for name, known in wanted.items()
        if name in os.environ and os.environ[name] not in known
    ]


def shadow_evidence(workspace: Workspace, content: Content) -> list[str]:
    """Return what `shadows` and `refuse_clashes` look at besides the outputs.

    Paths, and as `$NAME` the environment's variables that would win over an output's.
    """
    paths = [one for output in workspace.outputs for one in _siblings(workspace, output)]
    for output in workspace.outputs:
        folder = output.path.rpartition("/")[0]
        while folder:
            paths.append(f"{folder}/{MANIFEST}")
            folder = folder.rpartition("/")[0]
    names = dict([*content.values, *_own_values(workspace, content)])
    found = [os.path.join(workspace.checkout.path, one) for one in dict.fromkeys(paths)]
    return [*found, *(f"${name}" for name in names)]


def refuse_clashes(workspace: Workspace) -> None:
    """Refuse outputs that are one file, or a file that something else here reads or writes.

    Links make two paths one file; an instance's `.env.ci` may be an output of the manifest itself.
    Raises PortmanError "output-clash".
    """
    instance, taken = workspace.checkout.instance, _taken(workspace)
    for output in workspace.outputs:
        real = _real(workspace, output)
        other = taken.get(real)
        if other is not None:
            way = f"choose another name than {instance}" if instance else "give each its own file"
            said = f"{output.path} is the same file as {other}"
            raise PortmanError("output-clash", said, hint=way, file=output.path)
        if real:
            taken[real] = f"the output {output.path}"


def anothers(workspace: Workspace) -> set[str]:
    """Return the outputs that `refuse_clashes` refuses as another's: `down` leaves them alone."""
    taken = _taken(workspace)
    return {one.path for one in workspace.outputs if _real(workspace, one) in taken}


def _real(workspace: Workspace, output: Output) -> str:
    """Return where an output lies; "" where the write, which reports it, cannot know."""
    try:
        return os.path.normcase(workspace.file(output.path).real)
    except PortmanError:
        return ""


def _taken(workspace: Workspace) -> dict[str, str]:
    manifest, named = workspace.manifest, {}
    for output in manifest.outputs:
        if output.template:
            named[output.template] = f"the template {output.template}"
        if workspace.checkout.instance:
            named[output.path] = f"{output.path}, an output of this checkout without an instance"
    named |= {one: f"the Compose file {one}" for one in manifest.compose_files}
    named |= {one: one for one in (MANIFEST, "ports.local.toml")}
    root = workspace.checkout.path
    return {
        os.path.normcase(os.path.realpath(os.path.join(root, path))): said
        for path, said in named.items()
    }


def copied(workspace: Workspace, leases: Mapping[str, Lease]) -> tuple[tuple[str, str], ...]:
    """Return (output, checkout) where our block has another checkout's ports: a copied file."""
    found = []
    for output in workspace.outputs:
        if output.format == "dotenv":
            try:
                block = workspace.file(output.path).block
            except PortmanError:
                continue  # the write reports it
            said = ports_in(output, workspace.manifest, block_values(block)) if block else {}
            owner = _owner(workspace, leases, said)
            if owner is not None:
                found.append((output.path, _named(owner)))
    return tuple(found)


def _owner(
    workspace: Workspace, leases: Mapping[str, Lease], said: Mapping[str, int]
) -> CheckoutRecord | None:
    """Return another checkout that has leased a port which the block gives one of our services."""
    mine = {key for lease in leases.values() for key in lease.keys()}
    for service in workspace.manifest.services:
        if service.name not in said:
            continue
        pair = (service.protocols[0], said[service.name])
        holding = None if pair in mine else workspace.ledger.lease_on(LOCAL_SCOPE, *pair)
        if holding is not None:
            return holding.record
    return None


def _named(record: CheckoutRecord) -> str:
    place = home_short(record.path, os.path.expanduser("~"))
    return printable(f"{place} (instance {record.instance})" if record.instance else place)


def dropped_outputs(workspace: Workspace, more: Iterable[Output] = ()) -> tuple[Output, ...]:
    """Return what an earlier `up` wrote and neither manifest nor Compose (`more`) needs now."""
    checkout = workspace.checkout
    kinds = {(one.path, one.format) for one in (*workspace.outputs, *more)}
    noted = noted_outputs(checkout.path, checkout.instance)
    return tuple(one for one in noted if (one.path, one.format) not in kinds)


def note_outputs(
    workspace: Workspace, outputs: Iterable[Output], more: Iterable[Output] = ()
) -> None:
    """Remember what is written, before it is, so that a dropped output is known later."""
    checkout = workspace.checkout
    remember_outputs(checkout.path, checkout.instance, (*outputs, *more))


def copied_problem(path: str, checkout: str) -> Problem:
    return Problem(
        "output-copied",
        f"{path} had the ports of {checkout}, as a copied file has; now it has this checkout's",
        "restart what was started with the old ones",
        file=path,
    )


def in_place(view: dict[str, object]) -> Problem:
    view["action"] = "written"
    return Problem(
        "output-in-place",
        f"{view['path']} is a mount of its own (a bind mount), so it was written in place, not "
        "replaced: killed in the middle, portman's lines may be half written",
        "mount its folder instead of the file",
        file=str(view["path"]),
    )


def unignored(workspace: Workspace, outputs: list[str]) -> tuple[Problem, ...]:
    """Offer the line for .gitignore where git would pick the output up."""
    from portman.outputs.gitignore import ignore_line, is_ignored

    loose = [one for one in outputs if is_ignored(workspace.checkout.path, one) is False]
    return tuple(
        Problem(
            "output-not-ignored",
            f"git does not ignore {path}",
            typed("ignore", ignore_line(path)),
            file=path,
        )
        for path in loose
    )


def stale_problem(workspace: Workspace, path: str, copied_from: str = "") -> Problem:
    instance = workspace.checkout.instance
    option = f" --instance {instance}" if instance else ""
    return Problem(
        "output-stale",
        f"{path} has the ports of {copied_from}, as a copied file has"
        if copied_from
        else f"{path} does not say what the ledger says",
        f"write it again: portman{option} up",
        file=path,
    )
