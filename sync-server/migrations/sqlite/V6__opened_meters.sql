-- Derived: meters of which a key opened a telegram, and when the latest such telegram first arrived.
CREATE TABLE opened_meters (
    meter TEXT PRIMARY KEY,
    opened_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Telegrams that no key opened, counted by meter.
CREATE INDEX decode_states_sealed ON decode_states (meter, status)
    WHERE status IN ('no_key', 'wrong_key', 'mac_failed');

-- Everything is decoded again, which fills the new table.
UPDATE decode_states SET decoder_version = 0;
