-- Every unit of time from the first to the last, those without failures too.
SELECT unit, unnest(generate_series(
    date_trunc(unit, first), date_trunc(unit, last),
    CASE unit WHEN 'hour' THEN INTERVAL 1 HOUR WHEN 'day' THEN INTERVAL 1 DAY
              WHEN 'week' THEN INTERVAL 7 DAY WHEN 'month' THEN INTERVAL 1 MONTH ELSE INTERVAL 1 YEAR END)) AS bucket
FROM span
ORDER BY bucket
LIMIT 200;
