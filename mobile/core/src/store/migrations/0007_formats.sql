-- The record headers that compact frames leave out, learnt from full frames.
CREATE TABLE formats (
    manufacturer TEXT NOT NULL,
    headers      BLOB NOT NULL,
    PRIMARY KEY (manufacturer, headers)
) STRICT, WITHOUT ROWID;

-- Everything is decoded again, which fills the new table.
UPDATE decodings SET decoder_version = 0;
