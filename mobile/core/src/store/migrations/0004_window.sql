-- What the app's window asks besides.

-- The pairing, and what the last exchanges said, for people: by this handheld's clock.
ALTER TABLE pairing ADD COLUMN handheld_name TEXT NOT NULL DEFAULT '';
ALTER TABLE pairing ADD COLUMN certificate_sha256 BLOB; -- the one certificate that is trusted
ALTER TABLE pairing ADD COLUMN clock_offset_ms INTEGER; -- this handheld's clock less the server's
ALTER TABLE pairing ADD COLUMN pulled_at INTEGER;
ALTER TABLE pairing ADD COLUMN receipt_at INTEGER;
ALTER TABLE sync_failure ADD COLUMN server_code TEXT;   -- the server's word for it, where it had one

-- Recordings for training. They may hold telegrams of anybody, so they lie where nobody else reads them.
CREATE TABLE recordings (
    digest BLOB PRIMARY KEY,
    name   TEXT NOT NULL,
    bytes  BLOB NOT NULL
) STRICT;

-- Pictures of photo events. `photos` names those that versions before this one left in the open.
CREATE TABLE pictures (
    event BLOB PRIMARY KEY REFERENCES events (id),
    bytes BLOB NOT NULL
) STRICT;

-- What a telegram says of its meter's health: codes with a space between them. Derived anew.
ALTER TABLE decodings ADD COLUMN alarms TEXT NOT NULL DEFAULT '';
UPDATE decodings SET decoder_version = 0;

-- How often a line's meter was heard damaged: a count, and no fact that travels.
CREATE TABLE damaged (
    tour_meter BLOB PRIMARY KEY,
    tour       BLOB NOT NULL,
    times      INTEGER NOT NULL,
    last_at    INTEGER NOT NULL
) STRICT;
