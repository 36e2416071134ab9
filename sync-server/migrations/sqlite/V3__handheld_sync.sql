-- Up to which change of its feed a handheld was given changes, and how many items it last told to be
-- waiting in its outbox: none while it never told.
ALTER TABLE handhelds ADD COLUMN pulled_change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE handhelds ADD COLUMN waiting_items INTEGER;
