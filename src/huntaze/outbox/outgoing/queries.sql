-- name: insert_target
-- A new webhook.
INSERT INTO webhook_target
    (id, workspace_id, name, url, types, account_ids, include_content, secret, created_at, enabled_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9);

-- name: targets -> TargetRow
-- The webhooks of a workspace, oldest first.
SELECT * FROM webhook_target WHERE workspace_id = $1 ORDER BY id;

-- name: target -> TargetRow
-- One webhook.
SELECT * FROM webhook_target WHERE workspace_id = $1 AND id = $2;

-- name: lock_target -> TargetRow
-- One webhook, for this transaction alone; deliveries to it can still be made meanwhile.
SELECT * FROM webhook_target WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE;

-- name: lock_workspace -> bool
-- One at a time makes webhooks for a workspace, so that their number is held.
SELECT true FROM pg_advisory_xact_lock(hashtextextended('webhook_target:' || $1::text, 0));

-- name: count_targets -> int
-- How many webhooks a workspace has.
SELECT count(*) FROM webhook_target WHERE workspace_id = $1;

-- name: update_target
-- What a person changed; a new address begins without a history of failures.
UPDATE webhook_target
SET name = $3, url = $4, types = $5, account_ids = $6, include_content = $7,
    failing_since = CASE WHEN url = $4 THEN failing_since END
WHERE workspace_id = $1 AND id = $2;

-- name: enable_target
-- From now on it is told again, and what waited goes out.
UPDATE webhook_target SET off_at = NULL, off_why = '', enabled_at = $3, failing_since = NULL
WHERE workspace_id = $1 AND id = $2 AND off_at IS NOT NULL;

-- name: disable_target
-- Nothing is sent to it any more, and why; what waits stays.
UPDATE webhook_target SET off_at = $3, off_why = $4 WHERE workspace_id = $1 AND id = $2 AND off_at IS NULL;

-- name: rotate_secret
-- A new secret; the old one signs beside it until a time.
UPDATE webhook_target SET secret = $3, old_secret = $4, old_secret_until = $5 WHERE workspace_id = $1 AND id = $2;

-- name: delete_target
-- A webhook with all its deliveries.
DELETE FROM webhook_target WHERE workspace_id = $1 AND id = $2;

-- name: targets_on -> TargetRow
-- worker: every webhook that wants to be told, of any workspace.
SELECT * FROM webhook_target WHERE off_at IS NULL ORDER BY id;

-- name: targets_off -> TargetRow
-- Webhooks that were switched off by themselves.
SELECT * FROM webhook_target WHERE workspace_id = $1 AND off_why IN ('gone', 'failing') ORDER BY id;

-- name: note_success
-- It took a delivery.
UPDATE webhook_target SET delivered_at = $3, failing_since = NULL WHERE workspace_id = $1 AND id = $2;

-- name: note_failure -> datetime
-- It did not take a delivery; since when none arrives.
UPDATE webhook_target SET failing_since = coalesce(failing_since, $3) WHERE workspace_id = $1 AND id = $2
RETURNING failing_since;

