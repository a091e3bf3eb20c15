-- Lives: one correlator for every format. events -> decided, one row for each recipient of each message's life,
-- or for each try. All columns are narrow: text stays in events and is fetched for the rows that need it, so that
-- aggregates, windows and joins can spill. Variables: ranks (each source's place in time), lifetime_us, every_try.

CREATE TEMP TABLE ids AS
SELECT
    key,
    min(seq) FILTER (sender IS NOT NULL) AS sender_seq,
    min(seq) FILTER (message_id IS NOT NULL) AS message_seq,
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
    FROM (SELECT seq, key, kind, zone, wall FROM ordered WHERE key IN (SELECT key FROM ids WHERE reused))
);

CREATE TEMP TABLE lives AS
SELECT key, 0 AS life, sender_seq, message_seq, expired, deliveries, first_seq FROM ids WHERE NOT reused
UNION ALL
SELECT
    key, life,
    min(seq) FILTER (sender IS NOT NULL),
    min(seq) FILTER (message_id IS NOT NULL),
    max(seq) FILTER (kind = 'expired'),
    count_if(kind = 'delivery'),
    min(seq)
FROM ordered JOIN numbered USING (seq, key)
GROUP BY key, life;

-- A recipient is known by a hash of the address: 64 bits tell those of one message apart.
CREATE TEMP TABLE runs AS
SELECT
    d.seq, d.key, coalesce(n.life, 0) AS life, hash(d.recipient) AS recipient, d.status, d.weak,
    d.next_id IS NOT NULL AS handed_on
FROM ordered AS d LEFT JOIN numbered AS n ON n.seq = d.seq
WHERE d.kind = 'delivery';

-- A run that handed the mail to a filter on the way, or to an alias, and got it back under the next id is no
-- delivery: the next life tells what became of it, under the id with which the mail first came. The same
-- Message-ID must stand in both, since ids of other hosts look alike; the nearest life so far is meant (200
-- lines of leeway, for lines of one second come in any order), else, over several logs, the first that follows.
CREATE TEMP TABLE hops AS
WITH handing AS (
    SELECT runs.seq, runs.key, runs.life, e.next_id, hash(m.message_id) AS message
    FROM runs
    JOIN ordered AS e ON e.seq = runs.seq
    JOIN lives ON lives.key = runs.key AND lives.life = runs.life
    JOIN ordered AS m ON m.seq = lives.message_seq
    WHERE runs.handed_on
),
-- The lives of the ids that were answered, whatever the host and instance.
named AS (
    SELECT DISTINCT ON (l.key, l.life) l.key, l.life, e.queue_id, hash(m.message_id) AS message, l.first_seq
    FROM ordered AS e
    JOIN lives AS l ON l.key = e.key AND l.first_seq = e.seq AND l.deliveries > 0
    JOIN ordered AS m ON m.seq = l.message_seq
    WHERE e.queue_id IN (SELECT next_id FROM handing)
),
handed AS (
    SELECT DISTINCT handing.seq, handing.key, handing.life, handing.message, named.key AS next_key, handing.seq + (200 << 12) AS horizon
    FROM handing
    JOIN named ON named.queue_id = handing.next_id AND named.message = handing.message AND named.key <> handing.key
)
SELECT
    handed.seq, handed.key, handed.life, handed.next_key,
    coalesce(before.life, after.life) AS next_life
FROM handed
ASOF LEFT JOIN named AS before ON before.key = handed.next_key AND before.message = handed.message
    AND before.first_seq <= handed.horizon
ASOF LEFT JOIN named AS after ON after.key = handed.next_key AND after.message = handed.message
    AND after.first_seq > handed.horizon;

-- The life with which each handed-on life began.
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
    END AS status,
    sender_seq, message_seq
FROM summed JOIN lives USING (key, life)
UNION ALL
SELECT
    key, life, row_number() OVER run, seq, seq,
    CASE WHEN status = 'expired' THEN coalesce(max(seq) FILTER (status = 'deferred') OVER run, seq) ELSE seq END,
    CASE WHEN status = 'deferred' AND expired IS NOT NULL AND row_number() OVER last_run = 1
        THEN 'expired' ELSE CAST(status AS VARCHAR) END,
    sender_seq, message_seq
FROM kept JOIN lives USING (key, life)
WHERE getvariable('every_try') AND NOT weak
WINDOW run AS (PARTITION BY key, life, recipient ORDER BY seq),
    last_run AS (PARTITION BY key, life, recipient ORDER BY seq DESC);

-- Mail that was handed on keeps the queue id with which it came, unless that life has a row for the same
-- address already (an alias of which one member is here, another elsewhere).
CREATE TEMP TABLE renamed AS
WITH handed AS (
    SELECT decided.last, roots.root_key, roots.root_life, run.recipient, run.original_recipient
    FROM decided JOIN roots USING (key, life) JOIN ordered AS run ON run.seq = decided.last
),
taken AS (
    SELECT decided.key, decided.life, unnest([run.recipient, run.original_recipient]) AS address
    FROM decided JOIN roots ON roots.root_key = decided.key AND roots.root_life = decided.life
    JOIN ordered AS run ON run.seq = decided.last
)
SELECT handed.last, lives.first_seq AS named
FROM handed
JOIN lives ON lives.key = handed.root_key AND lives.life = handed.root_life
WHERE NOT EXISTS (
    FROM taken WHERE taken.key = handed.root_key AND taken.life = handed.root_life
        AND taken.address IN (handed.recipient, handed.original_recipient)
);

-- In input order, and which other lines have the words.
CREATE TEMP TABLE answer AS
WITH placed AS (
    SELECT
        last, tries, status,
        place(decider) AS decider, place(teller) AS teller,
        place(sender_seq) AS sender, place(message_seq) AS message, place(coalesce(named, teller)) AS named
    FROM decided LEFT JOIN renamed USING (last)
)
SELECT row_number() OVER (ORDER BY decider, last) AS row, * FROM placed;
