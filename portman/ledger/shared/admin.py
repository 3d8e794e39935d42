"""What the verb `ledger` asks of the server: its tables, its state, its members, what is over."""

from __future__ import annotations

import os
import time

from portman.base.errors import PortmanError
from portman.base.record import NamedTuple
from portman.base.system_commands import word
from portman.ledger.shared import schema, statements
from portman.ledger.shared.transaction import check_version

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from portman.ledger.shared.driver import ServerConnection

_IS_MADE = "SELECT to_regclass('portman.meta') IS NOT NULL"
_STATE = """SELECT current_setting('server_version'),
    current_setting('transaction_read_only')::bool,
    current_setting('synchronous_standby_names'), current_setting('synchronous_commit'),
    (SELECT count(*) FROM pg_stat_replication),
    extract(epoch FROM clock_timestamp())::float8, session_user::text,
    pg_backend_pid()"""
_COUNTS = """SELECT (SELECT count(*) FROM portman.space), (SELECT count(*) FROM portman.seat),
    (SELECT count(*) FROM portman.checkout), (SELECT count(*) FROM portman.lease)"""
_MEMBERS = """SELECT s.label, s.role::text, s.id::text, extract(epoch FROM s.seen_at)::bigint,
    count(l.port), count(DISTINCT c.id) FROM portman.seat s
    LEFT JOIN portman.checkout c ON c.seat = s.id LEFT JOIN portman.lease l ON l.checkout = c.id
    GROUP BY s.id ORDER BY s.label, s.seen_at DESC"""
#: The newest checkouts first, so that the time goes with what is shown and not with what is there.
_TEAM = """SELECT c.id, s.label, s.id::text, c.path, c.instance, c.project, c.usr, l.space,
    l.service, min(l.port), max(l.port) - min(l.port) + 1,
    array_agg(DISTINCT l.protocol ORDER BY l.protocol),
    extract(epoch FROM min(l.expires_at))::bigint
    FROM (SELECT * FROM portman.checkout o WHERE {where} AND EXISTS (SELECT FROM portman.lease e
    WHERE e.checkout = o.id AND e.expires_at > clock_timestamp()) ORDER BY id DESC LIMIT %s) c
    JOIN portman.lease l ON l.checkout = c.id JOIN portman.seat s ON s.id = c.seat
    WHERE l.expires_at > clock_timestamp()
    GROUP BY c.id, s.id, c.path, c.instance, c.project, c.usr, l.space, l.service
    ORDER BY s.label, s.id, c.path, c.instance, l.space, 10"""
_WHO = ("machine", "seat", "checkout", "instance", "project", "user", "space")
_SPACES = "(SELECT array_agg(name) FROM portman.space)"
_GC = [one.replace("%s", _SPACES) for one in (statements.END_EXPIRED, statements.END_OWNED)]
#: Unused for as long as the longest lease: each job container leaves a state folder.
_EMPTY = """DELETE FROM portman.checkout c USING portman.seat s WHERE s.id = c.seat
    AND (s.id = %s::uuid OR s.seen_at < clock_timestamp() - interval '31 days')
    AND NOT EXISTS (SELECT FROM portman.lease l WHERE l.checkout = c.id)
    AND NOT EXISTS (SELECT FROM portman.name n WHERE n.checkout = c.id
    AND n.expires_at > clock_timestamp())"""
_LEFT = """DELETE FROM portman.seat s WHERE s.seen_at < clock_timestamp() - interval '31 days'
    AND NOT EXISTS (SELECT FROM portman.checkout c WHERE c.seat = s.id) RETURNING s.id"""
_ADOPT = """UPDATE portman.checkout c SET seat = %s::uuid WHERE c.seat = %s::uuid
    AND NOT EXISTS (SELECT FROM portman.checkout m WHERE m.seat = %s::uuid AND m.path = c.path
    AND m.instance = c.instance) RETURNING c.path, c.instance"""


class ServerState(NamedTuple):
    """What a server is, as `ledger status` and `doctor` say it. `drift`: its clock minus ours."""

    server: str
    version: str
    tables: int
    reads_from: int
    ledger: str
    role: str
    read_only: bool
    standby: str
    encrypted: bool
    pooled: bool
    drift: float
    spaces: int = 0
    seats: int = 0
    checkouts: int = 0
    leases: int = 0

    def described(self) -> str:
        """Return the line of `where` and `doctor`."""
        tls = "TLS" if self.encrypted else "no TLS"
        pooler = ", through a pooler: no --ephemeral" if self.pooled else ""
        clock = f"clock {self.drift:+.1f} s from ours"
        said = f"PostgreSQL {self.version}, tables {self.tables}, {tls}{pooler}, {clock}"
        return f"{said}, standby: {self.standby}" + (", read-only" if self.read_only else "")


