-- name: tell -> int
-- Tell one event and, at commit, wake who reads live.
WITH told AS (
    INSERT INTO domain_event (workspace_id, topic, ref, account_id, body, actor, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    RETURNING id
)
SELECT told.id FROM told CROSS JOIN pg_notify('huntaze_live', '');

-- name: tell_many
-- Tell many events in their order and, at commit, wake who reads live.
WITH told AS (
    INSERT INTO domain_event (workspace_id, at, topic, ref, account_id, body)
    SELECT $1, $2, new.topic, new.ref, new.account_id, new.body::jsonb
    FROM unnest($3::text[], $4::text[], $5::uuid[], $6::text[]) WITH ORDINALITY AS new (topic, ref, account_id, body, place)
    ORDER BY new.place
)
SELECT pg_notify('huntaze_live', '');

-- name: changes_after -> ChangeRow
-- What was told in a workspace after a position, settled rows only, oldest first.
SELECT xid, id, topic, ref, account_id, body
FROM domain_event
WHERE workspace_id = $1 AND (xid, id) > ($2, $3) AND xid < settled_before()
ORDER BY xid, id
LIMIT $4;

-- name: horizon -> int
-- worker: the first transaction that may still be under way; everything told before it can be seen.
SELECT settled_before();

-- name: add_subscription
-- worker: a subscriber seen for the first time starts before everything.
INSERT INTO subscription (name, xid, event_id) VALUES ($1, '0', 0) ON CONFLICT (name) DO NOTHING;

-- name: lock_subscription -> SubscriptionRow
-- worker: take a subscriber's cursor for this transaction, or nothing while another worker has it.
SELECT xid, event_id, failures, retry_at FROM subscription WHERE name = $1 FOR UPDATE SKIP LOCKED;

-- name: hold_subscription -> bool
-- worker: wait for a cursor and hold it for this transaction: nothing is read with it meanwhile.
SELECT true FROM subscription WHERE name = $1 FOR UPDATE;

-- name: next_event -> Event
-- worker: the first event of some topics after a cursor and before the horizon, of any workspace.
SELECT id, xid, workspace_id, topic, ref, account_id, body, actor, at
FROM domain_event
WHERE (xid, id) > ($1, $2) AND xid < $3 AND topic = ANY($4::text[])
ORDER BY xid, id
LIMIT 1;

-- name: next_events -> Event
-- worker: the first events of some topics and workspaces after a cursor and before the horizon.
SELECT id, xid, workspace_id, topic, ref, account_id, body, actor, at
FROM domain_event
WHERE (xid, id) > ($1, $2) AND xid < $3 AND topic = ANY($4::text[]) AND workspace_id = ANY($5::uuid[])
ORDER BY xid, id
LIMIT $6;

-- name: events_between -> Event
-- What was told in a workspace in a time, of some topics, after a position, settled rows only.
SELECT id, xid, workspace_id, topic, ref, account_id, body, actor, at
FROM domain_event
WHERE workspace_id = $1 AND (xid, id) > ($2, $3) AND xid < settled_before() AND topic = ANY($4::text[])
  AND at >= $5 AND at < $6
ORDER BY xid, id
LIMIT $7;

-- name: publication_before -> str
-- The state in which a publication was told last before an event.
SELECT body ->> 'state' FROM domain_event
WHERE workspace_id = $1 AND topic = 'publication.changed' AND body ->> 'publicationId' = $2 AND id < $3
ORDER BY id DESC LIMIT 1;

-- name: move_subscription
-- worker: an event is handled.
UPDATE subscription SET xid = $2, event_id = $3, failures = 0, retry_at = NULL, problem = '' WHERE name = $1;

-- name: skip_to_horizon
-- worker: step over events of other topics, so that the next search starts behind them; writes only if there are any.
UPDATE subscription SET xid = $2, event_id = 0
WHERE name = $1 AND EXISTS (
    SELECT FROM domain_event e WHERE (e.xid, e.id) > (subscription.xid, subscription.event_id) AND e.xid < $2
);

-- name: note_failure
-- worker: an event could not be handled; it stays next, and is tried again at a time.
UPDATE subscription SET failures = failures + 1, retry_at = $4, problem = $5
WHERE name = $1 AND xid = $2 AND event_id = $3;

-- name: forget_told
-- worker: drop what is old and behind every subscriber that there is.
DELETE FROM domain_event d
WHERE d.at < $1 AND NOT EXISTS (
    SELECT FROM subscription s WHERE s.name = ANY($2::text[]) AND (d.xid, d.id) > (s.xid, s.event_id)
);

-- name: erase_told -> int
-- What was told in a workspace and names a person by their id.
WITH gone AS (
    UPDATE domain_event SET body = '{}', ref = CASE WHEN ref = $2 THEN '' ELSE ref END
    WHERE workspace_id = $1
      AND (ref = $2 OR EXISTS (SELECT FROM jsonb_each_text(body) AS fact WHERE fact.value = $2))
    RETURNING 1)
SELECT count(*)::int FROM gone;

-- name: erase_told_of_account -> int
-- What was told of an account: that something was, and which thing of ours, stays for those who have not heard it yet.
WITH gone AS (
    UPDATE domain_event SET body = '{}', ref = CASE WHEN ref ~ '^[0-9a-f]{8}-[0-9a-f-]{27}$' THEN ref ELSE '' END
    WHERE workspace_id = $1 AND account_id = $2
    RETURNING 1)
SELECT count(*)::int FROM gone;
