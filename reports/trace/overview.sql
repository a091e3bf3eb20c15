-- One line a message, in the order of the input.
SELECT seq, source, position, subject, from_domain, date, hops, total_seconds, problems, warnings
FROM traces
ORDER BY seq
LIMIT 200;
