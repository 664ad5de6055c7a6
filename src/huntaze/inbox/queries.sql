-- The only SQL of the inbox.

-- name: insert_deed -> DeedRow
-- A new wish; nothing when its form was sent before.
INSERT INTO comment_deed (id, workspace_id, account_id, platform, comment_id, comment_ref, thread_ref, media_ref, person_ref,
                          commented_at, kind, text, state, next_check_at, asked_by, form_key, created_at, wanted_at)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'WAITING', $15, $13, $14, $15, $15)
ON CONFLICT (workspace_id, form_key) WHERE form_key IS NOT NULL DO NOTHING
RETURNING *;

-- name: deed_of_form -> DeedRow
-- What a form asked for when it was sent first.
SELECT * FROM comment_deed WHERE workspace_id = $1 AND form_key = $2;

-- name: deed -> DeedRow
-- One deed.
SELECT * FROM comment_deed WHERE workspace_id = $1 AND id = $2;

-- name: lock_deed -> DeedRow
-- One deed, held for the transaction that changes it.
SELECT * FROM comment_deed WHERE workspace_id = $1 AND id = $2 FOR UPDATE;

-- name: deeds_of_comments -> DeedRow
-- What was asked to be done with these comments, oldest first; without what was put away.
SELECT * FROM comment_deed
WHERE workspace_id = $1 AND comment_id = ANY ($2) AND dismissed_at IS NULL
ORDER BY created_at, id;

-- name: lines_of_deeds -> LineRow
-- The course of these deeds, oldest first.
SELECT * FROM comment_deed_line WHERE workspace_id = $1 AND deed_id = ANY ($2) ORDER BY at, id;

-- name: insert_line
-- One more line of the course of a deed.
INSERT INTO comment_deed_line (id, workspace_id, deed_id, at, kind, words, raw) VALUES ($2, $1, $3, $4, $5, $6, $7);

-- name: due_deeds -> UUID
-- worker: deeds that are due and that nobody alive works on.
SELECT id FROM comment_deed
WHERE next_check_at <= $1 AND (lease_until IS NULL OR lease_until < $1)
ORDER BY next_check_at
LIMIT $2;

-- name: claim_deed -> DeedRow
-- worker: take a deed that is due if nobody alive works on it; the fence counts takers. `coalesce` keeps to the
-- primary key, as in `claim` of publishing.
UPDATE comment_deed SET lease_until = $3, fence = fence + 1
WHERE id = $1 AND coalesce(next_check_at, 'infinity') <= $2 AND (lease_until IS NULL OR lease_until < $2)
RETURNING *;

-- name: step_deed -> DeedRow
-- worker: one step of whoever holds the fence; the lease ends with it.
UPDATE comment_deed SET state = $3, next_check_at = $4, tries = $5, problem = $6, lease_until = NULL
WHERE id = $1 AND fence = $2 AND state <> 'DONE'
RETURNING *;

-- name: arm_deed -> DeedRow
-- worker: commit the intent (I2); the lease is longer than the call may take, and forbids a second send.
UPDATE comment_deed
SET state = 'ARMED', armed_at = coalesce(armed_at, $3), sent_at = $3, request_hash = $4, sends = sends + 1,
    lease_until = $5, next_check_at = $5
WHERE id = $1 AND fence = $2 AND state = 'WAITING'
RETURNING *;

-- name: send_deed -> DeedRow
-- worker: the fence is checked once more just before the request leaves.
UPDATE comment_deed SET state = 'SENT' WHERE id = $1 AND fence = $2 AND state = 'ARMED'
RETURNING *;

-- name: deed_unknown -> DeedRow
-- worker: sent and no clear answer; never «again» (I7).
UPDATE comment_deed
SET state = 'UNKNOWN', unknown_since = $3, looks = 0, answers = 0, next_check_at = $4, lease_until = NULL
WHERE id = $1 AND fence = $2 AND state IN ('ARMED', 'SENT')
RETURNING *;

