-- Frames: what syslog writes around a line. lines -> source, line, wall, zone, host, tag, text.
-- The stamp itself was read with the bytes (stamps.py); here it is only stepped over. Lines without one
-- (zone < 0) are told as problems by the reader.
CREATE OR REPLACE TEMP VIEW frames AS
SELECT source, line, wall, zone, frame.host, frame.tag, frame.text
FROM (
    SELECT
        source, line, wall, zone,
        regexp_extract(
            text,
            '^(?:<\d{1,3}>)?(?:1 )?(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\d[T ][^ ]+) ([^ ]+) ([^ \[:]+)(?:\[\d+\])?: (.*)',
            ['host', 'tag', 'text']
        ) AS frame
    FROM lines
    WHERE zone >= 0
)
WHERE frame.tag <> '';
