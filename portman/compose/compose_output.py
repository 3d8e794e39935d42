"""The Compose override among the outputs: written, taken away, and what there is to say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.errors import PortmanError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.base.errors import Problem
    from portman.base.values import Lease
    from portman.compose.project import Needs
    from portman.ports.workspace import Scene


def write_override(
    scene: Scene, compose: Needs, views: list[dict[str, object]], errors: list[Problem]
) -> None:
    """Write the override that is needed before the .env that names it; take away others."""
    if compose.override:
        from portman.compose.override_file import write

        path, text = compose.override
        try:
            views.append(override_view(path, write(scene.checkout.path, path, text)))
        except PortmanError as error:
            errors.extend(error.problems)
            views.append(override_view(path, "failed"))
    remove_overrides(scene, compose.stale, views, errors)


def remove_overrides(
    scene: Scene,
    paths: tuple[str, ...],
    views: list[dict[str, object]],
    errors: list[Problem],
) -> None:
    """Remove overrides of ours."""
    if not paths:
        return
    from portman.compose.override_file import remove

    for path in paths:
        try:
            views.append(override_view(path, remove(scene.checkout.path, path)))
        except PortmanError as error:
            errors.extend(error.problems)
            views.append(override_view(path, "kept"))


def compose_troubles(
    scene: Scene, compose: Needs, leases: Mapping[str, Lease], *, changed: bool
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return errors and warnings about Compose; after a change it is asked what it would do."""
    if not compose.services:
        return (), compose.warnings
    from portman.compose.check import too_old, verify

    errors = too_old(compose)
    checked = verify(scene, compose, leases) if changed and not errors else ()
    return errors, (*compose.warnings, *checked)


def override_stale(scene: Scene, compose: Needs) -> bool:
    """Return whether an override has to be written or taken away."""
    if compose.stale:
        return True
    if compose.override is None:
        return False
    from portman.compose.override_file import differs

    try:
        return differs(scene.checkout.path, *compose.override)
    except PortmanError:
        return True  # the write will say what is wrong


def override_view(path: str, action: str) -> dict[str, object]:
    """Return the entry of `outputs` for an override."""
    return {"path": path, "format": "compose", "action": action}
