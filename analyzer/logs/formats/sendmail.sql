-- Sendmail 8 (Sendmail Installation and Operation Guide, "System Log"). Ids carry their time and do not come
-- again, so nothing marks an end.

CREATE OR REPLACE TEMP VIEW found AS
WITH told_apart AS (
    SELECT
        *,
        CASE
            WHEN starts_with(text, 'to=') AND contains(text, ', stat=') THEN 'delivery'
            WHEN starts_with(text, 'from=') THEN 'start'
            -- "OLD: NEW: sender notify: Cannot send message for 5 days": given up; NEW is the bounce.
            WHEN contains(text, ': ') AND regexp_matches(
                text, '^[0-9A-Za-z]{12,16}: (?:sender notify: Cannot send message|DSN: Cannot send message|return to sender: Cannot send message)'
            ) THEN 'expired'
        END AS kind
    FROM job_frames
    WHERE length(queue_id) >= 12
),
read AS (
    SELECT
        *,
        CASE WHEN kind = 'start' THEN regexp_extract(
            text, '^from=<?([^>,]*)>?, (?:.*?\bmsgid=<?([^>,]*)>?)?', ['sender', 'message_id']
        ) END AS arrival,
        CASE WHEN kind = 'delivery' THEN regexp_extract(
            text,
            '^to=(.*?), (?:ctladdr=([^,]*), )?(?:delay=.*?)?(?:, relay=([^,]*))?(?:, dsn=(\d\.\d+\.\d+))?(?:, reply=(.*))?, stat=(.*)$',
            ['recipients', 'written', 'relay', 'dsn', 'reply', 'stat']
        ) END AS delivery
    FROM told_apart
    WHERE kind IS NOT NULL
),
judged AS (
    SELECT
        *,
        CASE
            WHEN kind <> 'delivery' THEN NULL
            WHEN starts_with(delivery.stat, 'Deferred') OR starts_with(delivery.stat, 'queued') THEN 'deferred'
            WHEN starts_with(delivery.stat, 'Sent') THEN 'delivered'
            WHEN starts_with(delivery.dsn, '4') THEN 'deferred'
            WHEN starts_with(delivery.dsn, '2') THEN 'delivered'
            ELSE 'bounced'
        END AS status,
        -- Several recipients stand in one line. ctladdr is who owns the alias: "<team@example.org> (1000/1000)".
        CASE WHEN kind = 'delivery' THEN string_split(delivery.recipients, ',')[:4095] ELSE [''] END AS recipients
    FROM read
),
each AS (
    SELECT
        * EXCLUDE (recipients),
        rtrim(ltrim(unnest(recipients), '<'), '>') AS recipient,
        generate_subscripts(recipients, 1) - 1 AS part
    FROM judged
)
SELECT
    source, line, part, wall, zone, host, '' AS instance, queue_id, kind,
    CASE WHEN kind = 'start' THEN arrival.sender END AS sender,
    nullif(arrival.message_id, '') AS message_id,
    nullif(recipient, '') AS recipient,
    NULL AS original_recipient,
    nullif(delivery.relay, '') AS relay,
    status,
    nullif(delivery.dsn, '') AS code,
    coalesce(nullif(delivery.reply, ''), regexp_replace(delivery.stat, '^(?:Deferred|Sent)(?:: | \((.*)\)$|$)', '\1')) AS reply,
    coalesce(starts_with(delivery.stat, 'queued'), false) AS weak,
    CASE WHEN status = 'delivered'
        THEN nullif(regexp_extract(delivery.stat, '(?:queued as |Sent \()([0-9A-Za-z]{10,})', 1), '') END AS next_id,
    CASE WHEN kind = 'start' THEN sendmail_time(queue_id) END AS utc
FROM each
UNION ALL BY NAME
-- The notice to the sender is a message of its own, whose own lines do not say that it comes from nobody.
SELECT
    source, line, 4095 AS part, wall, zone, host, '' AS instance,
    regexp_extract(text, '^([0-9A-Za-z]{12,16}): (?:DSN|sender notify|return to sender|postmaster notify): ', 1) AS queue_id,
    'sender' AS kind, '' AS sender, false AS weak
FROM job_frames
WHERE length(queue_id) >= 12
    AND regexp_matches(text, '^[0-9A-Za-z]{12,16}: (?:DSN|sender notify|return to sender|postmaster notify): ');

-- What the reply says.
CREATE OR REPLACE TEMP VIEW told AS
WITH taken AS MATERIALIZED (
    SELECT
        *,
        regexp_extract(reply, '^(\d{3})(?:[ -](?:(\d\.\d{1,3}\.\d{1,3})\b)?|$)', ['code', 'enhanced']) AS first,
        regexp_extract(relay, '^([^ \[]*) ?\[([^\]]*)\]', ['host', 'ip']) AS relayed,
        regexp_extract(reply, ' (?:by|with|during .* with) ([^ ]+?)\.?$', 1) AS peer
    FROM final
)
SELECT
    * EXCLUDE (relay, code, reply, first, relayed, peer),
    CASE WHEN relayed.host <> '' THEN lower(rtrim(relayed.host, '.'))
        WHEN regexp_matches(peer, '^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+$') THEN lower(peer) END AS remote_mta,
    nullif(relayed.ip, '') AS remote_ip,
    CASE
        WHEN teller_status = 'delivered' OR first.code <> '' THEN NULL
        WHEN starts_with(reply, 'Connection refused') OR starts_with(reply, 'Connection timed out')
            OR starts_with(reply, 'Operation timed out') OR starts_with(reply, 'No route to host') THEN 'connect'
        WHEN starts_with(reply, 'Host unknown') OR starts_with(reply, 'Name server') OR contains(reply, 'host map: lookup') THEN 'dns'
        WHEN relay IS NULL OR relayed.host IN ('local', '[127.0.0.1]') THEN 'local'
    END AS stage,
    CAST(nullif(first.code, '') AS SMALLINT) AS reply_code,
    CASE
        WHEN first.enhanced <> '' THEN first.enhanced
        -- What Sendmail made up beside a reply counts only where it does not contradict the reply.
        WHEN first.code = '' OR first.code[1] = code[1] THEN code
    END AS enhanced_code,
    nullif(trim(reply), '') AS diagnostic
FROM taken;
