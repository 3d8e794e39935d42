-- The tables of the ledger: what leads from each version of them to the next. A line of three
-- dashes begins a step, an empty line a statement; other comments are left out when it is read.
-- Text columns also take BLOBs: a path that is no UTF-8 is kept byte for byte.

--- 1
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value
) WITHOUT ROWID

CREATE TABLE checkout (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    instance TEXT NOT NULL,
    project TEXT NOT NULL,
    repository TEXT,
    is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1)),
    user TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    UNIQUE (path, instance)
)

CREATE TABLE lease (
    scope TEXT NOT NULL,
    protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')),
    port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    checkout_id INTEGER NOT NULL REFERENCES checkout (id),
    service TEXT NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    given_at INTEGER NOT NULL,
    PRIMARY KEY (scope, protocol, port)
) WITHOUT ROWID

CREATE INDEX lease_by_checkout ON lease (checkout_id, scope, service)

CREATE TABLE former (
    path TEXT NOT NULL,
    instance TEXT NOT NULL,
    scope TEXT NOT NULL,
    service TEXT NOT NULL,
    port INTEGER NOT NULL,
    size INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    PRIMARY KEY (path, instance, scope, service)
) WITHOUT ROWID

--- 2
-- who an instance that ends with its programs belongs to (`run --ephemeral`)
CREATE TABLE owner (
    path TEXT NOT NULL,
    instance TEXT NOT NULL,
    token TEXT NOT NULL,
    PRIMARY KEY (path, instance, token)
) WITHOUT ROWID

--- 3
-- names that one engine has once: Compose projects, containers, volumes, networks, tags
CREATE TABLE engine_name (
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    instance TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    PRIMARY KEY (scope, kind, name)
) WITHOUT ROWID

--- 4
-- which folder a checkout was (two containers may have two at one path), and the ports that
-- a service had in every size it had
ALTER TABLE checkout RENAME TO checkout_3

CREATE TABLE checkout (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,
    instance TEXT NOT NULL,
    project TEXT NOT NULL,
    repository TEXT,
    is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1)),
    user TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    place TEXT NOT NULL,
    UNIQUE (path, instance, place)
)

INSERT INTO checkout SELECT id, path, instance, project, repository, is_primary, user,
    made_at, used_at, '' FROM checkout_3

ALTER TABLE lease RENAME TO lease_3

CREATE TABLE lease (
    scope TEXT NOT NULL,
    protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')),
    port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    checkout_id INTEGER NOT NULL REFERENCES checkout (id),
    service TEXT NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    given_at INTEGER NOT NULL,
    PRIMARY KEY (scope, protocol, port)
) WITHOUT ROWID

INSERT INTO lease SELECT scope, protocol, port, checkout_id, service, position, given_at
    FROM lease_3

DROP TABLE lease_3

DROP TABLE checkout_3

CREATE INDEX lease_by_checkout ON lease (checkout_id, scope, service)

ALTER TABLE former RENAME TO former_3

CREATE TABLE former (
    path TEXT NOT NULL,
    instance TEXT NOT NULL,
    scope TEXT NOT NULL,
    service TEXT NOT NULL,
    port INTEGER NOT NULL,
    size INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    PRIMARY KEY (path, instance, scope, service, size)
) WITHOUT ROWID

INSERT INTO former SELECT path, instance, scope, service, port, size, ended_at
    FROM former_3

DROP TABLE former_3

--- 5
-- the log: what became of a service's port, why, and who asked
CREATE TABLE log (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    path TEXT NOT NULL,
    instance TEXT NOT NULL,
    scope TEXT NOT NULL,
    service TEXT NOT NULL,
    port INTEGER NOT NULL,
    size INTEGER NOT NULL,
    was INTEGER,
    why TEXT NOT NULL,
    branch TEXT NOT NULL,
    command TEXT NOT NULL,
    pid INTEGER NOT NULL,
    user TEXT NOT NULL,
    agent TEXT NOT NULL,
    session TEXT NOT NULL,
    terminal TEXT NOT NULL
)

--- 6
-- owners, former ports and names by folder, like leases; engines by their own identity:
-- `space` is the port space of what was spelled `scope`
ALTER TABLE owner RENAME TO owner_5

CREATE TABLE owner (
    checkout_id INTEGER NOT NULL REFERENCES checkout (id),
    token TEXT NOT NULL,
    PRIMARY KEY (checkout_id, token)
) WITHOUT ROWID

-- Of two folders at one path it is unknown which had owners: doubt is life.
INSERT INTO owner SELECT max(id), token FROM owner_5 JOIN checkout USING (path, instance)
    GROUP BY path, instance, token HAVING count(*) = 1

DROP TABLE owner_5

ALTER TABLE former RENAME TO former_5

CREATE TABLE former (
    path TEXT NOT NULL,
    instance TEXT NOT NULL,
    place TEXT NOT NULL,
    scope TEXT NOT NULL,
    service TEXT NOT NULL,
    size INTEGER NOT NULL,
    port INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    PRIMARY KEY (path, instance, place, scope, service, size)
) WITHOUT ROWID

INSERT INTO former SELECT path, instance, '', scope, service, size, port, ended_at
    FROM former_5

DROP TABLE former_5

ALTER TABLE engine_name RENAME TO engine_name_5

CREATE TABLE engine_name (
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    instance TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (scope, kind, name)
) WITHOUT ROWID

INSERT INTO engine_name SELECT scope, kind, name, path, instance, given_at, ''
    FROM engine_name_5

DROP TABLE engine_name_5

CREATE TABLE engine (
    scope TEXT NOT NULL PRIMARY KEY,
    identity TEXT NOT NULL,
    space TEXT NOT NULL
) WITHOUT ROWID

--- 7
-- leases that a server decides: until when it vouches for them, and what it has not heard.
-- The triggers keep the rule that every change obeys: the server frees a number only after
-- this ledger has forgotten it.
CREATE TABLE vouched (
    checkout_id INTEGER NOT NULL REFERENCES checkout (id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    space TEXT NOT NULL,
    server TEXT NOT NULL,
    ledger TEXT NOT NULL,
    counter INTEGER NOT NULL,
    boot TEXT NOT NULL,
    sent INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (checkout_id, scope)
) WITHOUT ROWID

CREATE TABLE released (
    space TEXT NOT NULL,
    protocol TEXT NOT NULL,
    port INTEGER NOT NULL,
    PRIMARY KEY (space, protocol, port)
) WITHOUT ROWID

CREATE TRIGGER lease_ended AFTER DELETE ON lease BEGIN
    INSERT OR IGNORE INTO released SELECT space, old.protocol, old.port FROM vouched
    WHERE checkout_id = old.checkout_id AND scope = old.scope; END

CREATE TRIGGER lease_given AFTER INSERT ON lease BEGIN
    DELETE FROM released WHERE (protocol, port) = (new.protocol, new.port) AND space IN
    (SELECT space FROM vouched WHERE checkout_id = new.checkout_id AND scope = new.scope);
    END
