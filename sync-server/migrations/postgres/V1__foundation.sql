-- Instants are milliseconds since 1970-01-01T00:00:00Z; identities are UUIDs.
-- Texts that lead keys compare by bytes, as on SQLite.
-- The meter leads every key of what was heard, so that these tables can be distributed by it.

-- One row: where the database stands.
CREATE TABLE server_state (
    only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
    server_epoch BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    safe_commit BIGINT NOT NULL,
    key_check BYTEA,
    admin_password TEXT
);
INSERT INTO server_state (only_row, server_epoch, last_change, safe_commit) VALUES (1, 1, 0, 0);

CREATE TABLE admin_sessions (
    token_hash BYTEA PRIMARY KEY,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE pairing_codes (
    code_hash BYTEA PRIMARY KEY,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_by UUID
);

CREATE TABLE handhelds (
    replica UUID PRIMARY KEY,
    name TEXT NOT NULL,
    app_version TEXT NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    paired_at BIGINT NOT NULL,
    revoked_at BIGINT,
    last_seen BIGINT,
    clock_offset_ms BIGINT
);

CREATE TABLE tours (
    tour UUID PRIMARY KEY,
    name TEXT NOT NULL,
    due_date TEXT,
    meters BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    released_at BIGINT,
    change_no BIGINT NOT NULL
);

CREATE TABLE tour_meters (
    tour_meter UUID PRIMARY KEY,
    tour UUID NOT NULL REFERENCES tours (tour),
    position BIGINT NOT NULL,
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
    radio_id TEXT COLLATE "C",
    manufacturer TEXT,
    version BIGINT,
    device_type BIGINT,
    medium TEXT NOT NULL,
    due_date TEXT,
    previous_value TEXT,
    previous_date TEXT,
    low TEXT,
    high TEXT,
    factor TEXT,
    unit TEXT,
    digits BIGINT,
    note TEXT NOT NULL,
    extra TEXT NOT NULL,
    change_no BIGINT NOT NULL
);
CREATE INDEX tour_meters_by_tour ON tour_meters (tour, position);
CREATE INDEX tour_meters_by_radio_id ON tour_meters (radio_id);

CREATE TABLE tour_assignments (
    tour UUID NOT NULL REFERENCES tours (tour),
    replica UUID NOT NULL REFERENCES handhelds (replica),
    assigned_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    PRIMARY KEY (tour, replica)
);

-- What a handheld is to hear of: one row per thing, its number that of its latest change.
CREATE TABLE feed (
    replica UUID NOT NULL REFERENCES handhelds (replica),
    thing UUID NOT NULL,
    tour UUID NOT NULL REFERENCES tours (tour),
    tour_meter UUID REFERENCES tour_meters (tour_meter),
    change_no BIGINT NOT NULL,
    PRIMARY KEY (replica, thing)
);
CREATE INDEX feed_by_change ON feed (replica, change_no);

CREATE TABLE meter_keys (
    radio_id TEXT COLLATE "C" NOT NULL,
    fingerprint BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    imported_at BIGINT NOT NULL,
    PRIMARY KEY (radio_id, fingerprint)
);

CREATE TABLE batches (
    replica UUID NOT NULL,
    batch UUID NOT NULL,
    digest BYTEA NOT NULL,
    outcomes TEXT NOT NULL,
    commit_no BIGINT NOT NULL,
    arrived_at BIGINT NOT NULL,
    PRIMARY KEY (replica, batch)
);

-- The two addresses of each meter that was heard: its own and its radio's.
CREATE TABLE heard_meters (
    meter TEXT COLLATE "C" NOT NULL,
    link TEXT COLLATE "C" NOT NULL,
    meter_id TEXT COLLATE "C" NOT NULL,
    link_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (meter, link)
);
CREATE INDEX heard_meters_by_meter_id ON heard_meters (meter_id);
CREATE INDEX heard_meters_by_link_id ON heard_meters (link_id);

CREATE TABLE telegrams (
    meter TEXT COLLATE "C" NOT NULL,
    telegram BYTEA NOT NULL,
    frame BYTEA NOT NULL,
    commit_no BIGINT NOT NULL,
    arrived_at BIGINT NOT NULL,
    PRIMARY KEY (meter, telegram)
);
CREATE INDEX telegrams_by_id ON telegrams (telegram);

CREATE TABLE receptions (
    meter TEXT COLLATE "C" NOT NULL,
    reception UUID NOT NULL,
    telegram BYTEA NOT NULL,
    replica UUID NOT NULL,
    epoch UUID NOT NULL,
    session UUID NOT NULL,
    tour UUID NOT NULL,
    received_at BIGINT NOT NULL,
    time_source TEXT NOT NULL,
    boot UUID NOT NULL,
    monotonic_ms BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    rssi_dbm BIGINT,
    link_mode TEXT,
    receiver TEXT,
    commit_no BIGINT NOT NULL,
    arrived_at BIGINT NOT NULL,
    PRIMARY KEY (meter, reception),
    FOREIGN KEY (meter, telegram) REFERENCES telegrams (meter, telegram)
);
CREATE INDEX receptions_by_telegram ON receptions (meter, telegram);
CREATE INDEX receptions_by_tour ON receptions (tour, meter, telegram);

-- Receptions whose telegram comes in a batch that has not arrived: the meter is not known yet.
CREATE TABLE waiting_receptions (
    telegram BYTEA NOT NULL,
    reception UUID NOT NULL,
    replica UUID NOT NULL,
    epoch UUID NOT NULL,
    item BYTEA NOT NULL,
    commit_no BIGINT NOT NULL,
    arrived_at BIGINT NOT NULL,
    PRIMARY KEY (telegram, reception)
);

CREATE TABLE events (
    event UUID PRIMARY KEY,
    tour UUID NOT NULL,
    tour_meter UUID NOT NULL,
    replica UUID NOT NULL,
    epoch UUID NOT NULL,
    item BYTEA NOT NULL,
    commit_no BIGINT NOT NULL,
    arrived_at BIGINT NOT NULL
);
CREATE INDEX events_by_tour ON events (tour, tour_meter);

CREATE TABLE clock_samples (
    replica UUID NOT NULL,
    boot UUID NOT NULL,
    taken_at BIGINT NOT NULL,
    offset_ms BIGINT NOT NULL,
    round_trip_ms BIGINT NOT NULL,
    PRIMARY KEY (replica, boot, taken_at, offset_ms, round_trip_ms)
);

CREATE TABLE quarantine (
    replica UUID NOT NULL,
    batch UUID NOT NULL,
    position BIGINT NOT NULL,
    code TEXT NOT NULL,
    item BYTEA NOT NULL,
    commit_no BIGINT NOT NULL,
    arrived_at BIGINT NOT NULL,
    PRIMARY KEY (replica, batch, position)
);

-- Derived: what a decoder made of each telegram; `meter_status` is the status byte that it carried.
CREATE TABLE decode_states (
    meter TEXT COLLATE "C" NOT NULL,
    telegram BYTEA NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    meter_status BIGINT,
    decoder_version BIGINT NOT NULL,
    PRIMARY KEY (meter, telegram),
    FOREIGN KEY (meter, telegram) REFERENCES telegrams (meter, telegram)
);
CREATE INDEX decode_states_by_version ON decode_states (decoder_version);

-- Derived: the values. `value` is the exact decimal as text; `is_plain` is 0 where a qualifier makes
-- it another value than its quantity says, such as a limit.
CREATE TABLE readings (
    meter TEXT COLLATE "C" NOT NULL,
    telegram BYTEA NOT NULL,
    record BIGINT NOT NULL,
    quantity TEXT NOT NULL,
    unit TEXT NOT NULL,
    value TEXT,
    value_type TEXT NOT NULL,
    storage BIGINT NOT NULL,
    tariff BIGINT NOT NULL,
    subunit BIGINT NOT NULL,
    function TEXT NOT NULL,
    value_date TEXT,
    qualifiers TEXT NOT NULL,
    is_plain BIGINT NOT NULL,
    warnings TEXT NOT NULL,
    decoder_version BIGINT NOT NULL,
    PRIMARY KEY (meter, telegram, record),
    FOREIGN KEY (meter, telegram) REFERENCES telegrams (meter, telegram)
);

-- Values that the office puts beside what was read, with who and why.
CREATE TABLE corrections (
    correction UUID PRIMARY KEY,
    tour UUID NOT NULL REFERENCES tours (tour),
    tour_meter UUID NOT NULL REFERENCES tour_meters (tour_meter),
    quantity TEXT NOT NULL,
    value TEXT NOT NULL,
    unit TEXT NOT NULL,
    value_date TEXT,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX corrections_by_tour ON corrections (tour, at);

CREATE TABLE audit (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
