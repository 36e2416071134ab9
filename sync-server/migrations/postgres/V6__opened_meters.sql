-- Derived: meters of which a key opened a telegram, and when the latest such telegram first arrived.
CREATE TABLE opened_meters (
    meter TEXT COLLATE "C" PRIMARY KEY,
    opened_at BIGINT NOT NULL
);

-- Telegrams that no key opened, counted by meter.
CREATE INDEX decode_states_sealed ON decode_states (meter, status)
    WHERE status IN ('no_key', 'wrong_key', 'mac_failed');

-- Everything is decoded again, which fills the new table.
UPDATE decode_states SET decoder_version = 0;
