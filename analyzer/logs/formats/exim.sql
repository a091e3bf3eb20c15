-- Exim main log (Exim specification, "Log files"), as its own file or through syslog.

CREATE OR REPLACE TEMP VIEW found AS
WITH framed AS (
    SELECT
        *,
        CASE WHEN text[11:11] = ' ' AND text[5:5] = '-' THEN regexp_extract(
            text,
            '^\d{4}-\d\d-\d\d [\d:.]+ (?:[+-]\d{4} )?(?:\[\d+\] )?([0-9A-Za-z]{6}-[0-9A-Za-z]{6}(?:[0-9A-Za-z]{5})?-[0-9A-Za-z]{2}(?:[0-9A-Za-z]{2})?) ([^ \n]+)(.*)',
            ['queue_id', 'flag', 'rest']
        ) ELSE struct_pack(queue_id := '', flag := '', rest := '') END AS own,
        -- Through syslog: its head, then often the line's own stamp too, then "[1/3] " where it was cut.
        CASE WHEN contains(text, ' exim') THEN regexp_extract(
            text,
            '^(?:<\d{1,3}>)?(?:1 )?(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\d[T ][^ ]+) ([^ ]+) exim[^ \[:]*(?:\[\d+\])?: (?:\[1[/\\]\d+\] )?(?:\d{4}-\d\d-\d\d [\d:.]+ )?(?:[+-]\d{4} )?(?:\[\d+\] )?(?:\[1[/\\]\d+\] )?([0-9A-Za-z]{6}-[0-9A-Za-z]{6}(?:[0-9A-Za-z]{5})?-[0-9A-Za-z]{2}(?:[0-9A-Za-z]{2})?) ([^ \n]+)(.*)',
            ['host', 'queue_id', 'flag', 'rest']
        ) ELSE struct_pack(host := '', queue_id := '', flag := '', rest := '') END AS sent
    FROM lines
    WHERE zone >= 0
),
told_apart AS (
    SELECT
        source, line, wall, zone,
        sent.host AS host,
        coalesce(nullif(own.queue_id, ''), sent.queue_id) AS queue_id,
        coalesce(nullif(own.flag, ''), sent.flag) AS flag,
        CASE WHEN own.flag <> '' THEN own.rest ELSE sent.rest END AS rest
    FROM framed
),
kinds AS (
    SELECT
        *,
        CASE
            WHEN flag = '<=' THEN 'start'
            WHEN flag IN ('=>', '->', '>>', '**', '==') THEN 'delivery'
            WHEN flag = 'Completed' THEN 'end'
        END AS kind
    FROM told_apart
),
read AS (
    SELECT
        *,
        CASE WHEN kind = 'start'
            THEN regexp_extract(rest, '^ (<>|[^ ]+)(?: .*?)??(?: id=([^ ]+).*)?$', ['sender', 'message_id']) END AS arrival,
        -- "address (through) <as the sender wrote it> fields": a local delivery names only the mailbox before the "<".
        CASE WHEN kind = 'delivery' THEN regexp_extract(
            rest,
            '^ (.*?)(?: \([^ ]*\))?(?: <([^>]*)>)?((?: (?:[A-Z]{1,4}=|defer \(|routing defer \().*|: .*)?)$',
            ['address', 'written', 'fields']
        ) END AS delivery
    FROM kinds
),
judged AS (
    SELECT
        *,
        CASE
            WHEN flag IN ('=>', '->', '>>') THEN 'delivered'
            WHEN flag = '==' THEN 'deferred'
            WHEN flag = '**' AND (
                contains(delivery.fields, ': retry timeout exceeded')
                OR contains(delivery.fields, 'have been failing for a long time')
            ) THEN 'expired'
            WHEN flag = '**' THEN 'bounced'
        END AS status,
        -- A file, a pipe or a bare mailbox is where it was put; the address is the one that led there.
        contains(delivery.address, '@') AND NOT regexp_matches(delivery.address, '^[/|]|[ ]') AS addressed
    FROM read
)
SELECT
    source, line, 0 AS part, wall, zone, host, '' AS instance, queue_id, kind,
    CASE arrival.sender WHEN '<>' THEN '' ELSE nullif(arrival.sender, '') END AS sender,
    nullif(rtrim(ltrim(arrival.message_id, '<'), '>'), '') AS message_id,
    CASE WHEN addressed OR delivery.written = '' THEN nullif(delivery.address, '') ELSE delivery.written END AS recipient,
    CASE WHEN addressed AND lower(delivery.written) <> lower(delivery.address)
        THEN nullif(delivery.written, '') END AS original_recipient,
    CASE WHEN kind = 'delivery' THEN nullif(regexp_extract(delivery.fields, ' H=([^\[]*\[[^\]]*\](?::\d+)?)', 1), '') END AS relay,
    status,
    NULL AS code,
    delivery.fields AS reply,
    coalesce(status = 'deferred' AND regexp_matches(delivery.fields, '(?i)retry time not (?:yet )?reached'), false) AS weak,
    CASE WHEN status = 'delivered'
        THEN nullif(regexp_extract(delivery.fields, ' C="250[^"]*(?: id=|queued as )([0-9A-Za-z-]+)', 1), '') END AS next_id,
    CASE WHEN kind = 'start' THEN base62_time(queue_id) END AS utc
