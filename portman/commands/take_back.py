"""What takes back: the ports of `up --was`, the files of `adopt --undo` and `integrate --undo`."""

from __future__ import annotations

from portman.allocation.leases import read_leases
from portman.base.errors import PortmanError
from portman.base.system_commands import word
from portman.holders.verdicts import find_verdicts
from portman.ledger.log import last_moves
from portman.outputs import atomic
from portman.outputs.managed_file import check_place, read_output
from portman.state.originals import forget, given_back, kept

TYPE_CHECKING = False

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from portman.allocation.workspace import Workspace

    #: What is in a file, and what os.fstat said; None twice where it is missing.
    Found = tuple[bytes | None, os.stat_result | None]


def moves_back(workspace: Workspace, names: tuple[str, ...]) -> dict[str, int]:
    """Return the port that each service had before: those of the last move, or of `names`.

    What was moved by one command goes back together. Raises PortmanError: move-unknown where
    nothing moved, or something moved since; service-running.
    """
    checkout, leases = workspace.checkout, read_leases(workspace)
    moves = last_moves(workspace.ledger, checkout.path, checkout.instance)
    newest = next(iter(moves.values()), None)
    back: dict[str, int] = {}
    for name, one in moves.items():
        together = newest is not None and (one.at, one.pid) == (newest.at, newest.pid)
        if name not in names if names else not together:
            continue
        if name in leases and leases[name].port == one.port and one.was is not None:
            back[name] = one.was
    missing = [name for name in names if name not in back]
    if missing or not back:
        raise PortmanError(
            "move-unknown",
            f"{missing[0] if missing else checkout.project}: there is no move to take back",
            hint="see the moves: portman log",
        )
    findings = find_verdicts(workspace, [leases[name] for name in back])
    for name in back:
        if findings[name].verdict in ("running", "reserved"):
            raise PortmanError(
                "service-running",
                f"{name} is running on {leases[name].port}, so it is not moved",
                hint=f"stop it, then: portman up --was {name}",
                service=name,
            )
    return back


def _as_output(root: str, path: str) -> Found:
    file = read_output(root, path)
    return file.data, file.status


def put_back(
    root: str,
    kind: str,
    hint: str,
    read: Callable[[str, str], Found] = _as_output,
    locate: Callable[[str, str], str] = check_place,
) -> list[dict[str, object]]:
    """Take out of a checkout's files what one `kind` of writing has put there, all or nothing.

    `read` and `locate` say what a file is, and where, for paths that no output may have.
    Raises PortmanError: undo-unknown (with `hint`) where nothing is recorded, undo-changed where
    a file has changed since so that what was written cannot be told from what was not.
    """
    record = kept(root, kind)
    if not record:
        raise PortmanError("undo-unknown", f"{root}: nothing is recorded to undo", hint=hint)
    found = {path: (one, *read(root, path)) for path, one in record.items()}
    wanted = {path: given_back(one, now) for path, (one, now, _) in found.items()}
    changed = [path for path, one in wanted.items() if one is None]
    if changed:
        raise PortmanError(
            "undo-changed",
            f"{', '.join(changed)}: changed since, so nothing was put back",
            hint=f"git diff {word(changed[0], 'PATH')}",
            file=changed[0],
        )
    views: list[dict[str, object]] = []
    for path, one in wanted.items():
        original, now, status = found[path]
        real, (data,) = locate(root, path), one or (None,)
        if now == data:
            continue
        if data is None:
            atomic.remove(real, like=status, shown=path, real=True)
            views.append({"path": path, "action": "deleted"})
        else:
            atomic.replace(real, data, like=status, shown=path, real=True)
            action = "restored" if data == original.before else "cleaned"
            views.append({"path": path, "action": action})
    forget(root, kind)
    return views
