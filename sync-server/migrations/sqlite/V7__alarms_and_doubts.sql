-- What a telegram says of its meter's health: a JSON list of texts such as `leak` or
-- `tamper:past:since=2026-10-01`.
ALTER TABLE decode_states ADD COLUMN alarms TEXT NOT NULL DEFAULT '[]';

-- `is_history` is 1 where the record carries the date of its value itself, `is_doubtful` where the value
-- may be another than the one that the meter shows.
ALTER TABLE readings ADD COLUMN is_history INTEGER NOT NULL DEFAULT 0;
ALTER TABLE readings ADD COLUMN is_doubtful INTEGER NOT NULL DEFAULT 0;

-- Everything is decoded again, which fills the new columns.
UPDATE decode_states SET decoder_version = 0;
