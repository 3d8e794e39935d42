"""The files that programs read: rendered from the leases, written only when they differ.

Ledger first, files second. What is written is what the ledger says at the moment of writing,
read again under this checkout's own lock, so that a slow run never puts old numbers back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portman.core.errors import PortmanError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from portman.core.model import Lease, Output
    from portman.operations.scene import Scene


class Written(NamedTuple):
    """What became of the outputs: entries of `outputs`, and what there is to say."""

    views: tuple[dict[str, object], ...] = ()
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


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


def placed(scene: Scene) -> tuple[Output, ...]:
    """Return the manifest's outputs with the paths of this instance."""
    instance = scene.checkout.instance
    return tuple(
        output._replace(path=instance_path(output.path, instance))
        for output in scene.manifest.outputs
    )


def variables(scene: Scene, leases: Mapping[str, Lease]) -> list[tuple[str, str]]:
    """Return every variable of the manifest with its value, services first.

    Raises PortmanError "link-missing" or "link-unleased" where another project's port is asked
    for and is not to be had.
    """
    from portman.core.derived import expand

    ports = {name: lease.ports for name, lease in leases.items()}
    if not scene.manifest.links:
        return expand(scene.manifest, ports)
    from portman.operations.links import neighbours

    return expand(scene.manifest, ports, neighbours(scene))


def text_of(scene: Scene, output: Output, values: list[tuple[str, str]]) -> str:
    """Return what the output has to say.

    Raises PortmanError if a value cannot be written in its format, or a template asks for none.
    """
    from portman.core.formats import file_text

    if output.template is not None:
        from portman.core.templates import make
        from portman.files.template_file import read_template

        data = read_template(scene.checkout.path, output.template)
        made = make(output.path, output.template, data, dict(values))
        return made.decode("utf-8", "surrogateescape")

    wanted = values if output.only is None else [one for one in values if one[0] in output.only]
    return file_text(output.format, wanted, quote=output.quote)


class LeasesChangedError(Exception):
    """Another process changed this checkout's leases since they were read: read them again."""


def write_outputs(scene: Scene, leases: Mapping[str, Lease]) -> Written:
    """Bring every output up to date; an unchanged one is not touched.

    Raises LeasesChangedError if `leases` are not this checkout's any more, with nothing written.
    """
    try:
        values = variables(scene, leases)
    except PortmanError as error:
        return _without_values(scene, error, "failed")
    if not any(_stale(scene, output, values) for output in placed(scene)):
        views = tuple(_view(output, "unchanged") for output in placed(scene))
        return Written(views, warnings=_shadows(scene, values))
    with locked(scene):
        if variables(scene, _leases_now(scene)) != values:
            raise LeasesChangedError
        return _write(scene, values)


def locked(scene: Scene) -> AbstractContextManager[None]:
    """Keep every other portman from writing this checkout's files."""
    from portman.files.receipt import key_of
    from portman.ledger.checkout_lock import checkout_lock
    from portman.ledger.place import state_folder

    path, instance = scene.checkout.path, scene.checkout.instance
    return checkout_lock(state_folder(), path, key_of(path, instance))


def stale_outputs(scene: Scene, leases: Mapping[str, Lease]) -> Written:
    """Say which outputs do not match the leases, writing nothing."""
    try:
        values = variables(scene, leases)
    except PortmanError as error:
        return _without_values(scene, error, "stale")
    views: list[dict[str, object]] = []
    errors: list[Problem] = []
    for output in placed(scene):
        try:
            stale = _differs(scene, output, values)
        except PortmanError as error:
            errors.extend(error.problems)
            stale = True
        else:
            if stale:
                errors.append(_stale_problem(scene, output))
        views.append(_view(output, "stale" if stale else "unchanged"))
    return Written(tuple(views), tuple(errors), _shadows(scene, values))


