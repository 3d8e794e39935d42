"""The files that programs read: rendered from the leases, written only when they differ.

Ledger first, files second. What is written is what the ledger says at the moment of writing,
read again under this checkout's own lock, so that a slow run never puts old numbers back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import PortmanError, Problem
from portman.compose.override_file import (
    compose_troubles,
    override_stale,
    override_view,
    remove_overrides,
    write_override,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from portman.base.values import Lease, Output
    from portman.compose.project import ComposePlan
    from portman.ports.workspace import Workspace

# What is worth saying of outputs that were written: git would pick one up, a line hides one.


def unignored(workspace: Workspace, outputs: list[str]) -> tuple[Problem, ...]:
    """Offer the line for .gitignore where git would pick the output up."""
    from portman.outputs.formats import quoted
    from portman.outputs.gitignore import ignore_line, is_ignored

    loose = [one for one in outputs if is_ignored(workspace.checkout.path, one) is False]
    return tuple(
        Problem(
            "output-not-ignored",
            f"git does not ignore {path}",
            f"echo {quoted(ignore_line(path))} >> .gitignore",
            file=path,
        )
        for path in loose
    )


def shadows(workspace: Workspace, content: Content) -> tuple[Problem, ...]:
    """Report lines outside our block that set one of our names; they are never deleted.

    So is a variable of the environment that has another value: it wins over an env file nearly
    everywhere (ecosystem.md 1.3), and a shell of another checkout may have handed it down.
    Compose takes the last line that sets a name, and what a project's own COMPOSE_FILE says is
    part of ours: for what only Compose reads, lines above the block are as they should be.
    """
    from portman.outputs.block import foreign_assignments
    from portman.outputs.managed_file import read_output

    found = _inherited(content)
    for output in placed(workspace):
        if output.format != "dotenv":
            continue
        names = {name for name, _ in content.values if output.only is None or name in output.only}
        told = _told_compose(output, content.compose)
        try:
            data, _ = read_output(workspace.checkout.path, output.path)
            lines = foreign_assignments(data or b"", names | told)
        except PortmanError:
            continue  # told by the write
        for name, line, position in lines:
            if name in told - names and position == "before":
                continue
            wins = "and wins, as it comes later" if position == "after" else "and may win"
            found.append(
                Problem(
                    "output-shadowed",
                    f"{output.path}:{line} sets {name} as well, outside our block, {wins}",
                    f"delete line {line} of {output.path}",
                    file=output.path,
                    line=line,
                    key=name,
                )
            )
    return tuple(found)


def _inherited(content: Content) -> list[Problem]:
    """Report variables of the environment that say something else than we do."""
    import os

    return [
        Problem(
            "env-shadowed",
            f"{name} is {os.environ[name]} in this environment, and {value} for this checkout; "
            "the environment wins over env files",
            f"unset {name}",
            key=name,
        )
        for name, value in content.values
        if os.environ.get(name, value) != value
    ]


def _told_compose(output: Output, compose: ComposePlan) -> set[str]:
    carries = output.path in compose.carriers
    return {name for name, _ in compose.variables} if carries else set()


class Written(NamedTuple):
    """What became of the outputs: entries of `outputs`, what there is to say, and why it holds.

    `evidence` is what the Compose part was made from, as in `Report.evidence`.
    """

    views: tuple[dict[str, object], ...] = ()
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    evidence: tuple[str, ...] = ()


class Content(NamedTuple):
    """What the outputs have to say: the manifest's variables, and what Compose needs besides."""

    values: list[tuple[str, str]]
    compose: ComposePlan


def instance_path(path: str, instance: str) -> str:
    """Return the output's path for an instance.

    `.env` -> `.env.ci`, `web/.env.local` -> `web/.env.local.ci`, `ports.json` -> `ports.ci.json`.
    """
    if not instance:
        return path
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if not stem or stem.startswith("."):
        return f"{path}.{instance}"
    return f"{folder}{slash}{stem}.{instance}{dot}{ending}"


def placed(workspace: Workspace) -> tuple[Output, ...]:
    """Return the manifest's outputs with the paths of this instance."""
    instance = workspace.checkout.instance
    return tuple(
        output._replace(path=instance_path(output.path, instance))
        for output in workspace.manifest.outputs
    )


