-- The tables on the ledger server (their rights: ledger/shared/schema.py), as in ledger.sql.

--- 1
CREATE SCHEMA portman

REVOKE ALL ON SCHEMA portman FROM PUBLIC

CREATE TABLE portman.meta (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version int NOT NULL,
    reads_from int NOT NULL,
    ledger uuid NOT NULL DEFAULT gen_random_uuid())

-- Emptied by a crash and by a promotion, kept by a clean restart: with the start of the server
-- it says in which life of the server a session had its locks.
CREATE UNLOGGED TABLE portman.epoch (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    id uuid NOT NULL DEFAULT gen_random_uuid())

-- A port space. `boot` and `netns` say which one a host's is, as its kernel does; `counter`
-- rises with every change, so a client sees a server that has lost some.
CREATE TABLE portman.space (
    name text PRIMARY KEY,
    boot text,
    netns bigint,
    boots text[] NOT NULL DEFAULT '{}',
    counter bigint NOT NULL DEFAULT 0,
    UNIQUE (boot, netns))

-- What an engine is called by addresses, and, by the hand of an owner, by another engine's id.
CREATE TABLE portman.alias (
    name text PRIMARY KEY,
    space text NOT NULL REFERENCES portman.space)

CREATE TABLE portman.seat (
    id uuid PRIMARY KEY,
    label text NOT NULL,
    role name NOT NULL DEFAULT session_user,
    boot text NOT NULL,
    boots text[] NOT NULL DEFAULT '{}',
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp())

CREATE TABLE portman.checkout (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seat uuid NOT NULL REFERENCES portman.seat,
    path bytea NOT NULL,
    instance text NOT NULL,
    project bytea NOT NULL,
    usr bytea NOT NULL,
    role name NOT NULL DEFAULT session_user,
    owned boolean NOT NULL DEFAULT false,
    UNIQUE (seat, path, instance))

CREATE INDEX checkout_of_project ON portman.checkout (project, id)

CREATE TABLE portman.lease (
    space text NOT NULL REFERENCES portman.space,
    protocol text NOT NULL CHECK (protocol IN ('tcp', 'udp')),
    port int NOT NULL CHECK (port BETWEEN 1 AND 65535),
    checkout bigint NOT NULL REFERENCES portman.checkout ON DELETE CASCADE,
    service text NOT NULL,
    position int NOT NULL CHECK (position >= 0),
    role name NOT NULL DEFAULT session_user,
    given_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (space, protocol, port))

CREATE INDEX lease_of_checkout ON portman.lease (checkout)

CREATE INDEX lease_by_end ON portman.lease (space, expires_at)

-- The processes that an ephemeral checkout ends with: each holds the advisory lock `key`.
CREATE TABLE portman.owner (
    checkout bigint NOT NULL REFERENCES portman.checkout ON DELETE CASCADE,
    token text NOT NULL,
    key bigint NOT NULL,
    epoch text NOT NULL,
    role name NOT NULL DEFAULT session_user,
    PRIMARY KEY (checkout, token))

CREATE FUNCTION portman.epoch_now() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT extract(epoch FROM pg_postmaster_start_time())::text || ' ' || id
    FROM portman.epoch $$

-- Ended: it has owners, and each had its lock in this life of the server and has it no more.
CREATE FUNCTION portman.ended(asked bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT count(*) > 0 AND coalesce(bool_and(o.epoch = portman.epoch_now() AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.granted
        AND l.database = (SELECT oid FROM pg_catalog.pg_database
            WHERE datname = current_database())
        AND l.classid = (o.key >> 32)::oid AND l.objid = (o.key & 4294967295)::oid
        AND l.objsubid = 1)), false)
    FROM portman.owner o WHERE o.checkout = asked $$

INSERT INTO portman.epoch DEFAULT VALUES

--- 2
-- Names that an engine has once (Compose projects, containers, volumes, networks, tags, subnets).
CREATE TABLE IF NOT EXISTS portman.name (
    space text NOT NULL REFERENCES portman.space,
    kind text NOT NULL,
    name text NOT NULL,
    checkout bigint NOT NULL REFERENCES portman.checkout ON DELETE CASCADE,
    role name NOT NULL DEFAULT session_user,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (space, kind, name))

CREATE INDEX IF NOT EXISTS name_of_checkout ON portman.name (checkout)

CREATE INDEX IF NOT EXISTS owned_checkout ON portman.checkout (id) WHERE owned
