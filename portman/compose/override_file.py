"""The Compose override on disk: written, compared, removed; never another's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.errors import PortmanError
from portman.compose.override import is_ours
from portman.outputs import atomic
from portman.outputs.managed_file import read_output, settled

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from portman.base.errors import Problem
    from portman.base.values import Lease
    from portman.compose.project import ComposePlan
    from portman.ports.workspace import Workspace


def differs(checkout: str, path: str, text: str | None) -> bool:
    """Return whether `write` (or, for None, `remove`) would change anything.

    Raises PortmanError as `write` does, but for "output-tracked".
    """
    data, _ = read_output(checkout, path)
    if text is None:
        return data is not None and is_ours(data)
    _refuse_foreign(path, data)
    return data != text.encode()


def write(checkout: str, path: str, text: str) -> str:
    """Bring the override up to date; return "written" or "unchanged".

    Raises PortmanError "output-foreign" for a file that is not ours, and as write_output does.
    """
    from portman.outputs.managed_file import make_folders, refuse_tracked

    def change(real: str, data: bytes | None, status: os.stat_result | None) -> str:
        _refuse_foreign(path, data)
        if data == text.encode():
            return "unchanged"
        refuse_tracked(checkout, real, path)
        make_folders(real, path)
        atomic.replace(real, text.encode(), like=status, shown=path, real=True)
        return "written"

    return settled(checkout, path, change)


def remove(checkout: str, path: str) -> str:
    """Remove the override if it is ours; return "removed" or "unchanged".

    Raises PortmanError as write_output does.
    """

    def change(real: str, data: bytes | None, status: os.stat_result | None) -> str:
        if data is None or not is_ours(data):
            return "unchanged"
        atomic.remove(real, like=status, shown=path, real=True)
        return "removed"

    return settled(checkout, path, change)


def _refuse_foreign(path: str, data: bytes | None) -> None:
    if data is None or is_ours(data):
        return
    raise PortmanError(
        "output-foreign",
        f"{path} was not written by portman, which never overwrites another's file",
        hint=f'move it away, or choose another with [compose] override = "..." in ports.toml '
        f"(look at it: {atomic.look_at(path)})",
        file=path,
    )


# The Compose override among the outputs: written, taken away, and what there is to say of it.


def write_override(
    workspace: Workspace,
    compose: ComposePlan,
    views: list[dict[str, object]],
    errors: list[Problem],
) -> None:
    """Write the override that is needed before the .env that names it; take away others."""
    if compose.override:
        path, text = compose.override
        try:
            views.append(override_view(path, write(workspace.checkout.path, path, text)))
        except PortmanError as error:
            errors.extend(error.problems)
            views.append(override_view(path, "failed"))
    remove_overrides(workspace, compose.stale, views, errors)


def remove_overrides(
    workspace: Workspace,
    paths: tuple[str, ...],
    views: list[dict[str, object]],
    errors: list[Problem],
) -> None:
    """Remove overrides of ours."""
    if not paths:
        return

    for path in paths:
        try:
            views.append(override_view(path, remove(workspace.checkout.path, path)))
        except PortmanError as error:
            errors.extend(error.problems)
            views.append(override_view(path, "kept"))


def compose_troubles(
    workspace: Workspace, compose: ComposePlan, leases: Mapping[str, Lease], *, changed: bool
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return errors and warnings about Compose; after a change it is asked what it would do."""
    if not compose.services:
        return (), compose.warnings
    from portman.compose.check import too_old, verify

    errors = too_old(compose)
    checked = verify(workspace, compose, leases) if changed and not errors else ()
    return errors, (*compose.warnings, *checked)


def override_stale(workspace: Workspace, compose: ComposePlan) -> bool:
    """Return whether an override has to be written or taken away."""
    if compose.stale:
        return True
    if compose.override is None:
        return False

    try:
        return differs(workspace.checkout.path, *compose.override)
    except PortmanError:
        return True  # the write will say what is wrong


def override_view(path: str, action: str) -> dict[str, object]:
    """Return the entry of `outputs` for an override."""
    return {"path": path, "format": "compose", "action": action}