FROM judged;

-- Exim writes bytes that are no ASCII as a backslash and three octal digits.
CREATE OR REPLACE TEMP MACRO unescaped(reply) AS CASE
    WHEN NOT regexp_matches(reply, '\\[23][0-7]{2}') THEN reply
    ELSE coalesce(try(url_decode(array_to_string([
        CASE WHEN nth > 1 AND regexp_matches(part, '^[23][0-7]{2}')
            THEN printf('%%%02X', CAST(part[1] AS INTEGER) * 64 + CAST(part[2] AS INTEGER) * 8 + CAST(part[3] AS INTEGER)) || part[4:]
            ELSE CASE WHEN nth > 1 THEN '\' ELSE '' END || part END
        FOR part, nth IN string_split(replace(reply, '%', '%25'), '\')
    ], ''))), reply)
END;

-- What the reply says. Fields come first (" R=dnslookup T=remote_smtp H=mx [ip] X=... CV=no"), then ": reason"; a
-- deferral has "defer (-44)" between, and may name the host after its errno: "defer (110): Connection timed out
-- H=mx [ip]: SMTP timeout after initial connection".
CREATE OR REPLACE TEMP VIEW told AS
WITH opened AS (
    SELECT
        *,
        CASE
            WHEN teller_status = 'delivered' THEN regexp_extract(reply, ' C="(.*)"(?: [A-Z]{1,3}=.*| Q.*)?$', 1)
            ELSE ''
        END AS accepted,
        CASE WHEN teller_status <> 'delivered' THEN regexp_extract(
            reply,
            '^(?: routing)?((?: [A-Z][A-Z0-9]{0,3}="(?:[^"\\]|\\.)*"| [A-Z][A-Z0-9]{0,3}=[^ ]*(?: \([^)]*\))?(?: \[[^\]]*\](?::\d+)?)?| (?:[KLM]\*?|PRDR|TFO\*?))*)(?: (?:routing )?defer \(-?\d+\))?((?: [A-Z][A-Z0-9]{0,3}=[^ ]*(?: \[[^\]]*\](?::\d+)?)?)*): (.*)$',
            ['fields', 'more', 'reason']
        ) END AS failed
    FROM final
),
reasoned AS (
    SELECT
        *,
        CASE WHEN teller_status = 'delivered' THEN accepted ELSE coalesce(nullif(failed.reason, ''), reply) END AS told_reason
    FROM opened
),
-- "Connection timed out H=mx [ip]: SMTP timeout after initial connection": errno first, then where.
turned AS (
    SELECT
        * EXCLUDE (told_reason),
        CASE WHEN contains(told_reason, ' H=') THEN regexp_replace(
            regexp_replace(told_reason, '^([^:]*?) H=[^ ]+ \[[^\]]*\](?::\d+)?(?:: [^ ]+ \[[^\]]*\](?::\d+)?)?$', '\1'),
            '^([^:]*?) H=[^ ]+ \[[^\]]*\](?::\d+)?: (.*)$', '\2: \1'
        ) ELSE told_reason END AS reason
    FROM reasoned
),
taken AS MATERIALIZED (
    SELECT
        *,
        CASE WHEN contains(reason, 'TP error from remote mail') OR contains(reason, 'TP protocol error') THEN regexp_extract(
            reason,
            '^(?:SMTP|LMTP) (?:protocol )?error (?:from remote mail(?:er| server) )?(?:after|in response to) (?:pipelined |sending )*(?:(?:RCPT TO|MAIL FROM):<[^>]*>[^:]*|[A-Za-z][^:]*): (?:host ([^ ]+) \[([^\]]*)\](?::\d+)?: )?(.*)$',
            ['host', 'ip', 'reply']
        ) END AS remote,
        regexp_extract(
            reason,
            ' (?:after|in response to) (?:pipelined |sending )*(RCPT TO|MAIL FROM|initial connection|end of data|data block|[A-Z]{4,})',
            1
        ) AS command,
        regexp_extract(relay, '^([^ \[]*) ?(?:\([^)]*\) )?\[([^\]]*)\]', ['host', 'ip']) AS relayed
    FROM turned
),
spoken AS (
    SELECT
        *,
        -- Line breaks of the reply are written as a backslash and n.
        regexp_replace(unescaped(coalesce(nullif(remote.reply, ''), reason)), '\\+n(\d{3}(?:[ -]|$))', ' \1', 'g') AS words
    FROM taken
),
coded AS MATERIALIZED (
    SELECT
        *,
        regexp_extract(words, '^(\d{3})(?:[ -](?:#?(\d\.\d{1,3}\.\d{1,3})\b)?|$)', ['code', 'enhanced']) AS first
    FROM spoken
)
SELECT
    * EXCLUDE (relay, code, reply, accepted, failed, reason, remote, relayed, words, command, first),
    lower(rtrim(coalesce(nullif(relayed.host, ''), nullif(remote.host, '')), '.')) AS remote_mta,
    coalesce(nullif(relayed.ip, ''), nullif(remote.ip, '')) AS remote_ip,
    CASE
        WHEN teller_status = 'delivered' THEN NULL
        WHEN command = 'RCPT TO' THEN 'rcpt'
        WHEN command = 'MAIL FROM' THEN 'mail'
        WHEN command IN ('end of data', 'BDAT', 'data block') THEN 'message'
        WHEN command = 'DATA' THEN 'data'
        WHEN command IN ('EHLO', 'HELO', 'LHLO') THEN 'ehlo'
        WHEN command = 'STARTTLS' THEN 'starttls'
        WHEN command = 'AUTH' THEN 'auth'
        WHEN command = 'initial connection' THEN 'connect'
        WHEN regexp_matches(reason, '(?i)\btls\b|certificate') THEN 'starttls'
        WHEN regexp_matches(reason, '(?i)^(?:connection (?:refused|timed out|reset)|no route to host|network is unreachable|network error|host is unreachable|operation timed out)') THEN 'connect'
        WHEN regexp_matches(reason, '(?i)lookup|\bMX\b|SRV record|no such domain|unrouteable|unroutable|non-existent host|lowest numbered') THEN 'dns'
        WHEN relay IS NULL AND NOT starts_with(reason, 'all hosts for ') AND NOT starts_with(reason, 'retry ') THEN 'local'
    END AS stage,
    CAST(nullif(first.code, '') AS SMALLINT) AS reply_code,
    nullif(first.enhanced, '') AS enhanced_code,
    nullif(trim(words), '') AS diagnostic
FROM coded;
