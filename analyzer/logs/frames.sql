-- Frames: what syslog writes around a line (RFC 3164, RFC 5424). The stamp itself was
-- read with the bytes (stamps.py); here it is only stepped over. Lines without one (zone < 0) are told as
-- problems by the reader. Patterns are one-pass for RE2: no two ways to read a byte, 10 times faster.
--   frames       lines -> source, line, wall, zone, host, tag, text
--   job_frames   only lines whose text begins with an id and a colon, as -> …, queue_id, text
CREATE OR REPLACE TEMP VIEW frames AS
SELECT source, line, wall, zone, frame.host, frame.tag, frame.text
FROM (
    SELECT
        source, line, wall, zone,
        regexp_extract(
            text,
            '^(?:<\d{1,3}>)?(?:1 )?(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|2\d{3}-\d\d-\d\d[T ][^ ]+) ([^ ]+) ([^ \[:]+)(?:(?:\[\d+\])?: | [^ ]+ [^ ]+ (?:-|(?:\[[^\]]*\])+) \x{FEFF}?)(.*)',
            ['host', 'tag', 'text']
        ) AS frame
    FROM lines
    WHERE zone >= 0
)
WHERE frame.tag <> '';

CREATE OR REPLACE TEMP VIEW job_frames AS
SELECT source, line, wall, zone, frame.host, frame.tag, frame.queue_id, frame.text
FROM (
    SELECT
        source, line, wall, zone,
        regexp_extract(
            text,
            '^(?:<\d{1,3}>)?(?:1 )?(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|2\d{3}-\d\d-\d\d[T ][^ ]+) ([^ ]+) ([^ \[:]+)(?:(?:\[\d+\])?: | [^ ]+ [^ ]+ (?:-|(?:\[[^\]]*\])+) \x{FEFF}?)([0-9A-Za-z]+): (.*)',
            ['host', 'tag', 'queue_id', 'text']
        ) AS frame
    FROM lines
    WHERE zone >= 0
)
WHERE frame.queue_id <> '';
