-- Events: the one shape in which every format enters the correlator.
--   place  where it stands: source, line and part in one number (place_of; 17, 34 and 12 bits); part tells
--          apart the events of one line that speaks of several recipients
--   kind   start       a message enters the queue (Postfix client=, Exim <=): always a new life of its id
--          message-id  its Message-ID; a new life unless it follows a start
--          sender      its envelope sender
--          delivery    one outcome of one delivery run for one recipient
--          expired     the queue gives the message up for all who still wait
--          end         it leaves the queue
--          run         a delivery run begins; only where outcomes name no more than its number (runs.sql)
--   status of a delivery: delivered, deferred, bounced, expired, discarded, filtered
--   code   the enhanced code that the MTA gives beside the reply; reply as the MTA writes it
--   weak   the reply gives no reason of its own (Exim "retry time not reached")
--   next_id  the queue id that a local next hop answered
--   run_id the number of the run, in such a format
--   utc    the time that the line's own ids carry, where they do: tells the year and the zone of the log
CREATE TYPE kind AS ENUM ('start', 'message-id', 'sender', 'delivery', 'expired', 'end', 'run');
CREATE TYPE status AS ENUM ('delivered', 'deferred', 'bounced', 'expired', 'discarded', 'filtered');
CREATE TABLE events (
    place BIGINT, wall BIGINT, zone TINYINT,
    host VARCHAR, instance VARCHAR, queue_id VARCHAR, key UBIGINT, kind kind,
    sender VARCHAR, message_id VARCHAR, recipient VARCHAR, original_recipient VARCHAR,
    relay VARCHAR, status status, code VARCHAR, reply VARCHAR, weak BOOLEAN, next_id VARCHAR, run_id VARCHAR, utc TIMESTAMP
);

CREATE MACRO place_of(source, line, part) AS
    (CAST(source AS BIGINT) << 46) | (CAST(line AS BIGINT) << 12) | CAST(part AS BIGINT);
CREATE MACRO source_of(place) AS place >> 46;
CREATE MACRO line_of(place) AS (place >> 12) & 17179869183;
CREATE MACRO within_source(place) AS place & 70368744177663;

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

-- Sendmail id: year, month, day, hour, minute and second in UTC, base 60 (sendmail/queue.c, assign_queueid).
CREATE MACRO base60(digit) AS instr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx', digit) - 1;
CREATE MACRO sendmail_time(id) AS try(make_timestamp(
    CASE WHEN base60(id[1]) < 40 THEN 2020 ELSE 1960 END + base60(id[1]),
    base60(id[2]) + 1, base60(id[3]), base60(id[4]), base60(id[5]), CAST(base60(id[6]) AS DOUBLE)
));
