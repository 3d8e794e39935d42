"""Whose server is it, on this file system: `portman.checkout.ownership` with real folders."""

from __future__ import annotations

import os

from portman.checkout import ownership

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.base.values import Holder

MANIFEST = "ports.toml"


def is_ours(holder: Holder, checkout_path: str, instance: str = "") -> bool:
    """Return whether `holder` belongs to this checkout; a deeper ports.toml has its own.

    Paths are compared as the platform does (on Windows regardless of case).
    """
    same = os.path.normcase
    return ownership.is_ours(
        holder._replace(
            cwd=None if holder.cwd is None else same(holder.cwd),
            claims_checkout=_claim(holder.claims_checkout),
            container=holder.container
            and holder.container._replace(
                folder=None if holder.container.folder is None else same(holder.container.folder),
                checkout=_claim(holder.container.checkout),
            ),
        ),
        same(checkout_path),
        instance,
        nearest_checkout=manifest_folder,
        separator=os.sep,
    )


def manifest_folder(folder: str) -> str | None:
    """Return the nearest folder at or above `folder` that holds a ports.toml, as spelled there."""
    here = folder
    while not os.path.isfile(os.path.join(here, MANIFEST)):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return here


def _claim(token: str | None) -> str | None:
    """Bring the path of a token into the platform's form, and leave an instance as it is."""
    if token is None:
        return None
    path, mark, instance = token.rpartition("#")
    if not mark or "/" in instance or os.sep in instance:
        return os.path.normcase(token)
    return os.path.normcase(path) + mark + instance
