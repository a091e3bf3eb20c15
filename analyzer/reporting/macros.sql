-- What the queries of reports may use, beside the tables and views of the store.

-- A reply with what differs from one message to the next masked, so that equal replies group.
-- Codes, words and links stay; the order of the steps matters.
CREATE OR REPLACE TEMP MACRO template(reply) AS
    regexp_replace(
    regexp_replace(
    regexp_replace(
    regexp_replace(
    regexp_replace(
    regexp_replace(
        left(reply, 1000),
        '<?[^\s<>@,;:"()]+@[^\s<>@,;:"()]+\w>?', '{address}', 'g'),
        '\[?\b\d{1,3}(?:\.\d{1,3}){3}\b\]?', '{ip}', 'g'),
        '(?i)\[?\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f:]*\b\]?', '{ip}', 'g'),
        '(?i)(^|[^/\w.@-])(?:[a-z0-9_-]+\.)+(?:[a-z]{2,})\b', '\1{host}', 'g'),
        -- ids: mixed letters and digits, long
        '(^|[^/\w.{=?&-])[A-Za-z_-]*\d[A-Za-z_-]*\d[\w-]*[A-Za-z][\w.=-]{6,}', '\1{id}', 'g'),
        '\b\d{4,}\b', '{number}', 'g');
