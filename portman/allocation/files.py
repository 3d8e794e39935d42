"""The files that programs read: rendered from the leases, written only when they differ.

Ledger first, files second. What is written is what the ledger says at the moment of writing,
read again under this checkout's own lock, so that a slow run never puts old numbers back.
"""

from __future__ import annotations

import os

from portman.allocation.leases import read_leases
from portman.allocation.shadows import (
    Content,
    anothers,
    copied,
    copied_problem,
    dropped_outputs,
    in_place,
    note_outputs,
    refuse_clashes,
    shadow_evidence,
    shadows,
    stale_problem,
    unignored,
)
from portman.base.errors import PortmanError, Problem
from portman.base.record import NamedTuple
from portman.base.values import PROXIES, Output
from portman.compose.reader import command_texts, is_ours, no_project, own_overrides
from portman.manifest.scopes import values_of
from portman.outputs.atomic import sweep
from portman.outputs.formats import file_text
from portman.outputs.managed_file import remove_output, would_write, write_output

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import ParamSpec

    from portman.allocation.workspace import Workspace
    from portman.base.values import Lease
    from portman.compose.calls import ComposeCall
    from portman.compose.reader import ComposePlan

    P = ParamSpec("P")


class Written(NamedTuple):
    """What became of the files, and the `evidence` that all of it was made from."""

    views: tuple[dict[str, object], ...] = ()
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    evidence: tuple[str, ...] = ()
    calls: tuple[ComposeCall, ...] = ()


class LeasesChangedError(Exception):
    """Another process changed this checkout's leases since they were read: read them again."""


def write_files(workspace: Workspace, leases: Mapping[str, Lease], *, primary: bool) -> Written:
    """Bring every output up to date, the Compose override too; an unchanged one is not touched.

    Raises LeasesChangedError if `leases` are not this checkout's any more, with nothing written.
    """
    try:
        refuse_clashes(workspace)
        content = _content(workspace, leases, primary=primary, searched=True)
    except PortmanError as error:
        return _without_values(workspace, error, "failed")
    dropped = dropped_outputs(workspace, content.compose.outputs)
    if not dropped and _is_current(workspace, content):
        _sweep(workspace)
        written = Written(_unchanged(workspace, content.compose))
        return _with_findings(workspace, written, content)
    compose = content.compose
    checked: tuple[Problem, ...] | None = ()
    if compose.services or compose.override:
        from portman.compose.override_file import judge, verify

        compose, checked = judge(workspace, compose, content.values, leases)
        content = content._replace(compose=compose)
    with workspace.locked():
        if workspace.variables(read_leases(workspace)) != content.values:
            raise LeasesChangedError
        unrecorded = _record_names(workspace, content)
        if unrecorded is not None:
            return _without_values(workspace, unrecorded, "failed")
        strange = copied(workspace, leases)
        note_outputs(workspace, _outputs(workspace, compose), dropped)
        gone = _remove_dropped(workspace, dropped)
        written = _write(workspace, content)
        written = Written(
            (*written.views, *gone.views),
            (*written.errors, *gone.errors),
            (*(copied_problem(*one) for one in strange), *written.warnings, *gone.warnings),
        )
        workspace.forget_files()
    if checked is None and not written.errors:
        checked = verify(workspace, compose, leases)
    found = _with_findings(workspace, written, content)
    return found._replace(warnings=(*found.warnings, *(checked or ())))


def _record_names(workspace: Workspace, content: Content) -> PortmanError | None:
    """Record Compose names; return why they cannot be, if one would be written."""
    compose = content.compose
    if compose.recorded:
        return None
    from portman.compose.names import record_names

    try:
        if record_names(workspace, compose):
            return None
    except PortmanError as error:
        known = content._replace(compose=compose._replace(recorded=True))
        needed = compose.override or compose.variables
        return error if needed and not _is_current(workspace, known) else None
    raise LeasesChangedError


