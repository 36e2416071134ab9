-- Who lives at a line of a tour, and when its meter sends, as far as the office says it.
ALTER TABLE tour_meters ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE tour_meters ADD COLUMN sends TEXT;
