-- name: insert_events
-- worker: everything of the requests in flight, in one statement; what is known already counts as a duplicate.
INSERT INTO intake_event (platform, received_at, account_ref, kind, identity, partition, payload)
SELECT $1::text, $2::timestamptz, * FROM unnest($3::text[], $4::text[], $5::bytea[], $6::text[], $7::bytea[])
ON CONFLICT (identity) DO NOTHING;

-- name: replace_events
-- worker: events whose last arrival wins are worked on again; a slower writer's older arrival is no last one.
INSERT INTO intake_event AS known (platform, received_at, account_ref, kind, identity, partition, payload)
SELECT $1::text, $2::timestamptz, * FROM unnest($3::text[], $4::text[], $5::bytea[], $6::text[], $7::bytea[])
ON CONFLICT (identity) DO UPDATE SET
    payload = excluded.payload, received_at = excluded.received_at, state = 'pending', tries = 0, next_attempt_at = NULL,
    problem = '', done_at = NULL
WHERE known.received_at <= excluded.received_at;

-- name: claim_events -> EventRow
-- worker: the oldest events nobody else holds, for one transaction.
SELECT id, platform, account_ref, kind, payload, tries, received_at FROM intake_event
WHERE state = 'pending' AND (next_attempt_at IS NULL OR next_attempt_at <= $1)
ORDER BY id
LIMIT $2
FOR UPDATE SKIP LOCKED;

-- name: claim_event -> EventRow
-- worker: one event, if it still waits and nobody else holds it.
SELECT id, platform, account_ref, kind, payload, tries, received_at FROM intake_event
WHERE id = $1 AND state = 'pending'
FOR UPDATE SKIP LOCKED;

-- name: end_events
-- worker: worked on, in the transaction of the effects.
UPDATE intake_event SET state = $2, done_at = $3, problem = $4 WHERE id = ANY ($1);

-- name: retry_event
-- worker: it failed; again later, or dead with its reason.
UPDATE intake_event SET tries = tries + 1, next_attempt_at = $2, problem = $3,
    state = CASE WHEN $2::timestamptz IS NULL THEN 'dead' ELSE 'pending' END,
    done_at = CASE WHEN $2::timestamptz IS NULL THEN $4::timestamptz END
WHERE id = $1 AND state = 'pending';

-- name: pending_count -> int
-- worker: how many events wait.
SELECT count(*)::int FROM intake_event WHERE state = 'pending';

-- name: forget_events
-- worker: what was worked on is kept eight days, longer than any platform sends again (36 h, 72 h).
DELETE FROM intake_event WHERE state IN ('done', 'unhandled') AND received_at < $1;
