-- The contract's columns, in input order. A BSD stamp's calendar (31 days a month, counted from the log's first
-- year) becomes a date here, now that the year and the zone are known.
SELECT
    sources.name AS source,
    told.line AS position,
    $format AS format,
    CASE
        WHEN told.relayed THEN 'relayed'
        WHEN told.status IN ('delivered', 'discarded', 'filtered') THEN 'delivered'
        WHEN told.status = 'deferred' THEN 'delayed'
        ELSE 'failed'
    END AS action,
    CASE WHEN NOT told.relayed THEN told.status END AS outcome,
    told.tries,
    CASE told.zone
        WHEN 0 THEN CAST(make_date(
            CAST(clocks.year + told.wall // 86400000000 // 372 AS INTEGER),
            CAST(told.wall // 86400000000 // 31 % 12 + 1 AS INTEGER), 1
        ) + CAST(told.wall // 86400000000 % 31 AS INTEGER) AS TIMESTAMP)
            + to_microseconds(told.wall % 86400000000 - clocks.ahead)
        WHEN 1 THEN make_timestamp(told.wall - clocks.ahead)
        ELSE make_timestamp(told.wall)
    END AS timestamp,
    told.recipient,
    told.original_recipient,
    told.sender,
    told.message_id,
    told.queue_id,
    nullif(lower(rtrim(told.host, '.')), '') AS reporting_mta,
    told.remote_mta, told.remote_ip,
    CASE WHEN told.status IN ('bounced', 'deferred', 'expired', 'delivered-then-bounced')
        THEN coalesce(told.stage, CASE WHEN told.status = 'expired' THEN 'queue' END) END AS stage,
    told.reply_code, told.enhanced_code, told.diagnostic
FROM (
    -- Taken by a filter on this host under an id that the log does not go on with: what became of it is unknown.
    SELECT *, coalesce(status = 'delivered' AND next_id IS NOT NULL AND remote_ip IN ('127.0.0.1', '::1'), false) AS relayed
    FROM told
) AS told
JOIN sources ON sources.source = told.source
LEFT JOIN clocks ON clocks.source = told.source AND clocks.zone = told.zone
    AND told.wall >= clocks.since AND told.wall < clocks.until
ORDER BY told.row;