def stale_files(workspace: Workspace, leases: Mapping[str, Lease], *, primary: bool) -> Written:
    try:
        refuse_clashes(workspace)
        content = _content(workspace, leases, primary=primary, searched=True)
    except PortmanError as error:
        return _without_values(workspace, error, "stale")
    strange = dict(copied(workspace, leases))
    views: list[dict[str, object]] = []
    errors: list[Problem] = []
    for output in _outputs(workspace, content.compose):
        try:
            stale = _differs(workspace, output, content)
        except PortmanError as error:
            errors.extend(error.problems)
            stale = True
        else:
            from_other = strange.get(output.path, "")
            errors += [stale_problem(workspace, output.path, from_other)] if stale else []
        views.append(_view(output, "stale" if stale else "unchanged"))
    compose = content.compose
    if compose.override or compose.stale:
        path = compose.override[0] if compose.override else compose.stale[0]
        stale = _override_stale(workspace, compose)
        errors += [stale_problem(workspace, path)] if stale else []
        views.append(_override_view(path, "stale" if stale else "unchanged"))
    written = Written(tuple(views), tuple(errors))
    return _with_findings(workspace, written, content)


def remove_files(workspace: Workspace) -> Written:
    """Take our text out of every output; a file we made goes, and so does the override."""
    views: list[dict[str, object]] = []
    errors: list[Problem] = []
    folder = workspace.checkout.path
    others = anothers(workspace)
    below = workspace.compose_files.folder
    for output in (*workspace.outputs, *dropped_outputs(workspace)):
        kept = output.path in others
        action = "kept" if kept else _tried(errors, "kept", remove_output, folder, output)
        views.append(_view(output, action))
    if not errors:
        note_outputs(workspace, ())
    views += _remove_overrides(workspace, own_overrides(workspace, below), errors)
    return Written(tuple(views), tuple(errors))


def program_variables(
    workspace: Workspace, leases: Mapping[str, Lease], *, primary: bool
) -> Content:
    """Return every variable for a program that is started, and what Compose needs besides.

    The list of Compose files is left out while the override in it is not written yet.
    """
    content = _content(workspace, leases, primary=primary)
    override = content.compose.override
    path = os.path.join(workspace.checkout.path, override[0]) if override else ""
    missing = bool(path) and not os.path.exists(path)
    own = {name for name, _ in workspace.manifest.env}
    more = [
        one
        for one in content.compose.variables
        if one[0] not in own
        and not (missing and one[0] not in ("COMPOSE_PROJECT_NAME", "CONTAINER_SUFFIX"))
    ]
    return content._replace(values=[*content.values, *more])


def _content(
    workspace: Workspace, leases: Mapping[str, Lease], *, primary: bool, searched: bool = False
) -> Content:
    """Return what is to be written; `searched`: for the projects of the own commands too."""
    values = workspace.variables(leases)
    found = workspace.compose_files
    texts, looked_at = command_texts(workspace.checkout.path) if searched else ([], ())
    if found.files or found.below or texts:
        found = found._replace(texts=tuple(texts))
        from portman.compose.project import plan_compose

        compose = plan_compose(workspace, found, leases, values, primary=primary)
        compose = compose._replace(evidence=(*compose.evidence, *looked_at))
    else:
        compose = no_project(workspace, found)
        compose = compose._replace(evidence=(*compose.evidence, *looked_at))
    return Content(values, compose, {name: one.ports for name, one in leases.items()})


