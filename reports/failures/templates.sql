-- The most frequent replies.
SELECT template, class, reason, sum(n)::BIGINT AS n,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen,
       arg_min(example, seq) AS example,
       coalesce(min(first_seen) >= max(new_since), false) AS new
FROM replies, span
GROUP BY template, class, reason
ORDER BY n DESC, min(seq)
LIMIT 15;
