-- When this handheld took a reception in, by its own clock: what a reader calls "heard". The receiver's
-- clock in `received_at` may be years away, as a recording's is.
ALTER TABLE receptions ADD COLUMN taken_at INTEGER NOT NULL DEFAULT 0;
UPDATE receptions SET taken_at = received_at;
