"""The versions of the tables on the server, which data/server.sql makes, and their rights.

An owner makes them once (`portman ledger init`); members get the group role. Paths are bytea: text
of PostgreSQL can hold neither a byte that is no UTF-8 nor a surrogate.
"""

from __future__ import annotations

from portman.ledger import tables

#: The version this portman makes, and the oldest that one of this version can still use.
VERSION = 1
READS_FROM = 1
#: The role that members are granted; each person should have a role of their own in it.
MEMBERS = "portman_member"

_OWN_CHECKOUT = (
    " AND EXISTS (SELECT FROM portman.checkout c WHERE c.id = checkout AND c.role = session_user)"
)
_LEASE = f" AND expires_at <= clock_timestamp() + interval '31 days 1 minute'{_OWN_CHECKOUT}"
#: What a row must be besides one's own.
_MADE = {
    "seat": "",
    "checkout": " AND EXISTS (SELECT FROM portman.seat s WHERE s.id = seat"
    " AND s.role = session_user)",
    "lease": _LEASE,
    "name": _LEASE,
    "owner": _OWN_CHECKOUT,
}
#: Who may see all may write only what is their own, and end only what is over.
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
    GRANT DELETE ON portman.checkout, portman.lease, portman.owner TO {members}""",
    *(f"ALTER TABLE portman.{table} ENABLE ROW LEVEL SECURITY" for table in _MADE),
    *(f"CREATE POLICY seen ON portman.{table} FOR SELECT USING (true)" for table in _MADE),
    *(
        f"CREATE POLICY made ON portman.{table} FOR INSERT WITH CHECK (role = session_user{more})"
        for table, more in _MADE.items()
    ),
    *(
        f"CREATE POLICY changed ON portman.{table} FOR UPDATE USING (role = session_user)"
        f" WITH CHECK (role = session_user{more})"
        for table, more in _MADE.items()
    ),
    *(
        f"CREATE POLICY ended ON portman.{table} FOR DELETE USING (role = session_user{more})"
        for table, more in (
            ("checkout", ""),
            ("owner", ""),
            ("lease", " OR expires_at <= clock_timestamp() OR portman.ended(checkout)"),
            ("name", " OR expires_at <= clock_timestamp()"),
        )
    ),
)


def steps(version: int, members: str) -> list[str]:
    made = [one for step in tables.steps("server.sql")[version:VERSION] for one in step]
    made += [one.replace("{members}", members) for one in _RIGHTS] if not version else []
    keep = "INSERT INTO portman.meta (version, reads_from) VALUES" if not version else ""
    mark = (
        f"{keep} ({VERSION}, {READS_FROM})"
        if keep
        else f"UPDATE portman.meta SET version = {VERSION}, reads_from = {READS_FROM}"  # noqa: S608
    )
    return [*made, mark]
