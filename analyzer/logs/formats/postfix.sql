-- Postfix (postfix.org: the daemons' "SYSLOGGING" sections; src/global/log_adhoc.c for delivery lines).

-- Events: the lines of a message's life, told apart by how they go on after the queue id.
CREATE OR REPLACE TEMP VIEW found AS
WITH told_apart AS (
    SELECT
        *,
        CASE
            WHEN starts_with(text, 'to=<') AND contains(text, ', status=') THEN 'delivery'
            WHEN text = 'removed' THEN 'end'
            WHEN starts_with(text, 'message-id=') THEN 'message-id'
            WHEN starts_with(text, 'from=<') THEN
                CASE WHEN contains(text, '>, status=') AND regexp_matches(text, '>, status=(?:force-)?expired, ')
                    THEN 'expired' ELSE 'sender' END
            WHEN starts_with(text, 'client=') OR starts_with(text, 'uid=') THEN 'start'
        END AS kind
    FROM job_frames
    WHERE contains(tag, '/')
),
-- In two steps: RE2 is three times slower where a pattern has more than four groups.
addressed AS (
    SELECT
        *,
        CASE WHEN kind = 'delivery' THEN regexp_extract(
            text,
            '^to=<((?:"(?:[^"\\]|\\.)*")?[^">]*)>, (?:orig_to=<((?:"(?:[^"\\]|\\.)*")?[^">]*)>, )?relay=([^,]*), (.*)',
            ['recipient', 'original', 'relay', 'rest']
        ) END AS whom
    FROM told_apart
    WHERE kind IS NOT NULL
),
strict AS (
    SELECT
        *,
        CASE WHEN kind = 'delivery' THEN regexp_extract(
            whom.rest,
            '^(?:conn_use=[^,]*, )?delay=[^,]*, delays=[^,]*, dsn=([^,]*), status=([^ ]+) ?(.*)',
            ['dsn', 'status', 'reply']
        ) END AS how
    FROM addressed
),
-- Addresses that Postfix before 3.5 writes unquoted, and fields that other versions add.
loose AS (
    SELECT
        *,
        CASE WHEN how.status = '' THEN regexp_extract(
            text,
            '^to=<(.*?)>, (?:orig_to=<(.*?)>, )?relay=([^,]*), (?:.*?, )??(?:dsn=([\d.]*), )?(?:[a-z]+=[^ ,]*, )*?status=([A-Za-z-]+) ?(.*)',
            ['recipient', 'original', 'relay', 'dsn', 'status', 'reply']
        ) END AS other
    FROM strict
),
read AS (
    SELECT
        * EXCLUDE (whom, how, other),
        coalesce(other.recipient, whom.recipient) AS recipient,
        coalesce(other.original, whom.original) AS original,
        coalesce(other.relay, whom.relay) AS relay,
        coalesce(other.dsn, how.dsn) AS dsn,
        coalesce(other.status, how.status) AS word,
        coalesce(other.reply, how.reply) AS reply
    FROM loose
),
judged AS (
    SELECT
        *,
        CASE word
            WHEN 'sent' THEN CASE
                WHEN ends_with(tag, '/discard') THEN 'discarded'
                WHEN contains(reply, 'discarded, id=') THEN 'filtered'
                ELSE 'delivered' END
            WHEN 'deferred' THEN 'deferred'
            WHEN 'SOFTBOUNCE' THEN 'deferred'
            WHEN 'bounced' THEN 'bounced'
            WHEN 'expired' THEN 'expired'
        END AS status,
        CASE WHEN kind = 'message-id' THEN nullif(regexp_extract(text, '^message-id=<?([^<>]*)', 1), '') END AS message_id
    FROM read
)
SELECT
    source, line, 0 AS part, wall, zone, host, regexp_extract(tag, '^([^/]*)', 1) AS instance, queue_id, kind,
    CASE WHEN kind = 'sender' OR kind = 'expired'
        THEN regexp_extract(text, '^from=<([^>]*)>, (?:size|status)=', 1) END AS sender,
    message_id,
    nullif(recipient, '') AS recipient,
    nullif(original, '') AS original_recipient,
    relay,
    status,
    nullif(dsn, '') AS code,
    reply,
    false AS weak,
    CASE WHEN status = 'delivered' AND (contains(reply, 'queued as ') OR contains(reply, 'forwarded as '))
        THEN nullif(regexp_extract(reply, '(?:queued|forwarded) as ([0-9A-Za-z]+)\)?$', 1), '') END AS next_id,
    -- A message-id that cleanup made bears the time in UTC, a long queue id the seconds since the epoch.
    CASE
        WHEN kind = 'message-id' AND starts_with(message_id[15:], '.' || queue_id || '@')
            THEN try_strptime(message_id[1:14], '%Y%m%d%H%M%S')
        WHEN kind IN ('start', 'message-id') AND length(queue_id) > 11 AND queue_id[11:11] = 'z'
            THEN long_id_time(queue_id)
    END AS utc
FROM judged
-- A verify probe is no mail.
WHERE kind <> 'delivery' OR NOT ends_with(word, 'deliverable');

-- What the reply says: host, address, stage, codes and the reason without what Postfix wraps around it.
CREATE OR REPLACE TEMP VIEW told AS
WITH trimmed AS (
    SELECT *, rtrim(translate(replace(replace(replace(reply, '#012', ' '), '#011', ' '), '#015', ''), chr(9), ' ')) AS inner_text
    FROM final
),
bare AS (
    SELECT
        * EXCLUDE (inner_text),
        CASE WHEN starts_with(inner_text, '(')
            THEN inner_text[2:length(inner_text) - CAST(ends_with(inner_text, ')') AS INTEGER)]
            ELSE inner_text END AS whole
    FROM trimmed
),
body AS (
    SELECT
        * EXCLUDE (whole),
        CASE WHEN starts_with(whole, 'delivery temporarily suspended: ') THEN whole[33:] ELSE whole END AS body
    FROM bare
),
taken AS MATERIALIZED (
    SELECT
        *,
        CASE WHEN teller_status <> 'delivered' AND starts_with(body, 'host ') THEN regexp_extract(
            body, '^host ([^ \[]+)\[([^\]]*)\](?::\d+)? (said|refused to talk to me): (.*)$', ['host', 'ip', 'how', 'reply']
        ) END AS remote,
        CASE WHEN teller_status <> 'delivered' AND contains(body, ' (in reply to ')
            THEN regexp_extract(body, ' \(in reply to ([A-Za-z ]+?)(?: command)?\)?$', 1) ELSE '' END AS command,
        CASE WHEN teller_status <> 'delivered' AND NOT starts_with(body, 'host ') THEN regexp_extract(
            body,
            '^(?:connect to|lost connection with|conversation with|TLS is required, but(?: was not offered by)? host|Cannot start TLS: .* host|Server certificate not .*?host) ([^ \[]+)\[([^\]]+)\]',
            ['host', 'ip']
        ) END AS peer,
        regexp_extract(relay, '^([^ \[]+)\[([^\]]*)\](?::\d+)?$', ['host', 'ip']) AS relayed
    FROM body
),
spoken AS (
    SELECT
        *,
        CASE
            WHEN coalesce(remote.how, '') = '' THEN body
            WHEN command <> '' THEN regexp_replace(remote.reply, ' \(in reply to [A-Za-z ]+\)?$', '')
            ELSE remote.reply
        END AS reason
    FROM taken
),
coded AS MATERIALIZED (
    SELECT
        *,
        regexp_extract(reason, '^(\d{3})(?:[ -](?:(\d\.\d{1,3}\.\d{1,3})\b)?|$)', ['code', 'enhanced']) AS first,
        -- "TLS is required, but host H[IP] refused to start TLS: 454 4.7.0 ..."
        CASE WHEN contains(reason, 'refused to start TLS: ')
            THEN regexp_extract(reason, 'refused to start TLS: (\d{3})[ -](?:(\d\.\d{1,3}\.\d{1,3})\b)?', ['code', 'enhanced']) END AS tls
    FROM spoken
)
SELECT
    * EXCLUDE (relay, code, reply, body, remote, command, peer, relayed, reason, first, tls),
    lower(rtrim(coalesce(nullif(remote.host, ''), nullif(peer.host, ''), nullif(relayed.host, '')), '.')) AS remote_mta,
    nullif(regexp_extract(
        coalesce(nullif(remote.ip, ''), nullif(peer.ip, ''), relayed.ip), '^[0-9a-fA-F:.]*[:.][0-9a-fA-F:.]*$'
    ), '') AS remote_ip,
    CASE
        WHEN teller_status = 'delivered' THEN NULL
        WHEN command = 'RCPT TO' THEN 'rcpt'
        WHEN command = 'MAIL FROM' THEN 'mail'
        WHEN command = 'DATA' THEN 'data'
        WHEN command IN ('end of DATA', 'BDAT', 'message content') THEN 'message'
        WHEN command IN ('EHLO', 'HELO', 'LHLO') THEN 'ehlo'
        WHEN command = 'STARTTLS' THEN 'starttls'
        WHEN command LIKE 'AUTH%' THEN 'auth'
        WHEN remote.how = 'refused to talk to me' THEN 'connect'
        WHEN starts_with(reason, 'lost connection with ') OR starts_with(reason, 'conversation with ') THEN CASE
            WHEN contains(reason, 'initial server greeting') THEN 'connect'
            WHEN regexp_matches(reason, ' while .*(?:EHLO|HELO|LHLO)') THEN 'ehlo'
            WHEN contains(reason, 'STARTTLS') THEN 'starttls'
            WHEN contains(reason, 'MAIL FROM') THEN 'mail'
            WHEN contains(reason, 'RCPT TO') THEN 'rcpt'
            WHEN contains(reason, 'sending DATA command') THEN 'data'
            WHEN contains(reason, 'end of data') OR contains(reason, 'message body') THEN 'message'
        END
        WHEN starts_with(reason, 'connect to ') THEN 'connect'
        WHEN starts_with(reason, 'TLS is required') OR starts_with(reason, 'Cannot start TLS')
            OR starts_with(reason, 'Server certificate ') THEN 'starttls'
        WHEN starts_with(reason, 'SASL authentication ') THEN 'auth'
        WHEN starts_with(reason, 'Host or domain name not found') OR starts_with(reason, 'Name service error')
            OR starts_with(reason, 'Host not found') OR contains(reason, '(nullMX)')
            OR contains(reason, ' loops back to myself') OR starts_with(reason, 'unable to look up ')
            THEN 'dns'
        WHEN relayed.host = '' THEN 'local'
    END AS stage,
    CAST(nullif(coalesce(nullif(first.code, ''), tls.code), '') AS SMALLINT) AS reply_code,
    CASE
        WHEN first.enhanced <> '' THEN first.enhanced
        WHEN tls.enhanced <> '' THEN tls.enhanced
        -- What Postfix made up beside a reply counts only where it does not contradict the reply.
        WHEN first.code = '' OR first.code[1] = code[1] THEN code
    END AS enhanced_code,
    nullif(trim(reason), '') AS diagnostic
FROM coded;
