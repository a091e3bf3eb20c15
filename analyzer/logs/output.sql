-- The contract's columns, in input order. A BSD stamp's calendar (31 days a month, counted from the log's first
-- year) becomes a date here, now that the year and the zone are known.
SELECT
    sources.name AS source,
    told.line AS position,
    $format AS format,
    CASE told.status
        WHEN 'delivered' THEN 'delivered' WHEN 'deferred' THEN 'delayed' WHEN 'discarded' THEN 'delivered'
        WHEN 'filtered' THEN 'delivered' ELSE 'failed'
    END AS action,
    told.status AS outcome,
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
    lower(rtrim(told.host, '.')) AS reporting_mta,
    told.remote_mta, told.remote_ip,
    CASE WHEN told.status IN ('bounced', 'deferred', 'expired', 'delivered-then-bounced')
        THEN coalesce(told.stage, CASE WHEN told.status = 'expired' THEN 'queue' END) END AS stage,
    told.reply_code, told.enhanced_code, told.diagnostic
FROM told
JOIN sources ON sources.source = told.source
LEFT JOIN clocks ON clocks.source = told.source AND clocks.zone = told.zone
    AND told.wall >= clocks.since AND told.wall < clocks.until
ORDER BY told.row;