def _text(workspace: Workspace, output: Output, content: Content) -> str:
    """Return what the output has to say; what Compose needs is there whatever `only` says.

    Raises PortmanError if a value cannot be written in its format, or a template uses an unknown
    variable.
    """
    if output.template is not None:
        from portman.outputs.templates import make

        source = _template(workspace, output.template)
        names = workspace.checkout_names((source.decode("utf-8", "replace"),))
        made = make(output.path, output.template, source, {**dict(content.values), **names})
        return made.decode("utf-8", "surrogateescape")
    values, compose, ports = content
    if output.format in PROXIES:
        from portman.allocation.links import proxy_text

        return proxy_text(workspace, output.format, ports)
    wanted = values_of(output, workspace.manifest, values, ports)
    if output.path in compose.env_files:
        own = {name for name, _ in (*values, *wanted)}
        wanted = [*wanted, *(one for one in compose.variables if one[0] not in own)]
    if output.path in (projects := dict(compose.projects)):
        wanted = [*wanted, ("COMPOSE_PROJECT_NAME", projects[output.path])]
    return file_text(output.format, wanted, quote=output.quote)


def _template(workspace: Workspace, path: str) -> bytes:
    try:
        data, fault = workspace.file(path).data, f"there is no {path} to make an output from"
    except PortmanError as error:
        data, fault = None, error.message
    if data is None:
        hint = "fix it, or change template under [[output]] in ports.toml"
        raise PortmanError("template-unreadable", fault, hint=hint, file=path)
    return data


def _differs(workspace: Workspace, output: Output, content: Content) -> bool:
    file = workspace.file(output.path)
    return would_write(file, output, _text(workspace, output, content))


def _is_current(workspace: Workspace, content: Content) -> bool:
    """Return whether nothing is to be written; an error counts as a change and is reported then."""
    try:
        stale = any(
            _differs(workspace, output, content) for output in _outputs(workspace, content.compose)
        )
    except PortmanError:
        return False
    return (
        content.compose.recorded and not stale and not _override_stale(workspace, content.compose)
    )


def _override_stale(workspace: Workspace, compose: ComposePlan) -> bool:
    if compose.stale or compose.override is None:
        return bool(compose.stale)
    from portman.compose import override_file

    path, text = compose.override
    try:
        return override_file.differs(workspace.file(path), text)
    except PortmanError:
        return True


def _outputs(workspace: Workspace, compose: ComposePlan) -> tuple[Output, ...]:
    return (*workspace.outputs, *compose.outputs)


def _write(workspace: Workspace, content: Content) -> Written:
    """Write everything; the Compose override before the .env that names it.

    All or nothing for Compose: where an env file that it reads cannot be written, the override
    would start another checkout's project, so it is put back as it was.
    """
    overrides: list[dict[str, object]] = []
    errors: list[Problem] = []
    compose, place = content.compose, workspace.checkout.path
    before = None
    if compose.override:
        from portman.compose import override_file

        path, text = compose.override
        before = _bytes(workspace, path)
        action = _tried(errors, "failed", override_file.write, place, path, text)
        overrides.append(_override_view(path, action))
    if not errors:
        overrides += _remove_overrides(workspace, compose.stale, errors)
    views: list[dict[str, object]] = []
    for output in _outputs(workspace, compose):
        faults: list[Problem] = []
        if errors and output.path in compose.env_files:
            named = tuple(one for one in compose.variables if one[0] == "COMPOSE_PROJECT_NAME")
            content = content._replace(compose=compose._replace(variables=named))
        action = _tried(faults, "failed", _write_output, workspace, output, content)
        views.append(_view(output, action))
        if faults and compose.override and output.path in compose.env_files:
            _put_back(workspace, compose.override[0], before)
            overrides = [{**one, "action": "failed"} for one in overrides]
        errors += faults
    notes = tuple(in_place(view) for view in views if view["action"] == "written in place")
    views += overrides
    fresh = [str(view["path"]) for view in views if view["action"] == "written"]
    return Written(tuple(views), tuple(errors), (*unignored(workspace, fresh), *notes))


def _bytes(workspace: Workspace, path: str) -> bytes | None:
    try:
        return workspace.file(path).data
    except PortmanError:
        return None


def _put_back(workspace: Workspace, path: str, before: bytes | None) -> None:
    """Bring the override back to what it was; where that fails too, the error is out already."""
    from portman.compose import override_file

    place = workspace.checkout.path
    if before is None:
        _tried([], "failed", override_file.remove, place, path)
    elif is_ours(before):
        _tried([], "failed", override_file.write, place, path, before.decode())