def variables(workspace: Workspace, leases: Mapping[str, Lease]) -> list[tuple[str, str]]:
    """Return every variable of the manifest with its value, services first.

    Raises PortmanError "link-missing" or "link-unleased" where another project's port is asked
    for and is not to be had.
    """
    from portman.manifest.expand import expand

    ports = {name: lease.ports for name, lease in leases.items()}
    if not workspace.manifest.links:
        return expand(workspace.manifest, ports)
    from portman.ports.links import neighbours

    return expand(workspace.manifest, ports, neighbours(workspace))


def needs_of(workspace: Workspace, leases: Mapping[str, Lease], *, primary: bool) -> ComposePlan:
    """Return what Compose needs for these leases."""
    from portman.compose.project import needs

    return needs(workspace, leases, primary=primary)


def text_of(workspace: Workspace, output: Output, content: Content) -> str:
    """Return what the output has to say; what Compose needs is there whatever `only` says.

    Raises PortmanError if a value cannot be written in its format, or a template asks for none.
    """
    from portman.outputs.formats import file_text

    if output.template is not None:
        from portman.outputs.templates import make, read_template

        data = read_template(workspace.checkout.path, output.template)
        made = make(output.path, output.template, data, dict(content.values))
        return made.decode("utf-8", "surrogateescape")

    values, compose = content
    wanted = values if output.only is None else [one for one in values if one[0] in output.only]
    if output.path in compose.carriers:
        own = {name for name, _ in values}
        wanted = [*wanted, *(one for one in compose.variables if one[0] not in own)]
    return file_text(output.format, wanted, quote=output.quote)


class LeasesChangedError(Exception):
    """Another process changed this checkout's leases since they were read: read them again."""


def write_outputs(workspace: Workspace, leases: Mapping[str, Lease], *, primary: bool) -> Written:
    """Bring every output up to date, the Compose override too; an unchanged one is not touched.

    Raises LeasesChangedError if `leases` are not this checkout's any more, with nothing written.
    """
    try:
        values = variables(workspace, leases)
    except PortmanError as error:
        return _without_values(workspace, error, "failed")
    content = Content(values, needs_of(workspace, leases, primary=primary))
    compose = content.compose
    if not override_stale(workspace, compose) and not any(
        _stale(workspace, output, content) for output in placed(workspace)
    ):
        _sweep(workspace)
        views = [_view(output, "unchanged") for output in placed(workspace)]
        views += [override_view(compose.override[0], "unchanged")] if compose.override else []
        errors, warnings = compose_troubles(workspace, compose, leases, changed=False)
        told = (*shadows(workspace, content), *warnings)
        return Written(tuple(views), errors, told, compose.evidence)
    with locked(workspace):
        if variables(workspace, _leases_now(workspace)) != values:
            raise LeasesChangedError
        written = _write(workspace, content)
    errors, warnings = compose_troubles(workspace, compose, leases, changed=not written.errors)
    return written._replace(
        errors=(*written.errors, *errors),
        warnings=(*written.warnings, *warnings),
        evidence=compose.evidence,
    )


def locked(workspace: Workspace) -> AbstractContextManager[None]:
    """Keep every other portman from writing this checkout's files."""
    from portman.state import state_folder
    from portman.state.locks import checkout_lock
    from portman.state.receipts import key_of

    path, instance = workspace.checkout.path, workspace.checkout.instance
    return checkout_lock(state_folder(), path, key_of(path, instance))


def stale_outputs(workspace: Workspace, leases: Mapping[str, Lease], *, primary: bool) -> Written:
    """Say which outputs do not match the leases, writing nothing."""
    try:
        values = variables(workspace, leases)
    except PortmanError as error:
        return _without_values(workspace, error, "stale")
    content = Content(values, needs_of(workspace, leases, primary=primary))
    views: list[dict[str, object]] = []
    errors: list[Problem] = []
    for output in placed(workspace):
        try:
            stale = _differs(workspace, output, content)
        except PortmanError as error:
            errors.extend(error.problems)
            stale = True
        else:
            if stale:
                errors.append(_stale_problem(workspace, output.path))
        views.append(_view(output, "stale" if stale else "unchanged"))
    compose = content.compose
    if compose.override or compose.stale:
        path = compose.override[0] if compose.override else compose.stale[0]
        stale = override_stale(workspace, compose)
        errors += [_stale_problem(workspace, path)] if stale else []
        views.append(override_view(path, "stale" if stale else "unchanged"))
    more, warnings = compose_troubles(workspace, compose, leases, changed=False)
    told = (*shadows(workspace, content), *warnings)
    return Written(tuple(views), (*errors, *more), told, compose.evidence)


