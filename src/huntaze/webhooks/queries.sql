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
WHERE known.received_at <= excluded.received_at AND known.state <> 'erased';

-- name: claim_partitions -> PartitionRow
-- worker: the conversations behind a place in their order in which something waits. Mine: its first event is due, and this transaction has the conversation to itself.
WITH RECURSIVE head AS (
    (SELECT platform, partition, next_attempt_at FROM intake_event
     WHERE state = 'pending' AND (platform, partition) > ($1::text, $2::text)
     ORDER BY platform, partition, id
     LIMIT 1)
    UNION ALL
    SELECT following.platform, following.partition, following.next_attempt_at
    FROM head CROSS JOIN LATERAL (
        SELECT e.platform, e.partition, e.next_attempt_at FROM intake_event AS e
        WHERE e.state = 'pending' AND (e.platform, e.partition) > (head.platform, head.partition)
        ORDER BY e.platform, e.partition, e.id
        LIMIT 1) AS following
)
SELECT platform, partition,
       CASE WHEN next_attempt_at IS NULL OR next_attempt_at <= $3
            THEN pg_try_advisory_xact_lock(hashtextextended('intake ' || platform || '/' || partition, 0)) ELSE false END AS mine
FROM (SELECT head.platform, head.partition, head.next_attempt_at FROM head LIMIT $4) AS some_heads;

-- name: claim_events -> EventRow
-- worker: the first events that wait in conversations of ours, in their order; one that is being replaced at this moment has none and is passed over.
SELECT e.id, e.platform, e.account_ref, e.kind, e.partition, e.payload, e.tries, e.received_at
FROM unnest($1::text[], $2::text[]) AS held (platform, partition)
CROSS JOIN LATERAL (
    SELECT one.id, one.platform, one.account_ref, one.kind, one.partition, one.payload, one.tries, one.received_at
    FROM intake_event AS one
    WHERE one.state = 'pending' AND one.platform = held.platform AND one.partition = held.partition
    ORDER BY one.id
    LIMIT $3
    FOR UPDATE SKIP LOCKED) AS e
ORDER BY e.id;

-- name: hold_partition -> bool
-- worker: have a conversation to itself for a transaction, unless somebody else has it.
SELECT pg_try_advisory_xact_lock(hashtextextended('intake ' || $1::text || '/' || $2::text, 0));

-- name: claim_event -> EventRow
-- worker: one event of a conversation of ours, if it is due and the first that waits there.
SELECT id, platform, account_ref, kind, partition, payload, tries, received_at FROM intake_event AS e
WHERE id = $1 AND state = 'pending' AND (next_attempt_at IS NULL OR next_attempt_at <= $2)
  AND NOT EXISTS (
      SELECT FROM intake_event AS earlier
      WHERE earlier.state = 'pending' AND earlier.platform = e.platform AND earlier.partition = e.partition
        AND earlier.id < e.id)
FOR UPDATE OF e SKIP LOCKED;

-- name: end_events
-- worker: worked on, in the transaction of the effects.
UPDATE intake_event SET state = $2, done_at = $3, problem = $4, next_attempt_at = NULL WHERE id = ANY ($1);

-- name: retry_event
-- worker: the try with this number failed; again later, or dead with its reason.
UPDATE intake_event SET tries = tries + 1, next_attempt_at = $3, problem = $4,
    state = CASE WHEN $3::timestamptz IS NULL THEN 'dead' ELSE 'pending' END,
    done_at = CASE WHEN $3::timestamptz IS NULL THEN $5::timestamptz END
WHERE id = $1 AND state = 'pending' AND tries = $2;

-- name: backlog -> BacklogRow
-- worker: how many events wait, since when the oldest does, and how many failed for good.
SELECT (SELECT count(*)::int FROM intake_event WHERE state = 'pending') AS waiting,
       (SELECT received_at FROM intake_event WHERE state = 'pending' ORDER BY id LIMIT 1) AS oldest,
       (SELECT count(*)::int FROM intake_event WHERE state = 'dead') AS dead;

