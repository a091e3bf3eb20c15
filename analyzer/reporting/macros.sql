-- What the queries of reports may use, beside the tables and views of the store.

-- A reply with what differs from one message to the next masked, so that equal replies group.
-- Codes, words and links stay. The steps, from the inside out: addresses, IPv4, IPv6, host names,
-- ids (letters mixed with digits), long numbers, short numbers that are no reply code.
CREATE OR REPLACE TEMP MACRO template(reply) AS
    regexp_replace(
    regexp_replace(
    regexp_replace(
    regexp_replace(
    regexp_replace(
    regexp_replace(
    regexp_replace(
        left(reply, 1000),
        '<?[^\s<>@,;:"()=]+@[^\s<>@,;:"()]+\w>?', '{address}', 'g'),
        '\[?\b\d{1,3}(?:\.\d{1,3}){3}\b\]?', '{ip}', 'g'),
        '(?i)\[?(?:ipv6:)?\b(?:[0-9a-f]{1,4}:){1,7}(?:(?:[0-9a-f]{1,4}:){3,6}[0-9a-f]{1,4}\b|(?::[0-9a-f]{1,4}){1,6}\b|:)\]?', '{ip}', 'g'),
        '(?i)(^|[^/\w.@-])(?:[a-z0-9_-]+\.)+(?:[a-z]{2,})\b', '\1{host}', 'g'),
        '(^|[^/\w.{?&-])(?:[A-Za-z_-]*\d[A-Za-z_-]+\d|[A-Za-z_-]+\d|\d+[A-Za-z_-]+\d)[\w.=-]{6,}', '\1{id}', 'g'),
        '(^|[^\w/=&?#.-])\d{4,}', '\1{number}', 'g'),
        '(^|[\s(:,])(?:\d{1,2}|[013-36-9]\d\d)([\s),;:]|$)', '\1{number}\2', 'g');