def remove_outputs(workspace: Workspace) -> Written:
    """Take our text out of every output; a file we made goes, and so does the override."""
    from portman.compose.places import find_files, own_overrides
    from portman.outputs.managed_file import remove_output

    views: list[dict[str, object]] = []
    errors: list[Problem] = []
    for output in placed(workspace):
        try:
            views.append(_view(output, remove_output(workspace.checkout.path, output)))
        except PortmanError as error:
            errors.extend(error.problems)
            views.append(_view(output, "kept"))
    remove_overrides(
        workspace, own_overrides(workspace, find_files(workspace).folder), views, errors
    )
    return Written(tuple(views), tuple(errors))


def evidence(workspace: Workspace) -> tuple[str, ...]:
    """Return what outputs and what is said of them are made from, besides the manifest.

    Files, and as `$NAME` the environment's variables that would win over an output's.
    """
    import os

    templates = tuple(
        os.path.join(workspace.checkout.path, one.template)
        for one in workspace.manifest.outputs
        if one.template is not None
    )
    names = [name for one in workspace.manifest.services for name, _ in one.variables()]
    names += [name for name, _ in workspace.manifest.env]
    return (*templates, *link_evidence(workspace), *(f"${name}" for name in names))


def link_evidence(workspace: Workspace) -> tuple[str, ...]:
    """Return the other projects' files that values are made from."""
    if not workspace.manifest.links:
        return ()
    from portman.ports.links import evidence as manifests

    return manifests(workspace)


def _without_values(workspace: Workspace, error: PortmanError, action: str) -> Written:
    """Return what there is to say where no output can be made at all."""
    return Written(tuple(_view(one, action) for one in placed(workspace)), error.problems)


def _leases_now(workspace: Workspace) -> dict[str, Lease]:
    from portman.ports.leasing import read_leases

    return read_leases(workspace)


def _write(workspace: Workspace, content: Content) -> Written:
    """Write everything; the Compose override before the .env that names it."""
    from portman.outputs.managed_file import write_output

    views: list[dict[str, object]] = []
    errors: list[Problem] = []
    write_override(workspace, content.compose, views, errors)
    for output in placed(workspace):
        try:
            action = write_output(
                workspace.checkout.path, output, text_of(workspace, output, content)
            )
        except PortmanError as error:
            errors.extend(error.problems)
            views.append(_view(output, "failed"))
            continue
        views.append(_view(output, action))
    views.sort(key=lambda view: view["format"] == "compose")
    fresh = [str(view["path"]) for view in views if view["action"] == "written"]
    warnings = (*unignored(workspace, fresh), *shadows(workspace, content))
    return Written(tuple(views), tuple(errors), warnings)


def _sweep(workspace: Workspace) -> None:
    """Remove what a killed `down` left where nothing is to be written."""
    from portman.outputs.managed_file import sweep_beside

    for path in {one.path.rpartition("/")[0]: one.path for one in placed(workspace)}.values():
        sweep_beside(workspace.checkout.path, path)


def _stale(workspace: Workspace, output: Output, content: Content) -> bool:
    try:
        return _differs(workspace, output, content)
    except PortmanError:
        return True  # the write will say what is wrong


def _differs(workspace: Workspace, output: Output, content: Content) -> bool:
    from portman.outputs.managed_file import would_write

    return would_write(workspace.checkout.path, output, text_of(workspace, output, content))


def _view(output: Output, action: str) -> dict[str, object]:
    return {"path": output.path, "format": output.format, "action": action}


def _stale_problem(workspace: Workspace, path: str) -> Problem:
    return Problem(
        "output-stale",
        f"{path} does not say what the ledger says",
        f"write it again: portman{_instance_option(workspace)} up",
        file=path,
    )


def _instance_option(workspace: Workspace) -> str:
    return f" --instance {workspace.checkout.instance}" if workspace.checkout.instance else ""
