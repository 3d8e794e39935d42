"""`portman uninstall`: what portman has put on this machine for this user, taken away."""

from __future__ import annotations

import os
import shutil
import sys

from portman.allocation.vanished import is_gone
from portman.base.errors import PortmanError, Problem, Report
from portman.base.record import NamedTuple
from portman.base.text import home_short
from portman.commands.completion import installed
from portman.commands.integrate import undo
from portman.commands.up import down
from portman.holders.messages import home
from portman.ledger.caller import user_name
from portman.ledger.open import end_command, open_ledger
from portman.outputs.whole_file import noted_outputs
from portman.state import LEDGER_FILE, LOCK_FILE, SEAT_FILE, SERVER_FILE, state_folder
from portman.state.originals import ADOPTED, INTEGRATED, every

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.base.values import OwnedLease

#: What portman makes in its state folder: names, and beginnings of names that go on with `-`.
_NAMES = (
    *(LEDGER_FILE, LOCK_FILE, SEAT_FILE, SERVER_FILE),
    *("locks", "dashboard", "names", "forward", "bug.log"),
)
#: Of these there is one for each user, which ends in `-UID`.
_PERSONAL = ("receipts-", "manifests-", "outputs-", "launches-", "holds-", "compose-")
_BEGINNINGS = (*_PERSONAL, "ledger-", f"{LEDGER_FILE}-")

Seat = tuple[str, str]


class Inventory(NamedTuple):
    """What there is to take away. `others` are the leases of other users in a shared ledger."""

    seats: dict[Seat, list[OwnedLease]]
    integrations: list[tuple[str, str]]
    adopted: list[str]
    completions: list[str]
    state: list[str]
    others: int


def uninstall(*, dry_run: bool = False, confirm: Callable[[Report], bool] | None = None) -> Report:
    """Take everything away; `confirm` is asked with the plan first, None means yes.

    A checkout that cannot be cleaned keeps its leases and the state folder, so that the command
    can be repeated. Programs and containers keep running. Raises PortmanError: ledger-*.
    """
    found = _inventory()
    data = _view(found)
    plan = Report("uninstall", {**data, "dry_run": dry_run, "done": False})
    if dry_run:
        return plan
    if confirm is not None and not confirm(plan):
        said = Problem(
            "uninstall-unconfirmed", "nothing was removed", "confirm it: portman uninstall --yes"
        )
        return plan._replace(errors=(said,))
    errors, warnings = _take_away(found)
    if not errors:
        end_command()
        errors = _remove(found)
    done = {**plan.data, "done": not errors}
    return Report("uninstall", done, tuple(errors), tuple(warnings))


def _inventory() -> Inventory:
    seats: dict[Seat, list[OwnedLease]] = {}
    others = 0
    me = user_name()
    for one in open_ledger().holdings() if os.path.exists(_ledger()) else ():
        if one.record.user in ("", me):
            seats.setdefault((one.record.path, one.record.instance), []).append(one)
        else:
            others += 1
    records = every()
    return Inventory(
        seats,
        [
            (one.root, one.kind.removeprefix(INTEGRATED))
            for one in records
            if one.kind != ADOPTED and os.path.isdir(one.root)
        ],
        [one.root for one in records if one.kind == ADOPTED and os.path.isdir(one.root)],
        installed(),
        _ours(state_folder(), shared=bool(others)),
        others,
    )


def _ledger() -> str:
    return os.path.join(state_folder(), LEDGER_FILE)


def _ours(folder: str, *, shared: bool) -> list[str]:
    """Return the names in the state folder that portman made: a chosen folder may hold more.

    Of a folder that others use too, only what this user alone has: `receipts-1000`. What other
    users have for themselves is never removed.
    """
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    begun = (*_BEGINNINGS, f"{LEDGER_FILE}.")
    made = [one for one in names if one in _NAMES or one.startswith(begun)]
    uid = os.geteuid() if hasattr(os, "geteuid") else 0
    personal = [one for one in made if one.startswith(_PERSONAL)]
    own = [one for one in personal if one.endswith(f"-{uid}")]
    return own if shared else [one for one in made if one not in personal or one in own]


def _view(found: Inventory) -> dict[str, object]:
    return {
        "checkouts": [
            {
                "checkout": path,
                "instance": instance,
                "gone": is_gone(held[0].record),
                "ports": sorted(port for one in held for port in one.lease.ports),
                "files": [one.path for one in noted_outputs(path, instance)],
            }
            for (path, instance), held in found.seats.items()
        ],
        "integrations": [{"checkout": root, "tool": tool} for root, tool in found.integrations],
        "adopted": found.adopted,
        "completions": found.completions,
        "state": state_folder() if found.state and not found.others else None,
        "shared": found.others,
        "program": _program(),
    }


def _program() -> str:
    place = sys.prefix.replace("\\", "/")
    if "/uv/tools/" in place:
        return "uv tool uninstall ports-toml"
    return "pipx uninstall ports-toml" if "/pipx/" in place else "pip uninstall ports-toml"


def _take_away(found: Inventory) -> tuple[list[Problem], list[Problem]]:
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for root, tool in found.integrations:
        try:
            undo(root, tool)
        except PortmanError as error:
            place = home_short(root, home())
            said = f"{place}: what was written for {tool} stays: {error.message}"
            warnings.append(Problem("undo-changed", said, error.hint))
    for path, instance in found.seats:
        try:
            report = down(path, instance=instance)
        except PortmanError as error:
            errors += error.problems
            continue
        errors += report.errors
        warnings += [one for one in report.warnings if one.code != "instance-kept"]
    return errors, warnings


def _remove(found: Inventory) -> list[Problem]:
    errors = []
    folder = state_folder()
    # A link that another user may have planted is unlinked, not followed (rmtree refuses links).
    for path in (*found.completions, *(os.path.join(folder, one) for one in _left(found, folder))):
        try:
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            elif os.path.lexists(path):
                os.unlink(path)
        except OSError as error:
            said = f"{path} cannot be removed: {error.strerror}"
            errors.append(Problem("output-unwritable", said, file=path))
    if found.state and not found.others and not errors:
        try:  # noqa: SIM105
            os.rmdir(folder)
        except OSError:
            pass
    return errors


def _left(found: Inventory, folder: str) -> list[str]:
    return _ours(folder, shared=bool(found.others)) if found.state else []
