SELECT rule, class, reason, sum(n)::BIGINT AS n, count(DISTINCT template) AS templates
FROM replies
WHERE rule IS NOT NULL
GROUP BY rule, class, reason
ORDER BY n DESC, rule
LIMIT 20;