-- name: insert_delivery
-- An event for a webhook; one that it has already is left as it is.
INSERT INTO delivery
    (id, workspace_id, target_id, event_id, type, account_id, body, platform, person_ref, state, next_at, event_at,
     created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', $10, $11, $10)
ON CONFLICT (target_id, event_id) DO NOTHING;

-- name: events_had -> int
-- Which of these events a webhook has already.
SELECT event_id FROM delivery WHERE workspace_id = $1 AND target_id = $2 AND event_id = ANY($3::bigint[]);

-- name: in_flight -> int
-- How many deliveries to a webhook are under way.
SELECT count(*) FROM delivery
WHERE workspace_id = $1 AND target_id = $2 AND state = 'waiting' AND lease_until > $3;

-- name: claim_delivery -> DeliveryRow
-- Take the next due delivery of a webhook for an attempt.
UPDATE delivery SET attempts = attempts + 1, tries = tries + 1, attempted_at = $3, lease_until = $4
WHERE workspace_id = $1 AND id = (
    SELECT id FROM delivery
    WHERE workspace_id = $1 AND target_id = $2 AND state = 'waiting' AND next_at <= $3
      AND (lease_until IS NULL OR lease_until <= $3)
    ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING *;

-- name: claim_one -> DeliveryRow
-- Take one delivery for an attempt, unless somebody has it.
UPDATE delivery SET attempts = attempts + 1, tries = tries + 1, attempted_at = $3, lease_until = $4
WHERE workspace_id = $1 AND id = $2 AND state = 'waiting' AND (lease_until IS NULL OR lease_until <= $3)
RETURNING *;

-- name: settle_delivery
-- What came of an attempt, unless a later one has begun or there is nothing to send any more.
UPDATE delivery
SET state = $4, next_at = $5, lease_until = NULL, status = $6, latency_ms = $7, answer = $8, problem = $9,
    ended_at = $10
WHERE workspace_id = $1 AND id = $2 AND attempts = $3 AND state = 'waiting';

-- name: insert_attempt
-- One line of a delivery's history.
INSERT INTO delivery_attempt (workspace_id, delivery_id, number, at, status, latency_ms, answer, problem)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: next_due -> datetime
-- When something is to be sent to a webhook next, or nothing.
SELECT min(greatest(next_at, coalesce(lease_until, next_at))) FROM delivery
WHERE workspace_id = $1 AND target_id = $2 AND state = 'waiting';

-- name: due_targets -> DueTarget
-- worker: webhooks for which something is due that nobody has in hand.
SELECT t.workspace_id, t.id FROM webhook_target t
WHERE t.off_at IS NULL AND EXISTS (
    SELECT FROM delivery d
    WHERE d.target_id = t.id AND d.state = 'waiting' AND d.next_at <= $1
      AND (d.lease_until IS NULL OR d.lease_until <= $1)
);

-- name: deliveries -> DeliveryRow
-- The log of a webhook, newest first, before a delivery.
SELECT * FROM delivery
WHERE workspace_id = $1 AND target_id = $2 AND ($3::uuid IS NULL OR id < $3)
  AND (cardinality($4::text[]) = 0 OR state = ANY($4)) AND (cardinality($5::text[]) = 0 OR type = ANY($5))
ORDER BY id DESC LIMIT $6;

-- name: delivery -> DeliveryRow
-- One delivery of a webhook.
SELECT * FROM delivery WHERE workspace_id = $1 AND target_id = $2 AND id = $3;

-- name: attempts -> AttemptRow
-- The attempts of a delivery, oldest first.
SELECT * FROM delivery_attempt WHERE workspace_id = $1 AND delivery_id = $2 ORDER BY number;

-- name: replay_one
-- Send one again, with a fresh count of tries.
UPDATE delivery SET state = 'waiting', tries = 0, next_at = $4, ended_at = NULL
WHERE workspace_id = $1 AND target_id = $2 AND id = $3 AND state IN ('delivered', 'failed', 'waiting');

-- name: replay_range
-- Send again what was made in a time and ended so.
UPDATE delivery SET state = 'waiting', tries = 0, next_at = $6, ended_at = NULL
WHERE workspace_id = $1 AND target_id = $2 AND created_at >= $3 AND created_at < $4 AND state = ANY($5::text[]);

-- name: health -> TargetHealth
-- Of each webhook: what ended since a time, and what waits.
SELECT target_id,
       count(*) FILTER (WHERE state = 'delivered' AND ended_at >= $2)::int AS delivered,
       count(*) FILTER (WHERE state = 'failed' AND ended_at >= $2)::int AS failed,
       count(*) FILTER (WHERE state = 'waiting')::int AS waiting
FROM delivery WHERE workspace_id = $1 AND (state = 'waiting' OR created_at >= $2 - interval '4 days')
GROUP BY target_id;

-- name: backlog -> Backlog
-- worker: what waits of all workspaces, but for webhooks that are switched off.
SELECT count(*) AS waiting, min(d.created_at) AS oldest
FROM delivery d JOIN webhook_target t ON t.id = d.target_id
WHERE d.state = 'waiting' AND t.off_at IS NULL;

-- name: erase_person
-- Nothing of somebody's words is left, neither in bodies nor in what receivers answered to them.
WITH theirs AS (
    UPDATE delivery SET state = 'erased', body = '', answer = '', platform = '', person_ref = '', lease_until = NULL,
        ended_at = coalesce(ended_at, $4)
    WHERE workspace_id = $1 AND platform = $2 AND person_ref = $3
    RETURNING id
)
UPDATE delivery_attempt SET answer = '' WHERE workspace_id = $1 AND delivery_id IN (SELECT id FROM theirs);

-- name: count_person -> int
-- How many deliveries hold somebody's words.
SELECT count(*) FROM delivery WHERE workspace_id = $1 AND platform = $2 AND person_ref = $3;

-- name: erase_account
-- Nothing of what was told of an account is left, neither in bodies nor in what receivers answered to them.
WITH its AS (
    UPDATE delivery SET state = 'erased', body = '', answer = '', platform = '', person_ref = '', lease_until = NULL,
        ended_at = coalesce(ended_at, $3)
    WHERE workspace_id = $1 AND account_id = $2 AND state <> 'erased'
    RETURNING id
)
UPDATE delivery_attempt SET answer = '' WHERE workspace_id = $1 AND delivery_id IN (SELECT id FROM its);

-- name: count_account -> int
-- How many deliveries tell of an account.
SELECT count(*) FROM delivery WHERE workspace_id = $1 AND account_id = $2 AND state <> 'erased';

-- name: forget_deliveries
-- worker: drop what is old.
DELETE FROM delivery WHERE created_at < $1;
