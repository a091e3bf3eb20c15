SELECT class,
       count(*) AS n,
       count(*) FILTER (permanence = 'permanent') AS permanent,
       count(*) FILTER (permanence = 'transient') AS transient,
       count(DISTINCT lower(recipient)) AS recipients,
       count(*) FILTER (suppress) AS suppress
FROM failures
GROUP BY class
ORDER BY n DESC, class;
