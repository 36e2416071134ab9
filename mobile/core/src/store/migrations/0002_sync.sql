-- The sync with the server: which facts wait, which are on their way, which the server has.

-- One row per fact, in the order in which facts were taken in. The triggers below make it in the
-- transaction that keeps the fact itself, so that no fact can be forgotten.
CREATE TABLE sync_fact (
    position      INTEGER PRIMARY KEY,
    kind          INTEGER NOT NULL, -- 0 telegram, 1 reception, 2 event
    id            BLOB NOT NULL,
    epoch         BLOB NOT NULL,    -- the life of this database that took it in
    batch         BLOB,             -- the batch of the outbox that it is in …
    item          INTEGER,          -- … and its place there
    server_epoch  INTEGER,          -- its receipt: which life of the server's database took it,
    commit_number INTEGER,          -- in which commit,
    receipted_at  INTEGER,          -- when by the server's clock,
    outcome       TEXT,             -- 'accepted', 'duplicate', or why the server keeps it aside
    safe          INTEGER NOT NULL DEFAULT 0,
    refused       TEXT,             -- why it fits into no batch
    UNIQUE (kind, id)
) STRICT;
CREATE INDEX sync_fact_waiting ON sync_fact (position)
    WHERE batch IS NULL AND server_epoch IS NULL AND refused IS NULL;
CREATE INDEX sync_fact_in_batch ON sync_fact (batch, item) WHERE batch IS NOT NULL;
CREATE INDEX sync_fact_not_safe ON sync_fact (server_epoch, commit_number)
    WHERE server_epoch IS NOT NULL AND safe = 0;

CREATE TRIGGER telegram_waits AFTER INSERT ON telegrams BEGIN
    INSERT INTO sync_fact (kind, id, epoch)
        VALUES (0, NEW.id, (SELECT value FROM meta WHERE key = 'epoch'));
END;
CREATE TRIGGER reception_waits AFTER INSERT ON receptions BEGIN
    INSERT INTO sync_fact (kind, id, epoch)
        VALUES (1, NEW.id, (SELECT value FROM meta WHERE key = 'epoch'));
END;
CREATE TRIGGER event_waits AFTER INSERT ON events BEGIN
    INSERT INTO sync_fact (kind, id, epoch)
        VALUES (2, NEW.id, (SELECT value FROM meta WHERE key = 'epoch'));
END;

CREATE TRIGGER telegram_is_gone AFTER DELETE ON telegrams BEGIN
    DELETE FROM sync_fact WHERE kind = 0 AND id = OLD.id;
END;
CREATE TRIGGER reception_is_gone AFTER DELETE ON receptions BEGIN
    DELETE FROM sync_fact WHERE kind = 1 AND id = OLD.id;
END;
CREATE TRIGGER event_is_gone AFTER DELETE ON events BEGIN
    DELETE FROM sync_fact WHERE kind = 2 AND id = OLD.id;
END;

-- What was kept before this version waits, too.
INSERT INTO sync_fact (kind, id, epoch)
    SELECT kind, id, meta.value
    FROM (SELECT 0 AS kind, id, rowid AS place FROM telegrams
          UNION ALL SELECT 1, id, sequence FROM receptions
          UNION ALL SELECT 2, id, sequence FROM events), meta
    WHERE meta.key = 'epoch'
    ORDER BY kind <> 0, place;

-- Batches that were cut and have no receipt. A row never changes but for `attempts`.
CREATE TABLE outbox (
    batch          BLOB PRIMARY KEY,
    replica        BLOB NOT NULL,
    first_position INTEGER NOT NULL,
    items          INTEGER NOT NULL,
    digest         BLOB NOT NULL,
    body           BLOB NOT NULL,
    attempts       INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The failures since the last receipt; no row while all is well.
CREATE TABLE sync_failure (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    failures      INTEGER NOT NULL,
    code          TEXT NOT NULL,
    message       TEXT NOT NULL,
    failing_since INTEGER NOT NULL,
    boot          BLOB NOT NULL,
    due_ms        INTEGER NOT NULL, -- on the monotonic clock of that boot
    delay_ms      INTEGER NOT NULL
) STRICT;

-- Comparisons with the server's clock that it does not have yet.
CREATE TABLE clock_sample (
    id            INTEGER PRIMARY KEY,
    boot          BLOB NOT NULL,
    taken_at      INTEGER NOT NULL,
    offset_ms     INTEGER NOT NULL,
    round_trip_ms INTEGER NOT NULL,
    batch         BLOB
) STRICT;

CREATE TABLE pairing (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    server_url     TEXT NOT NULL,
    server_name    TEXT NOT NULL,
    replica        BLOB NOT NULL,
    token          TEXT NOT NULL,
    ca_pem         TEXT,
    refused        TEXT,
    server_epoch   INTEGER,
    safe_commit    INTEGER NOT NULL DEFAULT 0,
    server_time    INTEGER,
    max_items      INTEGER NOT NULL,
    max_body_bytes INTEGER NOT NULL,
    item_limit     INTEGER NOT NULL
) STRICT;

-- The pages of a full refetch, until the last one is here and all take effect at once.
CREATE TABLE feed_shadow (
    page    INTEGER PRIMARY KEY,
    changes TEXT NOT NULL -- JSON array of sync_protocol::Change
) STRICT;
