-- Attempts: a slice of the answer with its words, as the format's `told` view wants them. `picked` holds the
-- events that the slice needs; the reader fills it.
CREATE TEMP TABLE picked AS FROM events LIMIT 0;
CREATE TEMP TABLE slice AS FROM answer LIMIT 0;

CREATE TEMP VIEW final AS
SELECT
    slice.row, slice.status, CAST(slice.tries AS INTEGER) AS tries,
    source_of(slice.decider) AS source, line_of(slice.decider) AS line, decider.wall, decider.zone,
    teller.host, named.queue_id, teller.recipient, teller.original_recipient,
    teller.relay, teller.code, teller.reply, teller.next_id, teller.status AS teller_status,
    sender.sender, message.message_id
FROM slice
JOIN picked AS decider ON decider.place = slice.decider
JOIN picked AS teller ON teller.place = slice.teller
JOIN picked AS named ON named.place = slice.named
LEFT JOIN picked AS sender ON sender.place = slice.sender
LEFT JOIN picked AS message ON message.place = slice.message;
