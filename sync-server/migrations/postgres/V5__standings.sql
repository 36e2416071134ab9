-- When something of a tour changed last that the office sees.
ALTER TABLE tours ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
UPDATE tours SET changed_at = created_at;

-- When a handheld was last given a tour, and when its latest facts of the tour arrived.
CREATE TABLE tour_contacts (
    tour UUID NOT NULL,
    replica UUID NOT NULL,
    pulled_at BIGINT,
    pushed_at BIGINT,
    PRIMARY KEY (tour, replica)
);
INSERT INTO tour_contacts (tour, replica, pushed_at)
    SELECT tour, replica, MAX(arrived_at)
    FROM (SELECT tour, replica, arrived_at FROM receptions
          UNION ALL SELECT tour, replica, arrived_at FROM events) AS facts
    GROUP BY tour, replica;

-- Derived: how each line of a tour stands, `standing` as JSON. A line without a row is open.
CREATE TABLE line_standings (
    tour UUID NOT NULL,
    tour_meter UUID NOT NULL,
    state TEXT NOT NULL,
    has_alarm BIGINT NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (tour, tour_meter)
);

-- Lines whose standing is to be derived again: facts, keys or a decoder came.
CREATE TABLE stale_lines (
    tour_meter UUID PRIMARY KEY
);
INSERT INTO stale_lines (tour_meter) SELECT tour_meter FROM tour_meters;
