-- Events: the one shape in which every format enters the correlator.
--   kind   start       a message enters the queue (Postfix client=, Exim <=): always a new life of its id
--          message-id  its Message-ID; a new life unless it follows a start
--          sender      its envelope sender
--          delivery    one outcome of one delivery run for one recipient
--          expired     the queue gives the message up for all who still wait
--          end         it leaves the queue
--   status of a delivery: delivered, deferred, bounced, expired, discarded, filtered
--   code   the enhanced code that the MTA gives beside the reply; reply as the MTA writes it
--   weak   the reply gives no reason of its own (Exim "retry time not reached")
--   next_id  the queue id that a local next hop answered
--   utc    the time that the line's own ids carry, where they do: tells the year and the zone of the log
CREATE TYPE kind AS ENUM ('start', 'message-id', 'sender', 'delivery', 'expired', 'end');
CREATE TYPE status AS ENUM ('delivered', 'deferred', 'bounced', 'expired', 'discarded', 'filtered');
--   place  source << 40 | line: where it stands in the input
CREATE TABLE events (
    place BIGINT, wall BIGINT, zone TINYINT,
    host VARCHAR, instance VARCHAR, queue_id VARCHAR, key UBIGINT, kind kind,
    sender VARCHAR, message_id VARCHAR, recipient VARCHAR, original_recipient VARCHAR,
    relay VARCHAR, status status, code VARCHAR, reply VARCHAR, weak BOOLEAN, next_id VARCHAR, utc TIMESTAMP
);

-- Postfix long queue id: six base-52 digits are the seconds since the epoch (src/global/mail_queue.h).
CREATE MACRO long_id_time(id) AS make_timestamp(CAST(list_sum([
    (instr('0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz', id[i]) - 1) * CAST(pow(52, 6 - i) AS BIGINT)
    FOR i IN [1, 2, 3, 4, 5, 6]
]) AS BIGINT) * 1000000);

-- Exim message id: six base-62 digits are the seconds since the epoch (Exim specification, "Message identification").
CREATE MACRO base62_time(id) AS make_timestamp(CAST(list_sum([
    (instr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', id[i]) - 1) * CAST(pow(62, 6 - i) AS BIGINT)
    FOR i IN [1, 2, 3, 4, 5, 6]
]) AS BIGINT) * 1000000);
