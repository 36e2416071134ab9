-- Instants are milliseconds since 1970-01-01T00:00:00Z; identities are UUIDs in 16 bytes.
-- The meter leads every key of what was heard, so that these tables can be distributed by it.

-- One row: where the database stands.
CREATE TABLE server_state (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    server_epoch INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    safe_commit INTEGER NOT NULL,
    key_check BLOB,
    admin_password TEXT
) STRICT;
INSERT INTO server_state (only_row, server_epoch, last_change, safe_commit) VALUES (1, 1, 0, 0);

CREATE TABLE admin_sessions (
    token_hash BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pairing_codes (
    code_hash BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_by BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE handhelds (
    replica BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    app_version TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    paired_at INTEGER NOT NULL,
    revoked_at INTEGER,
    last_seen INTEGER,
    clock_offset_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE tours (
    tour BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    due_date TEXT,
    meters INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    released_at INTEGER,
    change_no INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tour_meters (
    tour_meter BLOB PRIMARY KEY,
    tour BLOB NOT NULL REFERENCES tours (tour),
    position INTEGER NOT NULL,
    site TEXT NOT NULL,
    street TEXT NOT NULL,
    house TEXT NOT NULL,
    entrance TEXT NOT NULL,
    floor TEXT NOT NULL,
    flat TEXT NOT NULL,
    place TEXT NOT NULL,
    customer_ref TEXT NOT NULL,
    account_ref TEXT NOT NULL,
    meter_number TEXT NOT NULL,
    radio_id TEXT,
    manufacturer TEXT,
    version INTEGER,
    device_type INTEGER,
    medium TEXT NOT NULL,
    due_date TEXT,
    previous_value TEXT,
    previous_date TEXT,
    low TEXT,
    high TEXT,
    factor TEXT,
    unit TEXT,
    digits INTEGER,
    note TEXT NOT NULL,
    extra TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tour_meters_by_tour ON tour_meters (tour, position);
CREATE INDEX tour_meters_by_radio_id ON tour_meters (radio_id);

CREATE TABLE tour_assignments (
    tour BLOB NOT NULL REFERENCES tours (tour),
    replica BLOB NOT NULL REFERENCES handhelds (replica),
    assigned_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    PRIMARY KEY (tour, replica)
) STRICT, WITHOUT ROWID;

-- What a handheld is to hear of: one row per thing, its number that of its latest change.
CREATE TABLE feed (
    replica BLOB NOT NULL REFERENCES handhelds (replica),
    thing BLOB NOT NULL,
    tour BLOB NOT NULL REFERENCES tours (tour),
    tour_meter BLOB REFERENCES tour_meters (tour_meter),
    change_no INTEGER NOT NULL,
    PRIMARY KEY (replica, thing)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_by_change ON feed (replica, change_no);

CREATE TABLE meter_keys (
    radio_id TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    sealed BLOB NOT NULL,
    imported_at INTEGER NOT NULL,
    PRIMARY KEY (radio_id, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE batches (
    replica BLOB NOT NULL,
    batch BLOB NOT NULL,
    digest BLOB NOT NULL,
    outcomes TEXT NOT NULL,
    commit_no INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL,
    PRIMARY KEY (replica, batch)
) STRICT, WITHOUT ROWID;

-- The two addresses of each meter that was heard: its own and its radio's.
CREATE TABLE heard_meters (
    meter TEXT NOT NULL,
    link TEXT NOT NULL,
    meter_id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    PRIMARY KEY (meter, link)
) STRICT, WITHOUT ROWID;
CREATE INDEX heard_meters_by_meter_id ON heard_meters (meter_id);
CREATE INDEX heard_meters_by_link_id ON heard_meters (link_id);

CREATE TABLE telegrams (
    meter TEXT NOT NULL,
    telegram BLOB NOT NULL,
    frame BLOB NOT NULL,
    commit_no INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL,
    PRIMARY KEY (meter, telegram)
) STRICT, WITHOUT ROWID;
CREATE INDEX telegrams_by_id ON telegrams (telegram);

CREATE TABLE receptions (
    meter TEXT NOT NULL,
    reception BLOB NOT NULL,
    telegram BLOB NOT NULL,
    replica BLOB NOT NULL,
    epoch BLOB NOT NULL,
    session BLOB NOT NULL,
    tour BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    time_source TEXT NOT NULL,
    boot BLOB NOT NULL,
    monotonic_ms INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    rssi_dbm INTEGER,
    link_mode TEXT,
    receiver TEXT,
    commit_no INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL,
    PRIMARY KEY (meter, reception),
    FOREIGN KEY (meter, telegram) REFERENCES telegrams (meter, telegram)
) STRICT, WITHOUT ROWID;
CREATE INDEX receptions_by_telegram ON receptions (meter, telegram);
CREATE INDEX receptions_by_tour ON receptions (tour, meter, telegram);

-- Receptions whose telegram comes in a batch that has not arrived: the meter is not known yet.
CREATE TABLE waiting_receptions (
    telegram BLOB NOT NULL,
    reception BLOB NOT NULL,
    replica BLOB NOT NULL,
    epoch BLOB NOT NULL,
    item BLOB NOT NULL,
    commit_no INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL,
    PRIMARY KEY (telegram, reception)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    event BLOB PRIMARY KEY,
    tour BLOB NOT NULL,
    tour_meter BLOB NOT NULL,
    replica BLOB NOT NULL,
    epoch BLOB NOT NULL,
    item BLOB NOT NULL,
    commit_no INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_tour ON events (tour, tour_meter);

CREATE TABLE clock_samples (
    replica BLOB NOT NULL,
    boot BLOB NOT NULL,
    taken_at INTEGER NOT NULL,
    offset_ms INTEGER NOT NULL,
    round_trip_ms INTEGER NOT NULL,
    PRIMARY KEY (replica, boot, taken_at, offset_ms, round_trip_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    replica BLOB NOT NULL,
    batch BLOB NOT NULL,
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    item BLOB NOT NULL,
    commit_no INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL,
    PRIMARY KEY (replica, batch, position)
) STRICT, WITHOUT ROWID;

-- Derived: what a decoder made of each telegram; `meter_status` is the status byte that it carried.
CREATE TABLE decode_states (
    meter TEXT NOT NULL,
    telegram BLOB NOT NULL,
    status TEXT NOT NULL,
    meter_status INTEGER,
    decoder_version INTEGER NOT NULL,
    PRIMARY KEY (meter, telegram),
    FOREIGN KEY (meter, telegram) REFERENCES telegrams (meter, telegram)
) STRICT, WITHOUT ROWID;
CREATE INDEX decode_states_by_version ON decode_states (decoder_version);

-- Derived: the values. `value` is the exact decimal as text; `is_plain` is 0 where a qualifier makes
-- it another value than its quantity says, such as a limit.
CREATE TABLE readings (
    meter TEXT NOT NULL,
    telegram BLOB NOT NULL,
    record INTEGER NOT NULL,
    quantity TEXT NOT NULL,
    unit TEXT NOT NULL,
    value TEXT,
    value_type TEXT NOT NULL,
    storage INTEGER NOT NULL,
    tariff INTEGER NOT NULL,
    subunit INTEGER NOT NULL,
    function TEXT NOT NULL,
    value_date TEXT,
    qualifiers TEXT NOT NULL,
    is_plain INTEGER NOT NULL,
    warnings TEXT NOT NULL,
    decoder_version INTEGER NOT NULL,
    PRIMARY KEY (meter, telegram, record),
    FOREIGN KEY (meter, telegram) REFERENCES telegrams (meter, telegram)
) STRICT, WITHOUT ROWID;

-- Values that the office puts beside what was read, with who and why.
CREATE TABLE corrections (
    correction BLOB PRIMARY KEY,
    tour BLOB NOT NULL REFERENCES tours (tour),
    tour_meter BLOB NOT NULL REFERENCES tour_meters (tour_meter),
    quantity TEXT NOT NULL,
    value TEXT NOT NULL,
    unit TEXT NOT NULL,
    value_date TEXT,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX corrections_by_tour ON corrections (tour, at);

CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