def _write_output(workspace: Workspace, output: Output, content: Content) -> str:
    text = _text(workspace, output, content)
    return write_output(workspace.checkout.path, output, text)


def _remove_dropped(workspace: Workspace, dropped: tuple[Output, ...]) -> Written:
    """Take our text out of files that are outputs no more; what fails is tried again."""
    views: list[dict[str, object]] = []
    errors: list[Problem] = []
    failed, notes = [], []
    for output in dropped:
        problems: list[Problem] = []
        action = _tried(problems, "kept", remove_output, workspace.checkout.path, output)
        errors += problems
        failed += [output] if problems else []
        if action in ("cleaned", "deleted"):
            views.append(_view(output, action))
            said = (
                f"{output.path} ({output.format}) is not an output any more: portman's text is out"
            )
            notes.append(Problem("output-dropped", said, file=output.path))
    if dropped:
        note_outputs(workspace, workspace.outputs, failed)
    return Written(tuple(views), tuple(errors), tuple(notes))


def _remove_overrides(
    workspace: Workspace, paths: tuple[str, ...], errors: list[Problem]
) -> list[dict[str, object]]:
    if not paths:
        return []
    from portman.compose import override_file

    place = workspace.checkout.path
    return [
        _override_view(path, _tried(errors, "kept", override_file.remove, place, path))
        for path in paths
    ]


def _tried(
    errors: list[Problem], otherwise: str, change: Callable[P, str], *args: P.args, **more: P.kwargs
) -> str:
    """Return what a change to a file came to; `otherwise` where it failed, with why in `errors`."""
    try:
        return change(*args, **more)
    except PortmanError as error:
        errors.extend(error.problems)
        return otherwise


def _with_findings(workspace: Workspace, written: Written, content: Content) -> Written:
    """Add what shadows our values, and what keeps Compose from getting them."""
    compose = content.compose
    errors: tuple[Problem, ...] = ()
    if compose.override is not None:
        from portman.compose.override_file import too_old

        errors = too_old(compose)
    return Written(
        written.views,
        (*written.errors, *compose.refused, *errors),
        (*written.warnings, *shadows(workspace, content), *compose.warnings),
        _evidence(workspace, content),
        compose.calls,
    )


def _evidence(workspace: Workspace, content: Content) -> tuple[str, ...]:
    """Return what the files and the findings about them are made from, besides the manifest.

    Files, and as `$NAME` the environment's variables that would win over an output's.
    """
    templates = [one.template for one in workspace.outputs if one.template is not None]
    return (
        *(os.path.join(workspace.checkout.path, one) for one in templates),
        *workspace.link_evidence,
        *shadow_evidence(workspace, content),
        *workspace.engine_evidence,
        *content.compose.evidence,
    )


def _sweep(workspace: Workspace) -> None:
    """Remove what a killed `down` left where nothing is to be written."""
    for folder in {os.path.dirname(workspace.file(one.path).real) for one in workspace.outputs}:
        try:
            sweep(folder)
        except OSError:
            continue  # reported when something is to be written


def _without_values(workspace: Workspace, error: PortmanError, action: str) -> Written:
    """Return the report where no output can be made at all."""
    return Written(tuple(_view(one, action) for one in workspace.outputs), error.problems)


def _unchanged(workspace: Workspace, compose: ComposePlan) -> tuple[dict[str, object], ...]:
    views = [_view(output, "unchanged") for output in _outputs(workspace, compose)]
    if compose.override:
        views.append(_override_view(compose.override[0], "unchanged"))
    return tuple(views)


def _view(output: Output, action: str) -> dict[str, object]:
    return {"path": output.path, "format": output.format, "action": action}


def _override_view(path: str, action: str) -> dict[str, object]:
    return {"path": path, "format": "compose", "action": action}
