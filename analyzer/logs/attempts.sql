-- Attempts: the deciding line, the telling run and the life joined; then what the format's `told` view reads
-- from the reply. In input order.
CREATE TEMP VIEW final AS
SELECT
    decider.source, decider.line, decider.wall, decider.zone,
    decided.status, CAST(decided.tries AS INTEGER) AS tries, decided.last,
    teller.host, teller.queue_id, teller.recipient, teller.original_recipient,
    teller.relay, teller.code, teller.reply,
    teller.status AS teller_status,
    lives.sender, lives.message_id
FROM decided
JOIN ordered AS decider ON decider.seq = decided.decider
JOIN ordered AS teller ON teller.seq = decided.teller
JOIN lives ON lives.key = decided.key AND lives.life = decided.life;