-- name: forget_events
-- worker: what was worked on is kept eight days, longer than any platform sends again (36 h, 72 h).
DELETE FROM intake_event WHERE state IN ('done', 'unhandled', 'dismissed', 'erased') AND received_at < $1;

-- name: newest_event -> int
-- worker: the event that was stored last, 0 if none was.
SELECT coalesce(max(id), 0) FROM intake_event;

-- name: rehearsed -> RehearsedRow
-- worker: events of a rehearsal, behind one of them or behind its beginning.
SELECT id, payload FROM intake_event WHERE platform = $1 AND account_ref = $2 AND id > $3 ORDER BY id LIMIT $4;

-- name: forget_rehearsed
-- worker: take away events of a rehearsal that began behind an event, so many at a time.
DELETE FROM intake_event
WHERE id IN (SELECT id FROM intake_event WHERE platform = $1 AND account_ref = $2 AND id > $3 LIMIT $4);

-- name: listed -> ListedRow
-- Events that somebody may see ($1 to $6) and asks for ($7 to $12), newest first, behind a place ($13).
SELECT e.id, e.platform, e.account_ref, e.kind, e.state, e.tries, e.next_attempt_at, e.problem, e.received_at, e.done_at
FROM intake_event AS e
WHERE ($1::bool
       OR EXISTS (SELECT FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS own (platform, ref, until)
                  WHERE own.platform = e.platform AND own.ref = e.account_ref AND (own.until IS NULL OR e.received_at <= own.until))
       OR ($5::text[] IS NOT NULL
           AND NOT EXISTS (SELECT FROM unnest($5::text[], $6::text[]) AS known (platform, ref)
                           WHERE known.platform = e.platform AND known.ref = e.account_ref)))
  AND ($7::text[] IS NULL OR e.state = ANY ($7)) AND ($8::text IS NULL OR e.kind = $8)
  AND ($9::text IS NULL OR e.platform = $9) AND ($10::text[] IS NULL OR e.account_ref = ANY ($10))
  AND ($11::timestamptz IS NULL OR e.received_at >= $11) AND ($12::timestamptz IS NULL OR e.received_at < $12)
  AND ($13::bigint IS NULL OR e.id < $13)
ORDER BY e.id DESC
LIMIT $14;

-- name: opened -> OpenedRow
-- One event that somebody may see ($1 to $6), with its payload.
SELECT e.id, e.platform, e.account_ref, e.kind, e.state, e.tries, e.next_attempt_at, e.problem, e.received_at, e.done_at, e.payload
FROM intake_event AS e
WHERE ($1::bool
       OR EXISTS (SELECT FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS own (platform, ref, until)
                  WHERE own.platform = e.platform AND own.ref = e.account_ref AND (own.until IS NULL OR e.received_at <= own.until))
       OR ($5::text[] IS NOT NULL
           AND NOT EXISTS (SELECT FROM unnest($5::text[], $6::text[]) AS known (platform, ref)
                           WHERE known.platform = e.platform AND known.ref = e.account_ref)))
  AND e.id = $7;

-- name: counted -> CountRow
-- How many events that somebody may see ($1 to $6) are in which state: those that wait or failed, and what else came since $7.
SELECT e.state, e.kind, count(*)::int AS count, min(e.received_at) AS oldest
FROM (SELECT platform, account_ref, kind, state, received_at FROM intake_event WHERE state = 'pending'
      UNION ALL
      SELECT platform, account_ref, kind, state, received_at FROM intake_event WHERE state = 'dead'
      UNION ALL
      SELECT platform, account_ref, kind, state, received_at FROM intake_event
      WHERE received_at >= $7 AND state NOT IN ('pending', 'dead')) AS e
WHERE $1::bool
   OR EXISTS (SELECT FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS own (platform, ref, until)
              WHERE own.platform = e.platform AND own.ref = e.account_ref AND (own.until IS NULL OR e.received_at <= own.until))
   OR ($5::text[] IS NOT NULL
       AND NOT EXISTS (SELECT FROM unnest($5::text[], $6::text[]) AS known (platform, ref)
                       WHERE known.platform = e.platform AND known.ref = e.account_ref))