def remove_outputs(scene: Scene) -> Written:
    """Take our text out of every output; a file we made goes."""
    from portman.files.output_file import remove_output

    views: list[dict[str, object]] = []
    errors: list[Problem] = []
    for output in placed(scene):
        try:
            views.append(_view(output, remove_output(scene.checkout.path, output)))
        except PortmanError as error:
            errors.extend(error.problems)
            views.append(_view(output, "kept"))
    return Written(tuple(views), tuple(errors))


def evidence(scene: Scene) -> tuple[str, ...]:
    """Return the files that outputs are made from, besides the manifest: a receipt's evidence."""
    import os

    templates = tuple(
        os.path.join(scene.checkout.path, one.template)
        for one in scene.manifest.outputs
        if one.template is not None
    )
    return (*templates, *link_evidence(scene))


def link_evidence(scene: Scene) -> tuple[str, ...]:
    """Return the other projects' files that values are made from."""
    if not scene.manifest.links:
        return ()
    from portman.operations.links import evidence as manifests

    return manifests(scene)


def _without_values(scene: Scene, error: PortmanError, action: str) -> Written:
    """Return what there is to say where no output can be made at all."""
    return Written(tuple(_view(one, action) for one in placed(scene)), error.problems)


def _leases_now(scene: Scene) -> dict[str, Lease]:
    from portman.operations.leasing import read_leases

    return read_leases(scene)


def _write(scene: Scene, values: list[tuple[str, str]]) -> Written:
    from portman.files.output_file import write_output

    views: list[dict[str, object]] = []
    errors: list[Problem] = []
    fresh: list[Output] = []
    for output in placed(scene):
        try:
            action = write_output(scene.checkout.path, output, text_of(scene, output, values))
        except PortmanError as error:
            errors.extend(error.problems)
            views.append(_view(output, "failed"))
            continue
        views.append(_view(output, action))
        if action == "written":
            fresh.append(output)
    warnings = (*_unignored(scene, fresh), *_shadows(scene, values))
    return Written(tuple(views), tuple(errors), warnings)


def _stale(scene: Scene, output: Output, values: list[tuple[str, str]]) -> bool:
    try:
        return _differs(scene, output, values)
    except PortmanError:
        return True  # the write will say what is wrong


def _differs(scene: Scene, output: Output, values: list[tuple[str, str]]) -> bool:
    from portman.files.output_file import would_write

    return would_write(scene.checkout.path, output, text_of(scene, output, values))


def _view(output: Output, action: str) -> dict[str, object]:
    return {"path": output.path, "format": output.format, "action": action}


def _stale_problem(scene: Scene, output: Output) -> Problem:
    return Problem(
        "output-stale",
        f"{output.path} does not say what the ledger says",
        f"write it again: portman{_instance_option(scene)} up",
        file=output.path,
    )


def _instance_option(scene: Scene) -> str:
    return f" --instance {scene.checkout.instance}" if scene.checkout.instance else ""


def _unignored(scene: Scene, outputs: list[Output]) -> tuple[Problem, ...]:
    """Offer the line for .gitignore where git would pick the output up."""
    from portman.core.formats.shell import quoted
    from portman.files.git_ignore import ignore_line, is_ignored

    loose = [one.path for one in outputs if is_ignored(scene.checkout.path, one.path) is False]
    return tuple(
        Problem(
            "output-not-ignored",
            f"git does not ignore {path}",
            f"echo {quoted(ignore_line(path))} >> .gitignore",
            file=path,
        )
        for path in loose
    )


def _shadows(scene: Scene, values: list[tuple[str, str]]) -> tuple[Problem, ...]:
    """Report lines outside our block that set one of our names; they are never deleted."""
    from portman.core.block import foreign_assignments
    from portman.files.output_file import read_output

    found = []
    for output in placed(scene):
        if output.format != "dotenv":
            continue
        names = {name for name, _ in values if output.only is None or name in output.only}
        try:
            data, _ = read_output(scene.checkout.path, output.path)
            lines = foreign_assignments(data or b"", names)
        except PortmanError:
            continue  # told by the write
        for name, line, position in lines:
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
