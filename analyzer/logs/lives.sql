-- Lives: one correlator for every format. events -> final, one row for each recipient of each message's life
-- (or try, with every_try). Parameters: ranks (place of each source in time), lifetime_us, every_try.

-- Order in time: by source (oldest first), then by line. Clocks step back, lines do not.
CREATE TEMP VIEW ordered AS
SELECT *, (CAST(getvariable('ranks')[source + 1] AS BIGINT) << 40) | line AS seq
FROM events;

CREATE TEMP TABLE ids AS
SELECT
    key,
    arg_min(sender, seq) FILTER (sender IS NOT NULL) AS sender,
    arg_min(message_id, seq) FILTER (message_id IS NOT NULL) AS message_id,
    max(seq) FILTER (kind = 'expired') AS expired,
    count_if(kind = 'delivery') AS deliveries,
    min(seq) AS first_seq,
    count_if(kind = 'start') > 1 OR count_if(kind = 'message-id') > 1 OR count_if(kind = 'end') > 1
        OR coalesce(max(seq) FILTER (kind = 'start' OR kind = 'message-id') > min(seq) FILTER (kind = 'end'), false)
        OR max(wall) - min(wall) > getvariable('lifetime_us') AS reused
FROM ordered
GROUP BY key;

-- Ids that were used again: a life begins at a start, at a message-id that no start went before, or after a
-- silence longer than mail stays in a queue. A line that comes late (after the end) still belongs to the old life.
CREATE TEMP TABLE numbered AS
SELECT seq, key, sum(CAST(begins AS INTEGER)) OVER (PARTITION BY key ORDER BY seq) AS life
FROM (
    SELECT
        seq, key,
        kind = 'start'
        OR (kind = 'message-id' AND coalesce(last_value(
            CASE WHEN kind IN ('start', 'message-id', 'end') THEN kind END IGNORE NULLS
        ) OVER (PARTITION BY key ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) <> 'start', true))
        OR coalesce(
            zone = lag(zone) OVER (PARTITION BY key ORDER BY seq)
            AND wall - lag(wall) OVER (PARTITION BY key ORDER BY seq) > getvariable('lifetime_us'), false
        ) AS begins
    FROM ordered
    WHERE key IN (SELECT key FROM ids WHERE reused)
);

CREATE TEMP TABLE lives AS
SELECT key, 0 AS life, sender, message_id, expired, deliveries, first_seq FROM ids WHERE NOT reused
UNION ALL
SELECT
    key, life,
    arg_min(sender, seq) FILTER (sender IS NOT NULL),
    arg_min(message_id, seq) FILTER (message_id IS NOT NULL),
    max(seq) FILTER (kind = 'expired'),
    count_if(kind = 'delivery'),
    min(seq)
FROM ordered JOIN numbered USING (seq, key)
GROUP BY key, life;

CREATE TEMP TABLE runs AS
SELECT d.seq, d.key, coalesce(n.life, 0) AS life, d.recipient, d.status, d.weak, d.next_id, d.queue_id
FROM ordered AS d LEFT JOIN numbered AS n ON n.seq = d.seq
WHERE d.kind = 'delivery';

-- A run that handed the mail to a filter on the way, or to an alias, and got it back under the next id is no
-- delivery: the next life tells what became of it, under the id with which the mail first came. The same
-- Message-ID must stand in both, since ids of other hosts look alike; the nearest life so far is meant (200
-- lines of leeway, for lines of one second come in any order), else, over several logs, the first that follows.
CREATE TEMP TABLE hops AS
WITH handed AS (
    SELECT runs.seq, runs.key, runs.life, named.key AS next_key, lives.message_id, runs.seq + 200 AS horizon
    FROM runs
    JOIN lives ON lives.key = runs.key AND lives.life = runs.life
    JOIN (SELECT DISTINCT key, queue_id FROM runs) AS named ON named.queue_id = runs.next_id AND named.key <> runs.key
    WHERE runs.next_id IS NOT NULL
)
SELECT
    handed.seq, handed.key, handed.life, handed.next_key,
    coalesce(before.life, after.life) AS next_life
FROM handed
ASOF LEFT JOIN lives AS before ON before.key = handed.next_key AND before.message_id = handed.message_id
    AND before.first_seq <= handed.horizon
ASOF LEFT JOIN lives AS after ON after.key = handed.next_key AND after.message_id = handed.message_id
    AND after.first_seq > handed.horizon
WHERE coalesce(before.deliveries, after.deliveries) > 0;

CREATE TEMP TABLE roots AS
WITH RECURSIVE links AS (
    SELECT next_key, next_life, arg_min(key, seq) AS key, arg_min(life, seq) AS life
    FROM hops GROUP BY next_key, next_life
),
climb AS (
    SELECT next_key AS key, next_life AS life, key AS root_key, life AS root_life, 1 AS depth FROM links
    UNION ALL
    SELECT climb.key, climb.life, links.key, links.life, depth + 1
    FROM climb JOIN links ON links.next_key = climb.root_key AND links.next_life = climb.root_life
    WHERE depth < 100
)
SELECT key, life, arg_max(root_key, depth) AS root_key, arg_max(root_life, depth) AS root_life
FROM climb GROUP BY key, life;

CREATE TEMP TABLE decided AS
WITH kept AS (
    SELECT * FROM runs WHERE seq NOT IN (SELECT seq FROM hops)
),
summed AS (
    SELECT
        key, life, recipient,
        count_if(NOT weak AND status <> 'expired') AS tries,
        max(seq) AS last,
        arg_max(status, seq) AS status,
        bool_or(status = 'delivered') AS was_delivered,
        max(seq) FILTER (status = 'deferred') AS deferral,
        max(seq) FILTER (status = 'deferred' AND NOT weak) AS told_deferral
    FROM kept
    WHERE NOT getvariable('every_try')
    GROUP BY key, life, recipient
)
SELECT
    key, life, tries, last,
    -- The line that decides, and the run whose reply says why.
    CASE WHEN status = 'deferred' AND expired IS NOT NULL THEN expired ELSE last END AS decider,
    CASE
        WHEN status IN ('deferred', 'expired') THEN coalesce(told_deferral, deferral, last)
        ELSE last
    END AS teller,
    CASE
        WHEN status = 'deferred' AND expired IS NOT NULL THEN 'expired'
        WHEN status = 'bounced' AND was_delivered THEN 'delivered-then-bounced'
        ELSE CAST(status AS VARCHAR)
    END AS status
FROM summed JOIN lives USING (key, life)
UNION ALL
SELECT
    key, life, row_number() OVER run, seq, seq,
    CASE WHEN status = 'expired' THEN coalesce(max(seq) FILTER (status = 'deferred') OVER run, seq) ELSE seq END,
    CASE WHEN status = 'deferred' AND expired IS NOT NULL AND row_number() OVER last_run = 1
        THEN 'expired' ELSE CAST(status AS VARCHAR) END
FROM kept JOIN lives USING (key, life)
WHERE getvariable('every_try') AND NOT weak
WINDOW run AS (PARTITION BY key, life, recipient ORDER BY seq),
    last_run AS (PARTITION BY key, life, recipient ORDER BY seq DESC);
