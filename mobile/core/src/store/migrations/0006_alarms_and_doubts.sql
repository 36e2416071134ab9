-- `alarms` also says what a meter only remembers, and since when and until when, such as
-- `tamper:past:since=2026-10-01`. When a value was taken, whether its record says so itself, and whether it
-- may be another than the one that the meter shows. Derived anew.
ALTER TABLE readings ADD COLUMN value_date TEXT;
ALTER TABLE readings ADD COLUMN is_history INTEGER NOT NULL DEFAULT 0;
ALTER TABLE readings ADD COLUMN is_doubtful INTEGER NOT NULL DEFAULT 0;
UPDATE decodings SET decoder_version = 0;
