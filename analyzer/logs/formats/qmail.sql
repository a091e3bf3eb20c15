-- qmail-send(8) and qmail-log(5), through multilog (TAI64N stamps) or splogger. An outcome names only the number of
-- its run: "starting delivery 7: msg 12 to remote eva@example.net" goes before "delivery 7: failure: ...".

CREATE OR REPLACE TEMP VIEW found AS
WITH heard AS (
    SELECT source, line, wall, zone, '' AS host, regexp_extract(text, '^@[0-9a-f]{24} (.*)', 1) AS text
    FROM lines
    WHERE zone >= 0 AND starts_with(text, '@')
    UNION ALL
    SELECT source, line, wall, zone, host, regexp_replace(text, '^\d+\.\d+ ', '')
    FROM frames
    WHERE starts_with(tag, 'qmail')
),
told_apart AS (
    SELECT
        *,
        CASE
            WHEN starts_with(text, 'starting delivery ') THEN 'run'
            WHEN starts_with(text, 'delivery ') THEN 'delivery'
            WHEN starts_with(text, 'new msg ') THEN 'start'
            WHEN starts_with(text, 'info msg ') THEN 'sender'
            WHEN starts_with(text, 'end msg ') THEN 'end'
        END AS kind
    FROM heard
),
read AS (
    SELECT
        *,
        CASE WHEN kind IN ('run', 'delivery') THEN regexp_extract(text, 'delivery (\d+): ', 1) END AS run_id,
        CASE WHEN kind <> 'delivery' THEN regexp_extract(text, '\bmsg (\d+)', 1) ELSE '' END AS queue_id,
        CASE WHEN kind = 'run' THEN regexp_extract(text, ' to (local|remote) (.*)$', ['channel', 'recipient']) END AS run,
        CASE WHEN kind = 'delivery' THEN regexp_extract(text, '^delivery \d+: (success|failure|deferral): ?(.*)$', ['word', 'reply']) END AS outcome
    FROM told_apart
    WHERE kind IS NOT NULL
)
SELECT
    source, line, 0 AS part, wall, zone, host, '' AS instance, queue_id, kind, run_id,
    CASE WHEN kind = 'sender' THEN regexp_extract(text, ' from <(.*)> qp ', 1) END AS sender,
    nullif(run.recipient, '') AS recipient,
    nullif(run.channel, '') AS relay,
    CASE outcome.word WHEN 'success' THEN 'delivered' WHEN 'failure' THEN 'bounced' WHEN 'deferral' THEN 'deferred' END AS status,
    outcome.reply AS reply,
    false AS weak
FROM read
UNION ALL BY NAME
-- Giving up is not logged: a message that ends while a recipient waits has been in the queue too long.
SELECT source, line, 1 AS part, wall, zone, host, '' AS instance, queue_id, 'expired' AS kind, false AS weak
FROM read
WHERE kind = 'end';

-- What the reply says: blanks were written as "_", line ends as "/".
CREATE OR REPLACE TEMP VIEW told AS
WITH spelled AS (
    SELECT
        *,
        trim(regexp_replace(regexp_replace(replace(reply, '_', ' '), '/$', ''), '/Giving up on [^ /]+$', '')) AS words
    FROM final
),
taken AS MATERIALIZED (
    SELECT
        *,
        regexp_extract(words, '^(.*?)/Remote host said: (.*)$', ['where', 'reply']) AS remote,
        regexp_extract(words, '^(?:Connected to |User and password not set, continuing without authentication\./)?([0-9a-fA-F.:]*[.:][0-9a-fA-F.:]*) ', 1) AS ip
    FROM spelled
),
spoken AS (
    SELECT
        *,
        CASE WHEN remote.reply <> '' THEN remote.where ELSE words END AS place,
        regexp_replace(CASE WHEN remote.reply <> '' THEN remote.reply ELSE words END, '/(\d{3}(?:[ -]|$))', ' \1', 'g') AS reason
    FROM taken
),
coded AS MATERIALIZED (
    SELECT
        *,
        regexp_extract(reason, '^(\d{3})(?:[ -](?:(\d\.\d{1,3}\.\d{1,3})\b)?|$)', ['code', 'enhanced']) AS first,
        regexp_extract(reason, '\(#(\d\.\d{1,3}\.\d{1,3})\)', 1) AS own
    FROM spoken
)
SELECT
    * EXCLUDE (relay, code, reply, words, remote, ip, place, reason, first, own),
    CAST(NULL AS VARCHAR) AS remote_mta,
    nullif(ip, '') AS remote_ip,
    CASE
        WHEN teller_status = 'delivered' THEN NULL
        WHEN relay = 'local' THEN 'local'
        WHEN contains(place, 'does not like recipient') THEN 'rcpt'
        WHEN contains(place, 'sender was rejected') THEN 'mail'
        WHEN contains(place, 'failed on DATA command') THEN 'data'
        WHEN contains(place, 'failed after I sent the message') OR contains(place, 'Possible duplicate!') THEN 'message'
        WHEN contains(place, 'my name was rejected') THEN 'ehlo'
        WHEN contains(place, 'greeting failed') OR contains(place, 'establish an SMTP connection')
            OR contains(place, 'connection died') THEN 'connect'
        WHEN regexp_matches(place, '(?i)couldn.t find any host|CNAME lookup|best-preference MX') THEN 'dns'
    END AS stage,
    CAST(nullif(first.code, '') AS SMALLINT) AS reply_code,
    coalesce(nullif(first.enhanced, ''), nullif(own, '')) AS enhanced_code,
    nullif(reason, '') AS diagnostic
FROM coded;
