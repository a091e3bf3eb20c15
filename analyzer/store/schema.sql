-- The tables of a store. `seq` is the order in which things came in, from 0, without gaps.
-- The table `attempts` is made from ATTEMPT_SCHEMA, so that the two cannot differ.

CREATE TABLE IF NOT EXISTS traces (
    seq BIGINT NOT NULL,
    source VARCHAR,
    position BIGINT,
    message_id VARCHAR,
    subject VARCHAR,
    from_domain VARCHAR,
    date TIMESTAMPTZ,
    hops INTEGER NOT NULL,
    total_seconds DOUBLE,
    problems INTEGER NOT NULL,  -- findings of severity problem
    warnings INTEGER NOT NULL,  -- findings of severity warning
    json VARCHAR NOT NULL       -- the whole trace as the contract has it
);

CREATE TABLE IF NOT EXISTS problems (
    seq BIGINT NOT NULL,
    id VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    source VARCHAR,
    position BIGINT,
    place VARCHAR
);

CREATE TABLE IF NOT EXISTS ingested (
    seq BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    size BIGINT,                -- bytes; null for a stream
    head_sha256 VARCHAR,        -- of the first bytes: tells a rotated file from a grown one
    ingested_at TIMESTAMPTZ NOT NULL
);

-- Attempts that failed or were deferred: those that have a classification, or should have one.
CREATE OR REPLACE VIEW failures AS
SELECT *, coalesce(classification, 'Unclassified') AS class
FROM attempts
WHERE classification IS NOT NULL
   OR action IN ('failed', 'delayed')
   OR outcome IN ('bounced', 'expired', 'deferred', 'delivered-then-bounced');

-- Dead addresses, one row each (local parts are compared without case), oldest evidence first.
-- An address that took mail after it was refused is alive again and is not on the list.
CREATE OR REPLACE VIEW suppressions AS
WITH dead AS (
    SELECT lower(recipient) AS address,
           count(*) AS attempts,
           min(timestamp) AS first_seen,
           max(timestamp) AS last_seen,
           max(seq) AS last_seq,
           arg_max(reason, seq) AS reason,
           arg_max(rule, seq) AS rule,
           arg_max(diagnostic, seq) AS diagnostic,
           min(seq) AS seq
    FROM attempts
    WHERE suppress AND recipient IS NOT NULL
    GROUP BY ALL
),
alive AS (
    SELECT lower(recipient) AS address, max(timestamp) AS delivered_at, max(seq) AS last_seq
    FROM attempts
    WHERE outcome = 'delivered' AND lower(recipient) IN (SELECT address FROM dead)
    GROUP BY ALL
)
SELECT dead.* EXCLUDE (last_seq)
FROM dead LEFT JOIN alive USING (address)
WHERE alive.address IS NULL
   -- without both times nobody knows which came last: then the address keeps its life
   OR coalesce(alive.delivered_at < dead.last_seen, false)
ORDER BY seq;
