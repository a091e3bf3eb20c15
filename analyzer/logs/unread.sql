-- Delivery lines from which no recipient or no outcome could be read: told as problems, then left out.
CREATE TEMP TABLE unread AS
SELECT source_of(place) AS source, count(*) AS lines, min(line_of(place)) AS line
FROM events
WHERE kind = 'delivery' AND (recipient IS NULL OR status IS NULL)
GROUP BY ALL
ORDER BY ALL;
DELETE FROM events WHERE kind = 'delivery' AND (recipient IS NULL OR status IS NULL);
