-- What the rules have no word for, the most frequent first.
SELECT template, class, 'no-reason' AS reason, sum(n)::BIGINT AS n,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen,
       arg_min(example, seq) AS example,
       false AS new
FROM replies
WHERE class = 'Unclassified'
GROUP BY template, class
ORDER BY n DESC, min(seq)
LIMIT 10;
