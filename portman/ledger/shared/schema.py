"""The versions of the tables on the server, which data/server.sql makes, and their rights.

An owner makes them once (`portman ledger init`); members get the group role. Paths are bytea: text
of PostgreSQL can hold neither a byte that is no UTF-8 nor a surrogate.
"""

from __future__ import annotations

from portman.ledger import tables

#: The version this portman makes, and the oldest that one of this version can still use.
VERSION = 2
READS_FROM = 1
#: The role that members are granted; each person should have a role of their own in it.
MEMBERS = "portman_member"

_OWN_CHECKOUT = (
    " AND EXISTS (SELECT FROM portman.checkout c WHERE c.id = checkout AND c.role = session_user)"
)
_LEASE = f" AND expires_at <= clock_timestamp() + interval '31 days 1 minute'{_OWN_CHECKOUT}"
_MINE = "role = session_user"
#: What a row must be besides one's own.
_MADE = {
    "seat": "",
    "checkout": " AND EXISTS (SELECT FROM portman.seat s WHERE s.id = seat"
    " AND s.role = session_user)",
    "lease": _LEASE,
    "name": _LEASE,
    "owner": _OWN_CHECKOUT,
}


def _policy(table: str, name: str, rule: str) -> str:
    on = f"{name} ON portman.{table}"
    return f"DROP POLICY IF EXISTS {on}; CREATE POLICY {on} FOR {rule}"


#: Made again with each version. Who may see all may write only their own, and end what is over.
_RIGHTS = (
    """REVOKE ALL ON FUNCTION portman.epoch_now(), portman.ended(bigint) FROM PUBLIC;
    GRANT USAGE ON SCHEMA portman TO {members};
    GRANT EXECUTE ON FUNCTION portman.epoch_now(), portman.ended(bigint) TO {members};
    GRANT SELECT ON ALL TABLES IN SCHEMA portman TO {members};
    GRANT INSERT ON portman.epoch, portman.space, portman.alias TO {members};
    GRANT INSERT ON portman.seat, portman.checkout, portman.lease, portman.owner TO {members};
    GRANT INSERT, DELETE ON portman.name TO {members};
    GRANT UPDATE ON portman.space, portman.alias, portman.seat, portman.checkout TO {members};
    GRANT UPDATE ON portman.lease TO {members};
    GRANT DELETE ON portman.seat, portman.checkout, portman.lease, portman.owner TO {members}""",
    *(f"ALTER TABLE portman.{table} ENABLE ROW LEVEL SECURITY" for table in _MADE),
    *(
        policy
        for table, more in _MADE.items()
        for policy in (
            _policy(table, "seen", "SELECT USING (true)"),
            _policy(table, "made", f"INSERT WITH CHECK ({_MINE}{more})"),
            _policy(table, "changed", f"UPDATE USING ({_MINE}) WITH CHECK ({_MINE}{more})"),
        )
    ),
    *(
        _policy(table, "ended", f"DELETE USING ({_MINE}{more})")
        for table, more in (
            ("seat", " AND seen_at < clock_timestamp() - interval '31 days'"),
            ("checkout", ""),
            ("owner", ""),
            ("lease", " OR expires_at <= clock_timestamp() OR portman.ended(checkout)"),
            ("name", " OR expires_at <= clock_timestamp()"),
        )
    ),
)


def steps(version: int, members: str) -> list[str]:
    made = [one for step in tables.steps("server.sql")[version:VERSION] for one in step]
    rights = [one.replace("{members}", members) for one in _RIGHTS]
    mark = f"(version, reads_from) = ({VERSION}, {READS_FROM})"
    if not version:
        made.append("INSERT INTO portman.meta (version, reads_from) VALUES (0, 0)")
    return [*made, *rights, f"UPDATE portman.meta SET {mark}"]  # noqa: S608 - our own numbers
