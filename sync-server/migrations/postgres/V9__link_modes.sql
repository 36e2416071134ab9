-- In which link modes the meter of a line may send, as far as the office says it.
ALTER TABLE tour_meters ADD COLUMN link_modes TEXT;
