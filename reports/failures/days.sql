-- Failed and deferred attempts by unit of time and classification.
SELECT date_trunc(unit, timestamp) AS bucket, class, count(*) AS n
FROM failures, span
WHERE timestamp IS NOT NULL
GROUP BY ALL
ORDER BY bucket, class;
