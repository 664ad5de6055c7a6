-- name: insert_events -> int
-- worker: everything of the requests in flight, in one statement; what is known already counts as a duplicate.
WITH new AS (
    INSERT INTO intake_event (platform, account_ref, kind, identity, partition, payload, received_at)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::bytea[], $7::timestamptz[])
    ON CONFLICT (identity) DO NOTHING
    RETURNING 1)
SELECT count(*)::int FROM new;

-- name: replace_events -> int
-- worker: events whose last arrival wins are worked on again.
WITH new AS (
    INSERT INTO intake_event (platform, account_ref, kind, identity, partition, payload, received_at)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::bytea[], $7::timestamptz[])
    ON CONFLICT (identity) DO UPDATE SET
        payload = excluded.payload, received_at = excluded.received_at, state = 'pending', tries = 0, next_attempt_at = NULL,
        problem = '', done_at = NULL
    RETURNING 1)
SELECT count(*)::int FROM new;

-- name: claim_events -> EventRow
-- worker: the oldest events nobody else holds, for one transaction.
SELECT id, platform, account_ref, kind, payload, tries, received_at FROM intake_event
WHERE state = 'pending' AND (next_attempt_at IS NULL OR next_attempt_at <= $1)
ORDER BY id
LIMIT $2
FOR UPDATE SKIP LOCKED;

-- name: end_events
-- worker: worked on, in the transaction of the effects.
UPDATE intake_event SET state = $2, done_at = $3, problem = '' WHERE id = ANY ($1);

-- name: retry_event
-- worker: it failed; again later, or dead with its reason.
UPDATE intake_event SET tries = tries + 1, state = $2, next_attempt_at = $3, problem = $4 WHERE id = $1;

-- name: pending_count -> int
-- worker: how many events wait.
SELECT count(*)::int FROM intake_event WHERE state = 'pending';

-- name: forget_events -> int
-- worker: what was worked on is kept eight days, longer than any platform sends again (36 h, 72 h).
WITH gone AS (DELETE FROM intake_event WHERE state IN ('done', 'unhandled') AND received_at < $1 RETURNING 1)
SELECT count(*)::int FROM gone;
