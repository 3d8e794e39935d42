"""Whose server is it: the rules for calling the holder of a port ours. Pure."""

from __future__ import annotations

import os

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.base.holder import Holder


def checkout_token(path: str, instance: str = "") -> str:
    """Return what PORTMAN_CHECKOUT and the label `portman.checkout` say: `PATH` or `PATH#NAME`."""
    return f"{path}#{instance}" if instance else path


def instance_of(token: str, path: str) -> str:
    """Return which instance of the checkout at `path` a token names; "" if none, or another's."""
    instance = token[len(path) + 1 :]
    return instance if token == checkout_token(path, instance) and "/" not in instance else ""


def evidence_is_ours(
    holder: Holder,
    path: str,
    instance: str = "",
    *,
    nearest_checkout: Callable[[str], str | None] | None = None,
    separator: str = "/",
) -> bool:
    """Return whether `holder` belongs to the checkout at `path`.

    In this order:
    1. It says so: PORTMAN_CHECKOUT in its environment, or a container's label, is our token.
    2. It says it is another instance of this same path: then it is not ours.
    3. Its working folder (of a container: its Compose project's) is `path` or lies below it,
       compared by whole components; unless `nearest_checkout`, given that folder, returns a
       deeper one, whose server it then is. A process that names no instance counts for every
       instance of its folder: it has the very port that only that instance was given.
    A claim of some other path decides nothing: a shell started by `portman run` in one checkout
    hands it down to servers started elsewhere. A working folder that was deleted still counts.
    """
    container = holder.container
    claim = (container and container.checkout) or holder.claims_checkout
    if claim == checkout_token(path, instance):
        return True
    if claim is not None and _same_path(claim, path):
        return False
    folder = container.folder if container else holder.cwd
    if folder is None or not lies_in(folder, path, separator):
        return False
    nearest = nearest_checkout(folder) if nearest_checkout else None
    return nearest is None or lies_in(path, nearest, separator)


def lies_in(folder: str, path: str, separator: str = "/") -> bool:
    """Return whether `folder` is `path` or below it, by whole components."""
    trunk = path.rstrip(separator)
    return folder.rstrip(separator) == trunk or folder.startswith(trunk + separator)


def _same_path(claim: str, path: str) -> bool:
    """Return whether `claim` names `path`, with any instance (names of instances have no `/`)."""
    named, mark, instance = claim.rpartition("#")
    return claim == path or (bool(mark) and named == path and "/" not in instance)


# Whose server is it, on this file system: `portman.checkout.ownership` with real folders.

MANIFEST = "ports.toml"


def is_ours(holder: Holder, checkout_path: str, instance: str = "") -> bool:
    """Return whether `holder` belongs to this checkout; a deeper ports.toml has its own.

    Paths are compared as the platform does (on Windows regardless of case).
    """
    same = os.path.normcase
    return evidence_is_ours(
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