GROUP BY e.state, e.kind;

-- name: move_events
-- Events that somebody may see ($1 to $6) and asks for ($7 to $12, one of them $13) are worked on again, or set aside: state $14.
UPDATE intake_event AS e SET
    state = $14, tries = 0, next_attempt_at = NULL,
    problem = CASE WHEN $14 = 'pending' THEN '' ELSE e.problem END,
    done_at = CASE WHEN $14 = 'pending' THEN NULL ELSE $15::timestamptz END
WHERE ($1::bool
       OR EXISTS (SELECT FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS own (platform, ref, until)
                  WHERE own.platform = e.platform AND own.ref = e.account_ref AND (own.until IS NULL OR e.received_at <= own.until))
       OR ($5::text[] IS NOT NULL
           AND NOT EXISTS (SELECT FROM unnest($5::text[], $6::text[]) AS known (platform, ref)
                           WHERE known.platform = e.platform AND known.ref = e.account_ref)))
  AND e.state = ANY ($7::text[]) AND ($8::text IS NULL OR e.kind = $8)
  AND ($9::text IS NULL OR e.platform = $9) AND ($10::text[] IS NULL OR e.account_ref = ANY ($10))
  AND ($11::timestamptz IS NULL OR e.received_at >= $11) AND ($12::timestamptz IS NULL OR e.received_at < $12)
  AND ($13::bigint IS NULL OR e.id = $13);

-- name: erase_account_events -> int
-- worker: what arrived for an account; the keys stay, so that nothing comes back when it is sent again.
WITH gone AS (
    UPDATE intake_event SET payload = '', partition = '', account_ref = '', problem = '', state = 'erased',
        next_attempt_at = NULL, done_at = $3
    WHERE platform = $1 AND account_ref = ANY ($2::text[])
    RETURNING 1)
SELECT count(*)::int FROM gone;

-- name: erase_person_events -> int
-- worker: what arrived for some accounts ($2) of or about a person, whose id stands in it ($3, and as a whole word $4).
WITH gone AS (
    UPDATE intake_event SET payload = '', partition = '', problem = '', state = 'erased', next_attempt_at = NULL, done_at = $5
    WHERE platform = $1 AND account_ref = ANY ($2::text[]) AND position($3::bytea IN payload) > 0
      AND encode(payload, 'escape') ~ $4
    RETURNING 1)
SELECT count(*)::int FROM gone;

-- name: add_erasure
-- worker: somebody asked to be forgotten; the same request again is none.
INSERT INTO erasure (code, platform, person_hash, person_ref, issued_at, asked_at, done_at, counts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (platform, person_hash, issued_at) DO NOTHING;

-- name: asked_erasure -> ErasureRow
-- worker: the request of a person that is the same, or is still being worked on.
SELECT code, platform, person_ref, issued_at, asked_at, done_at, counts FROM erasure
WHERE platform = $1 AND person_hash = ANY ($2::bytea[]) AND (issued_at = $3 OR done_at IS NULL)
ORDER BY asked_at, code
LIMIT 1;

-- name: erasure -> ErasureRow
-- worker: the request behind a code.
SELECT code, platform, person_ref, issued_at, asked_at, done_at, counts FROM erasure WHERE code = $1;

-- name: waiting_erasures -> str
-- worker: requests that are not worked off, the oldest first.
SELECT code FROM erasure WHERE done_at IS NULL ORDER BY asked_at LIMIT $1;

-- name: lock_erasure -> ErasureRow
-- worker: a request that is not worked off, held by this transaction.
SELECT code, platform, person_ref, issued_at, asked_at, done_at, counts FROM erasure
WHERE code = $1 AND done_at IS NULL FOR UPDATE;

-- name: count_erased
-- worker: what was erased so far for a request.
UPDATE erasure SET counts = $2 WHERE code = $1;

-- name: end_erasure
-- worker: everything is erased, the id of the person too.
UPDATE erasure SET done_at = $2, person_ref = '', counts = $3 WHERE code = $1 AND done_at IS NULL;
