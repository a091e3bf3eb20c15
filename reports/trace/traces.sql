-- The traces shown in full: those with problems first, then warnings, then the slowest.
SELECT seq, json
FROM traces
ORDER BY problems DESC, warnings DESC, abs(coalesce(total_seconds, 0)) DESC, seq
LIMIT 20;
