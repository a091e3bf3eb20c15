SELECT template, sum(n)::BIGINT AS n, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
       arg_min(example, seq) AS example
FROM replies
WHERE class = 'Unclassified'
GROUP BY template
ORDER BY n DESC, min(seq)
LIMIT 10;
