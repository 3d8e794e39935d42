"""What a transaction says to the server; each parameter is `%s`."""

from __future__ import annotations

#: A checkout of a seat: seat, path, instance.
_CHECKOUT = (
    "(SELECT id FROM portman.checkout WHERE (seat, path, instance) = (%s::uuid, %s::bytea, %s))"
)
_PAIRS = "unnest(%s::text[], %s::int[]) AS u (p, n)"

VERSION = "SELECT version, reads_from, ledger::text FROM portman.meta"
ALIASES = "SELECT name, space FROM portman.alias WHERE name = ANY(%s::text[])"
BACKEND = "SELECT pg_backend_pid()"

ADD_SPACES = (
    "INSERT INTO portman.space (name) SELECT unnest(%s::text[]) ORDER BY 1 ON CONFLICT DO NOTHING"
)
LOCK_SPACES = """SELECT name, boot, netns, boots, counter FROM portman.space
    WHERE name = ANY(%s::text[]) ORDER BY name FOR UPDATE"""
OTHER_NAMES = """SELECT name FROM portman.space
    WHERE boot = %s AND netns = %s AND NOT name = ANY(%s::text[])"""
FIND_EPOCH = "INSERT INTO portman.epoch DEFAULT VALUES ON CONFLICT DO NOTHING"
EPOCH = "SELECT portman.epoch_now()"
#: Two statements, each by an index: row-level security asks portman.ended() of every row of
#: another role that a scan meets. now() would be the moment before the wait for the lock.
END_EXPIRED = """DELETE FROM portman.lease WHERE space = ANY(%s::text[])
    AND expires_at <= (SELECT clock_timestamp()) RETURNING space, protocol, port"""
END_OWNED = """DELETE FROM portman.lease l USING portman.checkout c WHERE c.owned
    AND c.id = l.checkout AND l.space = ANY(%s::text[]) AND portman.ended(c.id)
    RETURNING l.space, l.protocol, l.port"""
#: Numbers alone: whole rows of thousands of leases take longer than the rest together.
TAKEN = """SELECT space, protocol, string_agg(port::text, ',') FROM portman.lease
    WHERE space = ANY(%s::text[]) GROUP BY 1, 2"""
OWN = """SELECT l.space, l.protocol, l.port, c.path, c.instance, l.service, l.position,
    extract(epoch FROM l.given_at)::bigint
    FROM portman.lease l JOIN portman.checkout c ON c.id = l.checkout
    WHERE c.seat = %s::uuid AND l.space = ANY(%s::text[]) ORDER BY l.protocol, l.port"""
WHO = """SELECT s.label, left(s.id::text, 8), c.path, c.instance, l.service FROM portman.lease l
    JOIN portman.checkout c ON c.id = l.checkout JOIN portman.seat s ON s.id = c.seat
    WHERE (l.space, l.protocol, l.port) = (%s, %s, %s)"""

#: Which of the host's port spaces it is now; the runs before are kept, to see one come back.
GUARD_SPACE = """UPDATE portman.space SET boot = %s, netns = %s, boots = CASE
    WHEN boot IS NULL THEN boots
    ELSE (array_append(boots, boot))[greatest(1, cardinality(boots) - 18):] END
    WHERE name = %s"""
ALIAS = """INSERT INTO portman.alias VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET space = excluded.space WHERE alias.space <> excluded.space"""
SEAT = """INSERT INTO portman.seat AS s (id, label, boot) VALUES (%s::uuid, %s, %s)
    ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp(), boot = excluded.boot,
    label = CASE WHEN NOT excluded.boot = ANY(s.boots) OR excluded.boot = ''
        THEN excluded.label END,
    boots = CASE WHEN s.boot = excluded.boot THEN s.boots
    ELSE (array_append(s.boots, s.boot))[greatest(1, cardinality(s.boots) - 18):] END"""
