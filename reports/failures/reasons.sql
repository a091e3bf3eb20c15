SELECT reason, class, count(*) AS n, mode(advice ORDER BY advice) AS advice,
       min(timestamp) AS first_seen, max(timestamp) AS last_seen,
       count(*) OVER () AS all_reasons
FROM failures
GROUP BY reason, class
ORDER BY n DESC, reason, class
LIMIT 20;
