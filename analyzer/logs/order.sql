-- Order in time: by source (oldest first), then by line. Clocks step back, lines do not.
CREATE TEMP VIEW ordered AS
SELECT *, (CAST(getvariable('ranks')[source_of(place) + 1] AS BIGINT) << 46) | within_source(place) AS seq
FROM events;
CREATE TEMP MACRO place(seq) AS
    ((CAST(list_position(getvariable('ranks'), source_of(seq)) AS BIGINT) - 1) << 46) | within_source(seq);