#: A run of the machine that comes back makes the label NULL, which fails: not_null_violation.
COPIED = "23502"
CHECKOUT = """INSERT INTO portman.checkout (seat, path, instance, project, usr)
    VALUES (%s::uuid, %s, %s, %s, %s)
    ON CONFLICT (seat, path, instance) DO UPDATE SET project = excluded.project, usr = excluded.usr
    """
GRANT = """INSERT INTO portman.lease AS l
    (space, protocol, port, checkout, service, position, expires_at)
    SELECT %s, p, n, c.id, v, at, clock_timestamp() + make_interval(secs => %s)
    FROM portman.checkout c, unnest(%s::text[], %s::int[], %s::text[], %s::int[]) AS u (p, n, v, at)
    WHERE (c.seat, c.path, c.instance) = (%s::uuid, %s::bytea, %s)
    ON CONFLICT (space, protocol, port) DO UPDATE SET service = excluded.service,
    position = excluded.position, expires_at = excluded.expires_at,
    given_at = CASE WHEN l.service = excluded.service THEN l.given_at ELSE excluded.given_at END
    WHERE l.checkout = excluded.checkout"""
#: UNIQUE is behind the lock: a number that another checkout has was not updated, and this fails
#: (division_by_zero).
IS_GRANTED = f"""SELECT 1 / (count(*) = %s)::int FROM portman.lease l
    JOIN {_PAIRS} ON (l.protocol, l.port) = (u.p, u.n)
    WHERE l.space = %s AND l.checkout = {_CHECKOUT}"""
NOT_GRANTED = "22012"
RENEW = f"""UPDATE portman.lease SET expires_at = clock_timestamp() + make_interval(secs => %s)
    WHERE space = %s AND checkout = {_CHECKOUT}"""
RELEASE = f"""DELETE FROM portman.lease l USING portman.checkout c, {_PAIRS}
    WHERE c.id = l.checkout AND c.seat = %s::uuid AND l.space = %s
    AND (l.protocol, l.port) = (u.p, u.n)"""
#: Of the session, so it outlives the transaction; taken before others can see the owner.
HOLD = "SELECT pg_advisory_lock_shared(%s)"
OWNED = f"UPDATE portman.checkout SET owned = %s WHERE id = {_CHECKOUT}"
DROP_OWNER = f"DELETE FROM portman.owner WHERE token = %s AND checkout = {_CHECKOUT}"
ADD_OWNER = f"""INSERT INTO portman.owner (checkout, token, key, epoch)
    SELECT id, %s, %s, %s FROM portman.checkout WHERE id = {_CHECKOUT}"""
DROP_OWNERS = f"DELETE FROM portman.owner WHERE checkout = {_CHECKOUT}"
#: The names that other machines have, as of now.
NAMES = """SELECT n.kind, n.name, s.label, c.path, c.instance FROM portman.name n
    JOIN portman.checkout c ON c.id = n.checkout JOIN portman.seat s ON s.id = c.seat
    WHERE n.space = %s AND s.id <> %s::uuid AND n.expires_at > clock_timestamp()"""
END_NAMES = "DELETE FROM portman.name WHERE space = %s AND expires_at <= clock_timestamp()"
#: Between checkouts of one seat its local ledger decides.
DROP_NAMES = """DELETE FROM portman.name n USING portman.checkout c
    WHERE n.space = %s AND c.id = n.checkout AND c.seat = %s::uuid
    AND ((c.path, c.instance) = (%s::bytea, %s)
    OR (n.kind, n.name) IN (SELECT unnest(%s::text[]), unnest(%s::text[])))"""
ADD_NAMES = """INSERT INTO portman.name (space, kind, name, checkout, expires_at)
    SELECT %s, k, n, c.id, clock_timestamp() + make_interval(secs => %s)
    FROM unnest(%s::text[], %s::text[]) AS u (k, n), portman.checkout c
    WHERE (c.seat, c.path, c.instance) = (%s::uuid, %s::bytea, %s) ON CONFLICT DO NOTHING"""
COUNT = "UPDATE portman.space SET counter = counter + 1 WHERE name = ANY(%s::text[])"
