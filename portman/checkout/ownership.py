"""Whose server is it: the rules for calling the holder of a port ours. Pure."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.base.values import Holder


def checkout_token(path: str, instance: str = "") -> str:
    """Return what PORTMAN_CHECKOUT and the label `portman.checkout` say: `PATH` or `PATH#NAME`."""
    return f"{path}#{instance}" if instance else path


def instance_of(token: str, path: str) -> str:
    """Return which instance of the checkout at `path` a token names; "" if none, or another's."""
    instance = token[len(path) + 1 :]
    return instance if token == checkout_token(path, instance) and "/" not in instance else ""


def is_ours(
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
