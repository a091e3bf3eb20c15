-- Attempts: the deciding line, the telling run and the life joined; then what the format's `told` view reads
-- from the reply.
CREATE TEMP VIEW joined AS
SELECT
    decided.key, decided.life,
    decider.source, decider.line, decider.wall, decider.zone,
    decided.status, CAST(decided.tries AS INTEGER) AS tries, decided.last,
    teller.host, teller.queue_id, teller.recipient, teller.original_recipient,
    teller.relay, teller.code, teller.reply,
    teller.status AS teller_status,
    lives.sender, lives.message_id
FROM decided
JOIN ordered AS decider ON decider.seq = decided.decider
JOIN ordered AS teller ON teller.seq = decided.teller
JOIN lives ON lives.key = decided.key AND lives.life = decided.life;

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
SELECT handed.last, root.queue_id
FROM handed
JOIN (SELECT DISTINCT key, queue_id FROM runs) AS root ON root.key = handed.root_key
WHERE NOT EXISTS (
    FROM taken WHERE taken.key = handed.root_key AND taken.life = handed.root_life
        AND taken.address IN (handed.recipient, handed.original_recipient)
);

CREATE TEMP VIEW final AS
SELECT joined.* REPLACE (coalesce(renamed.queue_id, joined.queue_id) AS queue_id)
FROM joined LEFT JOIN renamed ON renamed.last = joined.last;
