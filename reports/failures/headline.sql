SELECT count(*) AS attempts,
       count(*) FILTER (outcome IN ('bounced', 'expired', 'delivered-then-bounced')
                        OR (outcome IS NULL AND action = 'failed')) AS failed,
       count(*) FILTER (outcome = 'expired') AS expired,
       count(*) FILTER (outcome = 'deferred' OR (outcome IS NULL AND action = 'delayed')) AS deferred,
       count(*) FILTER (outcome = 'delivered' OR (outcome IS NULL AND action = 'delivered')) AS delivered,
       count(*) FILTER (outcome IS NULL AND action IN ('relayed', 'expanded')) AS relayed,
       count(*) FILTER (outcome IN ('filtered', 'discarded')) AS filtered,
       count(*) FILTER (action = 'complaint') AS complaints,
       count(*) FILTER (action = 'auto-reply') AS auto_replies,
       (SELECT count(*) FROM suppressions) AS suppress,
       (SELECT count(*) FROM failures) AS failures,
       (SELECT count(*) FROM failures WHERE class = 'Unclassified') AS unclassified,
       (SELECT count(*) FROM failures WHERE timestamp IS NULL) AS undated,
       count(DISTINCT source) AS sources,
       min(timestamp) AS first,
       max(timestamp) AS last
FROM attempts;
