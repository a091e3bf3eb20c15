-- By who refused: registrable domain of the remote host, else of the recipient's address.
WITH placed AS (
    SELECT coalesce(remote.domain, recipient.domain, '(unknown)') AS provider, failures.class
    FROM attempts
    LEFT JOIN failures USING (seq)
    LEFT JOIN domains AS remote ON remote.host = attempts.remote_mta
    LEFT JOIN domains AS recipient
           ON contains(attempts.recipient, '@')
          AND recipient.host = lower(split_part(attempts.recipient, '@', -1))
    WHERE attempts.action NOT IN ('complaint', 'auto-reply')
),
counted AS (SELECT provider, class, count(*) AS n FROM placed GROUP BY ALL)
SELECT provider,
       sum(n)::BIGINT AS attempts,
       coalesce(sum(n) FILTER (class IS NOT NULL), 0)::BIGINT AS failures,
       list({'class': class, 'n': n} ORDER BY class) FILTER (class IS NOT NULL) AS classes
FROM counted
GROUP BY provider
HAVING failures > 0
ORDER BY failures DESC, provider
LIMIT 20;
