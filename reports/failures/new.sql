-- Replies whose template was first seen on the last day.
SELECT template, class, reason, sum(n)::BIGINT AS n,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen,
       arg_min(example, seq) AS example,
       false AS new,
       max(new_since) AS since
FROM replies, span
WHERE new_since IS NOT NULL
GROUP BY template, class, reason
HAVING min(first_seen) >= since
ORDER BY n DESC, min(seq)
LIMIT 6;
