"""Checkouts that have ended: their folder was deleted, or the processes of an instance are gone.

What they had is given back in transactions of some milliseconds each, so that no other command
waits long, however many checkouts have ended; with their leases go the files that the state folder
keeps of them.
"""

from __future__ import annotations

import os
import stat
from time import monotonic

from portman.base.record import NamedTuple
from portman.checkout.ownership import checkout_token
from portman.machine.mounts import look

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from portman.base.values import CheckoutRecord
    from portman.ledger.protocol import Ledger, Writer
    from portman.machine.mounts import Folders, Sight

#: Seconds of one transaction that gives back; a first `up` beside it waits no longer.
SLICE = 0.05


class Ended(NamedTuple):
    """A checkout that has ended, what was seen of its folder, and its owners at that moment."""

    record: CheckoutRecord
    sight: Sight
    owners: tuple[str, ...]


def _why(seen: Sight) -> str:
    reasons = {"gone": "its folder was deleted", "here": "its programs have ended"}
    return reasons.get(seen, "its folder cannot be seen from here")


def find_ended(ledger: Ledger, records: Iterable[CheckoutRecord], *, unseen: bool) -> list[Ended]:
    """Return the checkouts that have ended; with `unseen` also those whose folder cannot be seen.

    A folder that cannot be seen from here (machine/mounts) may come back.
    """
    owners = ledger.owners()
    ends = ("gone", "unseen") if unseen else ("gone",)
    folders: Folders = {}
    found = []
    for record in records:
        mine = owners.get(record, ())
        seen = look(record.path, record.place, folders)
        if seen in ends or has_ended(record, mine):
            found.append(Ended(record, seen, mine))
    return found


def end(ledger: Ledger, ended: Iterable[Ended], now: int) -> list[CheckoutRecord]:
    """Give back what these checkouts have; return those that still were as they were seen."""
    waiting, done = list(ended), []
    while waiting:
        with ledger.writing() as writer:
            until = monotonic() + SLICE
            while waiting:
                one = waiting.pop()
                record = one.record
                if _is_as_seen(one, writer):
                    key = (record.path, record.instance)
                    writer.give_back(*key, None, now, record.place, why=_why(one.sight))
                    done.append(record)
                if monotonic() >= until:
                    break
    forget_files([(one.path, one.instance) for one in done])
    return done


def forget_files(ended: list[tuple[str, str]]) -> None:
    if ended:
        from portman.outputs.kept_files import forget

        forget(ended)


def _is_as_seen(one: Ended, writer: Writer) -> bool:
    record = one.record
    if one.sight == "gone":
        return is_absent(record.path)
    return not one.owners or writer.owners_of(record.path, record.instance) == one.owners


def end_vanished(ledger: Ledger, now: int) -> None:
    """Give back what every checkout has that has ended: its numbers are needed."""
    end(ledger, find_ended(ledger, ledger.checkouts(), unseen=False), now)


def reclaim(
    writer: Writer, now: int, *, only: Collection[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Give back the leases of those in `only` that are gone, and of ended instances; name them.

    Gone is one whose folder this view of the machine can know to be deleted (machine/mounts),
    ended an ephemeral instance that no process carries any more. Of those beside `only` as many as
    a slice of time allows: others wait for the ledger.
    """
    owners, done = writer.owners(), []
    until = monotonic() + SLICE
    for record in writer.unsettled(only):
        key = (record.path, record.instance)
        if not record.place and look(record.path, "") == "here":
            writer.note_place(record)
            continue
        wanted, mine = key in only, owners.get(record, ()) if owners else ()
        if not wanted and (not mine or monotonic() > until):
            continue
        gone = wanted and is_gone(record)
        if gone or has_ended(record, mine):
            why = _why("gone" if gone or is_gone(record) else "here")
            writer.give_back(*key, None, now, record.place, why=why)
            done.append(key)
    return done


def sight(record: CheckoutRecord) -> Sight:
    """Return what this view of the machine knows of the checkout's folder."""
    return look(record.path, record.place)


def is_gone(record: CheckoutRecord) -> bool:
    return sight(record) == "gone"


def is_absent(path: str) -> bool:
    """Return whether this view of the machine has no folder at `path`; no proof for a lease."""
    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False


def has_ended(record: CheckoutRecord, owners: tuple[str, ...]) -> bool:
    """Return whether an instance belonged to processes, and no process carries it any more."""
    if not owners:
        return False
    from portman.machine.processes import is_carried, is_over

    if not all(is_over(token) for token in owners):
        return False
    return not is_carried(checkout_token(record.path, record.instance), owners, record.user)
