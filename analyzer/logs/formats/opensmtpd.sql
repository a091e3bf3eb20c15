-- OpenSMTPD (usr.sbin/smtpd: log lines of mta, mda and smtp sessions). An envelope id is 16 hex digits, of which
-- the first 8 are the message's: that is the queue id here.

CREATE OR REPLACE TEMP VIEW found AS
WITH told_apart AS (
    SELECT
        *,
        CASE
            WHEN contains(text, ' delivery evpid=') THEN 'delivery'
            WHEN contains(text, 'smtp envelope evpid=') THEN 'sender'
        END AS kind
    FROM frames
    WHERE starts_with(tag, 'smtpd')
),
read AS (
    SELECT
        *,
        regexp_extract(text, ' evpid=([0-9a-f]{8})[0-9a-f]{8} from=<([^>]*)> ', ['queue_id', 'sender']) AS envelope,
        CASE WHEN kind = 'delivery' THEN regexp_extract(
            text,
            ' to=<([^>]*)> (?:rcpt=<([^>]*)> )?(?:[a-z]+=(?:"[^"]*"|[^ ]*) )*?result="?([A-Za-z]+)"? stat="?(.*?)"?$',
            ['recipient', 'rcpt', 'result', 'stat']
        ) END AS delivery
    FROM told_apart
    WHERE kind IS NOT NULL
)
SELECT
    source, line, 0 AS part, wall, zone, host, '' AS instance, envelope.queue_id AS queue_id,
    CASE WHEN envelope.queue_id <> '' AND (kind = 'sender' OR delivery.result <> '') THEN kind END AS kind,
    envelope.sender AS sender,
    NULL AS message_id,
    nullif(delivery.recipient, '') AS recipient,
    -- rcpt= is the address before aliases; "-" where it is the same.
    CASE WHEN delivery.rcpt NOT IN ('', '-') AND lower(delivery.rcpt) <> lower(delivery.recipient) THEN delivery.rcpt END AS original_recipient,
    CASE WHEN kind = 'delivery' THEN nullif(nullif(regexp_extract(text, ' relay="([^"]*)" delay=', 1), ''), '-') END AS relay,
    CASE WHEN kind = 'delivery' THEN
        CASE
            WHEN delivery.stat = 'Envelope expired' THEN 'expired'
            WHEN delivery.result = 'Ok' THEN 'delivered'
            WHEN delivery.result = 'TempFail' THEN 'deferred'
            WHEN delivery.result IN ('PermFail', 'LoopFail') THEN 'bounced'
        END
    END AS status,
    NULL AS code,
    delivery.stat AS reply,
    false AS weak,
    CASE WHEN delivery.result = 'Ok' THEN nullif(regexp_extract(delivery.stat, 'queued as ([0-9A-Za-z]+)$', 1), '') END AS next_id,
    CAST(NULL AS TIMESTAMP) AS utc
FROM read;

-- What the reply says.
CREATE OR REPLACE TEMP VIEW told AS
WITH taken AS MATERIALIZED (
    SELECT
        *,
        regexp_extract(reply, '^(\d{3})(?:[ -](?:(\d\.\d{1,3}\.\d{1,3})\b)?|$)', ['code', 'enhanced']) AS first,
        regexp_extract(relay, '^\[?([0-9a-fA-F.:]+)\]?(?: \((.*)\))?$', ['ip', 'host']) AS relayed
    FROM final
)
SELECT
    * EXCLUDE (relay, code, reply, first, relayed),
    lower(rtrim(nullif(relayed.host, ''), '.')) AS remote_mta,
    nullif(relayed.ip, '') AS remote_ip,
    CASE
        WHEN teller_status = 'delivered' OR first.code <> '' THEN NULL
        WHEN regexp_matches(reply, '(?i)\bTLS\b|certificate') THEN 'starttls'
        WHEN regexp_matches(reply, '(?i)\bMX\b|lookup|domain does not exist|DNS') THEN 'dns'
        WHEN regexp_matches(reply, '(?i)^(?:network error|connection|no route|could not connect|timeout)') THEN 'connect'
        WHEN relay IS NULL AND reply <> 'Envelope expired' THEN 'local'
    END AS stage,
    CAST(nullif(first.code, '') AS SMALLINT) AS reply_code,
    nullif(first.enhanced, '') AS enhanced_code,
    nullif(trim(reply), '') AS diagnostic
FROM taken;
