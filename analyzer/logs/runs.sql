-- Outcomes that name only the number of their run take message and recipient from the last start of that number.
CREATE TEMP TABLE paired AS
SELECT told.* REPLACE (begun.queue_id AS queue_id, begun.key AS key, begun.recipient AS recipient, begun.relay AS relay)
FROM (SELECT * FROM ordered WHERE kind = 'delivery' AND run_id IS NOT NULL) AS told
ASOF JOIN (SELECT * FROM ordered WHERE kind = 'run') AS begun
    ON begun.host = told.host AND begun.run_id = told.run_id AND begun.seq <= told.seq;
DELETE FROM events WHERE kind = 'run' OR place IN (SELECT place FROM paired);
INSERT INTO events BY NAME SELECT * EXCLUDE (seq) FROM paired;
