"""A folder of its own inside the state folder, with the rights that the state folder asks for."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from portman.base.errors import PortmanError
from portman.state import folder as place
from portman.state import permissions as guard

if TYPE_CHECKING:
    from portman.state.permissions import Terms


def room(state: str, name: str) -> tuple[str, Terms]:
    """Make `name` in the state folder if it is missing; return its path and terms for files in it.

    In a state folder that several users share, all of them may use it. Raises PortmanError
    "ledger-foreign" if another user made it (or a link in its place) in a folder that is not
    shared, "ledger-unusable" if it cannot be made or is no folder.
    """
    terms = guard.look(state, shareable=place.given())
    if not terms.exists:
        guard.make_folder(state)
        terms = guard.look(state, shareable=place.given())
    path = os.path.join(state, name)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        _check(path, terms)
    except OSError as error:
        raise _unusable(path, f"cannot be made: {error.strerror}") from error
    else:
        _hand_down(path, terms)
    return path, terms


def _check(path: str, terms: Terms) -> None:
    """Refuse what is no folder: a link planted there would lead our files elsewhere."""
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode):
        raise _unusable(path, "should be a folder of portman's own, but it is not")
    if not terms.shared and hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        raise PortmanError(
            "ledger-foreign",
            f"{path} belongs to {guard.user_name(found.st_uid)}, but its folder is not shared.",
            hint="portman where shows the state folder; PORTMAN_HOME names another",
            file=path,
        )


def _hand_down(path: str, terms: Terms) -> None:
    """Open the new folder to the group of a shared state folder."""
    if terms.gid is None:
        return
    if os.stat(path).st_gid != terms.gid:
        os.chown(path, -1, terms.gid)
    os.chmod(path, 0o2770)  # noqa: S103  # as shared as the folder it is in, no more


def _unusable(path: str, what: str) -> PortmanError:
    return PortmanError(
        "ledger-unusable",
        f"{path} {what}",
        hint="portman where shows the state folder; PORTMAN_HOME names another",
        file=path,
    )
