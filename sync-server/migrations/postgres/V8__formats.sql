-- Derived: the record headers that compact frames leave out, learnt from full frames.
CREATE TABLE formats (
    manufacturer TEXT COLLATE "C" NOT NULL,
    headers BYTEA NOT NULL,
    PRIMARY KEY (manufacturer, headers)
);

-- Compact frames that wait for their format.
CREATE INDEX decode_states_compact ON decode_states (meter, telegram) WHERE status = 'compact';

-- Everything is decoded again, which fills the new table.
UPDATE decode_states SET decoder_version = 0;
