"""`portman ledger`: the server that decides the port spaces which several machines share."""

from __future__ import annotations

from portman.base.errors import PortmanError, Report
from portman.base.text import nearest
from portman.ledger.open import shared
from portman.ledger.shared import admin
from portman.ledger.shared.schema import MEMBERS, VERSION
from portman.ledger.shared.settings import forget, remember

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.ledger.shared.ledger import SharedLedger

ACTIONS = {
    "init": "make the tables; once, as the role that will own them",
    "migrate": "bring the tables to the version of this portman, as their owner",
    "remember": "keep PORTMAN_LEDGER, _SPACE and _LEASE of this shell for this user",
    "forget": "remove what remember kept",
    "status": "say what the server is and whether it can be relied on",
    "members": "list the state folders that have leases there",
    "gc": "end what has expired or belonged to ended processes, forget who is gone for 31 days",
    "adopt": "take over the leases of a lost state folder of one's own, by its LABEL or id",
    "accept": "go on with a server that has lost changes",
}


def ledger(action: str, label: str = "", *, members: str = MEMBERS) -> Report:
    if action not in ACTIONS:
        near = nearest(action, ACTIONS)
        said = f"ledger: unknown action {action!r}; known are {', '.join(ACTIONS)}"
        raise PortmanError("usage", said, hint=f"portman ledger {near or 'status'}")
    if bool(label) != (action == "adopt"):
        said = "ledger adopt takes the label or id of a state folder; no other action takes one"
        raise PortmanError("usage", said, hint="see the labels: portman ledger members")
    if action == "remember":
        file, names = remember()
        return Report("ledger", {"action": action, "file": file, "names": names})
    if action == "forget":
        file, was = forget()
        return Report("ledger", {"action": action, "file": file, "removed": was})
    opened = shared()
    try:
        return Report("ledger", {"action": action, **_done(opened, action, label, members)})
    finally:
        opened.close()


def _done(opened: SharedLedger, action: str, label: str, members: str) -> dict[str, object]:
    if action == "accept":
        opened.accept()
        return {}
    server = opened.server()
    if action in ("init", "migrate"):
        was, now = admin.raise_tables(server, members=members, first=action == "init")
        return {"server": server.shown, "was": was, "version": now, "members": members}
    if action == "status":
        settings = opened.settings
        own = {"space": settings.space, "lease": settings.lease, "seat": opened.seat}
        return {**own, **admin.state(server)._asdict(), "knows": VERSION}
    admin.state(server)  # the version, first
    if action == "members":
        return {"seat": opened.seat, "members": admin.members(server)}
    if action == "gc":
        opened.send()
        ended, left = admin.end_what_is_over(server, opened.seat)
        ports = [{"space": one, "protocol": two, "port": p} for one, two, p in ended]
        return {"ended": ports, "forgotten": left}
    taken = admin.adopt(server, opened.seat, label)
    return {
        "label": label,
        "checkouts": [{"checkout": path, "instance": instance} for path, instance in taken],
    }
