-- What the handheld knows: tours, walks, and the facts of its walks.
-- Identities are 16-byte blobs, instants milliseconds since 1970 (UTC), values exact decimals as text.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tours (
    id           BLOB PRIMARY KEY,
    name         TEXT NOT NULL,
    meters       INTEGER NOT NULL,
    due_date     TEXT,
    withdrawn    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- A line may come before its tour, so nothing refers to `tours`.
CREATE TABLE tour_meters (
    id             BLOB PRIMARY KEY,
    tour           BLOB NOT NULL,
    position       INTEGER NOT NULL,
    site           TEXT NOT NULL,
    street         TEXT NOT NULL,
    house          TEXT NOT NULL,
    entrance       TEXT NOT NULL,
    floor          TEXT NOT NULL,
    flat           TEXT NOT NULL,
    place          TEXT NOT NULL,
    customer_ref   TEXT NOT NULL,
    account_ref    TEXT NOT NULL,
    meter_number   TEXT NOT NULL,
    radio_id       TEXT,
    manufacturer   TEXT,
    version        INTEGER,
    device_type    INTEGER,
    medium         TEXT NOT NULL,
    meter_key      BLOB,
    due_date       TEXT,
    previous_value TEXT,
    previous_date  TEXT,
    low            TEXT,
    high           TEXT,
    factor         TEXT,
    unit           TEXT,
    digits         INTEGER,
    note           TEXT NOT NULL,
    extra          TEXT NOT NULL
) STRICT;
CREATE INDEX tour_meters_in_order ON tour_meters (tour, position, id);

-- Walks. Of foreign telegrams there is this count and nothing else.
CREATE TABLE sessions (
    id                   BLOB PRIMARY KEY,
    tour                 BLOB NOT NULL,
    started_at           INTEGER NOT NULL,
    started_boot         BLOB NOT NULL,
    started_monotonic_ms INTEGER NOT NULL,
    ended_at             INTEGER,
    foreign_frames       INTEGER NOT NULL DEFAULT 0,
    rejected_lines       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX one_open_walk_per_tour ON sessions (tour) WHERE ended_at IS NULL;

-- How much of a recording a walk has taken in, so that a killed replay goes on where it was.
CREATE TABLE replay_positions (
    session   BLOB NOT NULL REFERENCES sessions (id),
    recording BLOB NOT NULL,
    line      INTEGER NOT NULL,
    PRIMARY KEY (session, recording)
) STRICT, WITHOUT ROWID;

-- Facts: never changed; deleted only once they are safe on the server.
CREATE TABLE telegrams (
    id    BLOB PRIMARY KEY,
    frame BLOB NOT NULL,
    link  TEXT NOT NULL,
    meter TEXT NOT NULL
) STRICT;

CREATE TABLE receptions (
    sequence     INTEGER PRIMARY KEY,
    id           BLOB NOT NULL UNIQUE,
    telegram     BLOB NOT NULL REFERENCES telegrams (id),
    session      BLOB NOT NULL REFERENCES sessions (id),
    tour         BLOB NOT NULL,
    received_at  INTEGER NOT NULL,
    time_source  INTEGER NOT NULL,
    boot         BLOB NOT NULL,
    monotonic_ms INTEGER NOT NULL,
    rssi_dbm     INTEGER,
    link_mode    TEXT,
    receiver     TEXT
) STRICT;
CREATE INDEX receptions_of_telegram ON receptions (telegram);
CREATE INDEX receptions_of_tour ON receptions (tour, sequence);

CREATE TABLE events (
    sequence     INTEGER PRIMARY KEY,
    id           BLOB NOT NULL UNIQUE,
    session      BLOB NOT NULL REFERENCES sessions (id),
    tour         BLOB NOT NULL,
    tour_meter   BLOB NOT NULL,
    at           INTEGER NOT NULL,
    boot         BLOB NOT NULL,
    monotonic_ms INTEGER NOT NULL,
    supersedes   BLOB,
    kind         BLOB NOT NULL -- sync_protocol::EventKind as CBOR
) STRICT;
CREATE INDEX events_of_tour ON events (tour, sequence);

-- Where the picture of a photo event lies on this handheld.
CREATE TABLE photos (
    event BLOB PRIMARY KEY REFERENCES events (id),
    path  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Derived from telegrams, keys and the decoder; can be dropped and derived again.
CREATE TABLE decodings (
    telegram        BLOB PRIMARY KEY REFERENCES telegrams (id) ON DELETE CASCADE,
    decoder_version INTEGER NOT NULL,
    outcome         TEXT NOT NULL -- 'records', or why there are none
) STRICT, WITHOUT ROWID;

CREATE TABLE readings (
    telegram        BLOB NOT NULL REFERENCES telegrams (id) ON DELETE CASCADE,
    position        INTEGER NOT NULL,
    decoder_version INTEGER NOT NULL,
    quantity        TEXT NOT NULL,
    unit            TEXT NOT NULL,
    kind            TEXT NOT NULL, -- number, date, date_time, time, text, flags
    value           TEXT NOT NULL,
    storage_number  INTEGER NOT NULL,
    tariff          INTEGER NOT NULL,
    subunit         INTEGER NOT NULL,
    function        TEXT NOT NULL,
    qualifiers      TEXT NOT NULL,
    PRIMARY KEY (telegram, position)
) STRICT, WITHOUT ROWID;
