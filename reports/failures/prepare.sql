-- One row for each distinct reply template and verdict: what most queries below read.
CREATE OR REPLACE TEMP TABLE replies AS
SELECT template(coalesce(diagnostic, '(no text given)')) AS template,
       class,
       reason,
       rule,
       permanence,
       count(*) AS n,
       min(timestamp) AS first_seen,
       max(timestamp) AS last_seen,
       arg_min(diagnostic, seq) AS example,
       min(seq) AS seq
FROM failures
GROUP BY ALL;

-- Whether a template is new: first seen on the last day, where there are three days to compare with.
CREATE OR REPLACE TEMP TABLE span AS
SELECT min(timestamp) AS first,
       max(timestamp) AS last,
       CASE WHEN max(timestamp) - min(timestamp) >= INTERVAL 3 DAY THEN date_trunc('day', max(timestamp)) END AS new_since,
       CASE
           WHEN max(timestamp) - min(timestamp) <= INTERVAL 48 HOUR THEN 'hour'
           WHEN max(timestamp) - min(timestamp) <= INTERVAL 62 DAY THEN 'day'
           WHEN max(timestamp) - min(timestamp) <= INTERVAL 400 DAY THEN 'week'
           WHEN max(timestamp) - min(timestamp) <= INTERVAL 1800 DAY THEN 'month'
           ELSE 'year'
       END AS unit
FROM failures;