def raise_tables(connection: ServerConnection, *, members: str, first: bool) -> tuple[int, int]:
    """Make the tables, or bring them to today's version; return the versions before and after.

    Raises PortmanError: ledger-*; usage where they are there already, or are not there yet.
    """
    made = connection.ask([(_IS_MADE, ())])[0][0][0]
    version: int = connection.ask([(statements.VERSION, ())])[0][0][0] if made else 0
    if first and version:
        raise PortmanError(
            "usage",
            f"the ledger server {connection.shown} has tables of portman already",
            hint="portman ledger migrate\nsee: portman ledger status",
        )
    if not first and not version:
        raise PortmanError(
            "usage",
            f"the ledger server {connection.shown} has no tables of portman",
            hint="portman ledger init",
        )
    if version >= schema.VERSION:
        return version, version
    role = connection.ask([("SELECT 1 FROM pg_roles WHERE rolname = %s", (members,))])[0]
    quoted = '"' + members.replace('"', '""') + '"'
    make = [] if role else [f"CREATE ROLE {quoted} NOLOGIN"]
    steps = [*make, *schema.steps(version, quoted)]
    batch = [("BEGIN", ()), *((one, ()) for one in steps), ("COMMIT", ())]
    connection.ask(batch, patience=30.0, doing="make")
    return version, schema.VERSION


def state(connection: ServerConnection) -> ServerState:
    before = time.time()
    (row,), version, (counts,) = connection.ask(
        [(_STATE, ()), (statements.VERSION, ()), (_COUNTS, ())]
    )
    middle = (before + time.time()) / 2
    server, recovering, names, commit, standbys, clock, role, backend = row
    ledger = check_version(version, connection.shown)
    standby = names or ("asynchronous" if standbys else "none")
    if names and commit in ("off", "local"):
        standby = "off for commits"
    return ServerState(
        connection.shown,
        server,
        version[0][0],
        version[0][1],
        ledger,
        role,
        recovering,
        standby,
        connection.encrypted,
        backend != connection.told_pid,
        round(clock - middle, 1) + 0.0,  # no -0.0
    )._replace(**dict(zip(ServerState._fields[-4:], counts, strict=True)))


def members(connection: ServerConnection) -> list[dict[str, object]]:
    names = ("label", "role", "seat", "seen_at", "ports", "checkouts")
    rows = connection.ask([(_MEMBERS, ())])[0]
    return [dict(zip(names, row, strict=True)) for row in rows]


def team(connection: ServerConnection, project: str | None, most: int) -> list[dict[str, object]]:
    values = (most,) if project is None else (os.fsencode(project), most)
    sql = _TEAM.format(where="true" if project is None else "project = %s")
    found: dict[tuple[int, str], dict[str, Any]] = {}
    seats: dict[str, set[str]] = {}
    for number, *who, service, port, size, protocols, until in connection.ask([(sql, values)])[0]:
        words = dict(zip(_WHO, map(text, who), strict=True))
        seats.setdefault(words["machine"], set()).add(words["seat"])
        checkout = found.setdefault((number, words["space"]), {**words, "services": []})
        lease = {"name": service, "port": port, "ports": list(range(port, port + size))}
        checkout["services"].append({**lease, "protocols": protocols, "until": until})
    for one in found.values():
        if len(seats[one["machine"]]) > 1:  # containers with the host's network have its name
            one["machine"] += f"-{one['seat'][:8]}"
    return list(found.values())


def end_what_is_over(
    connection: ServerConnection, seat: str
) -> tuple[list[tuple[str, str, int]], int]:
    """End what has expired, and what belonged to ended processes, in every space.

    Returns that, and how many state folders are forgotten: of the role's own, or an owner's of all.
    """
    asked = [*((one, ()) for one in _GC), (_EMPTY, (seat,)), (_LEFT, ())]
    expired, owned, _, left = connection.ask(asked, patience=30.0)
    return [tuple(row) for row in (*expired, *owned)], len(left)


def adopt(connection: ServerConnection, seat: str, asked: str) -> list[tuple[str, str]]:
    """Take over the checkouts of a lost state folder of the same role, by its label or its id.

    Raises PortmanError "usage" where none or several are called so.
    """
    role = state(connection).role
    found = [
        seat_id
        for one in members(connection)
        for seat_id, label in [(str(one["seat"]), str(one["label"]))]
        if one["role"] == role and seat_id.replace("-", "") != seat
        and (label == asked or seat_id.startswith(asked.removeprefix(f"{label}-")))
    ]  # fmt: skip
    if len(found) != 1:
        some = "several other state folders" if found else "no other state folder"
        said = f"ledger adopt: {some} of the role {role} {'have' if found else 'has'} this name"
        ways = "\n".join(f"portman ledger adopt {word(one[:8])}" for one in found[:5])
        hint = f"see which: portman ledger members\n{ways}".rstrip()
        raise PortmanError("usage", said, hint=hint)
    rows = connection.ask([(_ADOPT, (seat, found[0], seat))])[0]
    return [(text(path), instance) for path, instance in rows]


def text(value: object) -> str:
    return os.fsdecode(bytes(value)) if isinstance(value, bytes | memoryview) else str(value)