-- name: deed_looked -> DeedRow
-- worker: one more look at an unknown outcome; $3 is 1 when it was answered.
UPDATE comment_deed SET looks = looks + 1, answers = answers + $3, next_check_at = $4, lease_until = NULL
WHERE id = $1 AND fence = $2 AND state = 'UNKNOWN'
RETURNING *;

-- name: deed_done -> DeedRow
-- worker: a yes is final whoever brings it (I6).
UPDATE comment_deed
SET state = 'DONE', result_ref = coalesce(nullif(result_ref, ''), $2), next_check_at = NULL, lease_until = NULL,
    unknown_since = NULL, problem = NULL, dismissed_at = NULL
WHERE id = $1 AND state <> 'DONE'
RETURNING *;

-- name: ask_deed_again -> DeedRow
-- A person wants it done again, with this text; the fence turns away whoever works on it.
UPDATE comment_deed
SET state = 'WAITING', next_check_at = $3, wanted_at = $3, text = $5, asked_by = $6, tries = 0, sends = 0,
    unknown_since = NULL, problem = NULL, dismissed_at = NULL, fence = fence + 1, lease_until = NULL
WHERE workspace_id = $1 AND id = $2 AND state = ANY ($4)
RETURNING *;

-- name: confirm_deed -> DeedRow
-- A person saw that it was done.
UPDATE comment_deed
SET state = 'DONE', next_check_at = NULL, lease_until = NULL, unknown_since = NULL, problem = NULL, fence = fence + 1
WHERE workspace_id = $1 AND id = $2 AND state = ANY ($3)
RETURNING *;

-- name: dismiss_deed -> DeedRow
-- A person has seen that it failed and wants to see it no more.
UPDATE comment_deed SET dismissed_at = $3
WHERE workspace_id = $1 AND id = $2 AND state = ANY ($4) AND dismissed_at IS NULL
RETURNING *;

-- name: private_reply_of -> DeedRow
-- The one private reply of a comment, put away or not.
SELECT * FROM comment_deed WHERE workspace_id = $1 AND account_id = $2 AND comment_ref = $3 AND kind = 'private_reply';

-- name: refs_made -> str
-- Replies under a thread that are known to come from other deeds.
SELECT result_ref FROM comment_deed
WHERE workspace_id = $1 AND account_id = $2 AND thread_ref = $3 AND kind = 'reply' AND result_ref <> '' AND id <> $4;

-- name: private_sends -> datetime
-- When private replies of an account were sent since a time, oldest first.
SELECT sent_at FROM comment_deed
WHERE workspace_id = $1 AND account_id = $2 AND kind = 'private_reply' AND sent_at > $3 AND id <> $4
ORDER BY sent_at;

-- name: forget_lines -> int
-- What platforms answered about the comments of a person.
WITH gone AS (
    DELETE FROM comment_deed_line WHERE workspace_id = $1
        AND deed_id IN (SELECT id FROM comment_deed WHERE workspace_id = $1 AND platform = $2 AND person_ref = $3)
    RETURNING 1)
SELECT count(*)::int FROM gone;

-- name: forget_deeds -> int
-- What was asked to be done with the comments of a person; what is under way ends, and looks no more.
WITH gone AS (
    UPDATE comment_deed
    SET text = '', person_ref = '', problem = NULL, lease_until = NULL, next_check_at = NULL, fence = fence + 1,
        state = CASE WHEN state = 'DONE' THEN state ELSE 'FAILED' END, dismissed_at = coalesce(dismissed_at, now())
    WHERE workspace_id = $1 AND platform = $2 AND person_ref = $3
    RETURNING 1)
SELECT count(*)::int FROM gone;

-- name: erase_deeds -> int
-- Everything that was done with the comments of an account.
WITH lines AS (
    DELETE FROM comment_deed_line WHERE workspace_id = $1
        AND deed_id IN (SELECT id FROM comment_deed WHERE workspace_id = $1 AND account_id = $2) RETURNING 1),
     deeds AS (DELETE FROM comment_deed WHERE workspace_id = $1 AND account_id = $2 RETURNING 1)
SELECT ((SELECT count(*) FROM lines) + (SELECT count(*) FROM deeds))::int;
