-- name: insert_post
-- A new post.
INSERT INTO post (id, workspace_id, type, caption, media, location_id, cover_id, zone, author, created_at, edited_at)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $10);

-- name: update_post -> int
-- New content of a post; the version tells who saved last.
UPDATE post SET type = $3, caption = $4, media = $5, location_id = $6, cover_id = $7, zone = $8, edited_at = $9, version = version + 1
WHERE workspace_id = $1 AND id = $2
RETURNING version;

-- name: get_post -> PostRow
-- One post.
SELECT post.*, coalesce((SELECT text FROM post_first_comment AS said WHERE said.post_id = post.id), '') AS first_comment
FROM post WHERE workspace_id = $1 AND id = $2;

-- name: lock_post -> PostRow
-- One post, held for the transaction that changes it.
SELECT post.*, coalesce((SELECT text FROM post_first_comment AS said WHERE said.post_id = post.id), '') AS first_comment
FROM post WHERE workspace_id = $1 AND id = $2 FOR UPDATE;

-- name: list_posts -> PostRow
-- Posts newest first, before an id, all or those with a publication in one of the states.
SELECT post.*, coalesce((SELECT text FROM post_first_comment AS said WHERE said.post_id = post.id), '') AS first_comment
FROM post
WHERE workspace_id = $1
  AND ($2::uuid IS NULL OR id < $2)
  AND ($3::text[] IS NULL OR EXISTS (
        SELECT 1 FROM publication p WHERE p.workspace_id = $1 AND p.post_id = post.id AND p.state = ANY ($3)))
ORDER BY id DESC
LIMIT $4;

-- name: list_account_posts -> PostRow
-- Posts of one account, newest first.
SELECT post.*, coalesce((SELECT text FROM post_first_comment AS said WHERE said.post_id = post.id), '') AS first_comment
FROM post
WHERE workspace_id = $1
  AND id IN (SELECT post_id FROM publication WHERE workspace_id = $1 AND account_id = $2)
ORDER BY id DESC
LIMIT $3;

-- name: list_coming_posts -> PostRow
-- Posts with a publication in one of the states, the next due first.
SELECT post.*, coalesce((SELECT text FROM post_first_comment AS said WHERE said.post_id = post.id), '') AS first_comment
FROM post
JOIN (SELECT post_id, min(due_at) AS due_at FROM publication
      WHERE workspace_id = $1 AND state = ANY ($2) GROUP BY post_id) AS next ON next.post_id = post.id
WHERE post.workspace_id = $1
ORDER BY next.due_at NULLS FIRST, post.id
LIMIT $3;

-- name: posts_using_asset -> UUID
-- Posts that still need a file, and recurrences that will make such posts.
SELECT post.id FROM post
WHERE workspace_id = $1
  AND (cover_id = $2 OR media @> jsonb_build_array(jsonb_build_object('assetId', $2::uuid)))
  AND EXISTS (SELECT 1 FROM publication p WHERE p.workspace_id = $1 AND p.post_id = post.id AND p.state <> 'CANCELLED')
UNION ALL
SELECT recurrence.id FROM recurrence
WHERE workspace_id = $1 AND next_check_at IS NOT NULL
  AND media @> jsonb_build_array(jsonb_build_object('assetId', $2::uuid));

-- name: insert_publication
-- The one row of a post on an account (I1).
INSERT INTO publication (id, workspace_id, post_id, account_id, platform, state, due_at, prepare_from, content_hash, next_check_at, created_at)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: delete_drafts
-- Accounts unticked from a draft.
DELETE FROM publication WHERE workspace_id = $1 AND post_id = $2 AND state = 'DRAFT' AND NOT account_id = ANY ($3);

-- name: publications_of_posts -> PublicationRow
-- Every publication of these posts.
SELECT * FROM publication WHERE workspace_id = $1 AND post_id = ANY ($2) ORDER BY id;

-- name: publication_by_media -> PublicationRow
-- The publication that made a post of the platform.
SELECT * FROM publication WHERE workspace_id = $1 AND account_id = $2 AND media_ref = $3;

-- name: twins -> UUID
-- Posts with the same content on this account within a day of the due time; cancelled and failed ones do not count,
-- nor do occurrences of the same rule.
SELECT post_id FROM publication
WHERE workspace_id = $1 AND account_id = $2 AND content_hash = $3
  AND post_id <> $5
  AND state NOT IN ('DRAFT', 'CANCELLED', 'FAILED')
  AND NOT EXISTS (
        SELECT 1 FROM occurrence AS its JOIN occurrence AS own ON own.recurrence_id = its.recurrence_id
        WHERE its.post_id = publication.post_id AND own.post_id = $5)
  AND coalesce(published_at, due_at) BETWEEN $4::timestamptz - interval '24 hours' AND $4::timestamptz + interval '24 hours'
ORDER BY id
LIMIT 1;

-- name: planned_twins -> UUID
-- worker: the same among posts that a person planned by hand: rules of recurring posts do not stop one another.
SELECT post_id FROM publication
WHERE workspace_id = $1 AND account_id = $2 AND content_hash = $3
  AND state NOT IN ('DRAFT', 'CANCELLED', 'FAILED')
  AND NOT EXISTS (SELECT 1 FROM occurrence WHERE occurrence.post_id = publication.post_id)
  AND coalesce(published_at, due_at) BETWEEN $4::timestamptz - interval '24 hours' AND $4::timestamptz + interval '24 hours'
ORDER BY id
LIMIT 1;

-- name: lock_account
-- Two requests with the same content are checked one after the other.
SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0));

-- name: waiting_count -> int
-- How many posts of an account still wait to go out.
SELECT count(*)::int FROM publication
WHERE workspace_id = $1 AND account_id = $2 AND state IN ('SCHEDULED', 'PREPARING', 'PREPARED', 'HELD');

-- name: replan -> UUID
-- A person moves, edits, cancels or releases: only before armed; the fence turns away whoever works on the row.
UPDATE publication
SET state = $3, due_at = $4, prepare_from = $5, next_check_at = $6, content_hash = $7, held_reason = '', held_until = NULL,
    problem = NULL, tries = 0, fence = fence + 1, work_owner = NULL, work_lease_until = NULL, send_lease_until = NULL
WHERE workspace_id = $1 AND id = $2 AND state = ANY ($8)
RETURNING id;

-- name: hold_account -> PublicationRow
-- Everything of an account that is not armed yet waits for a person.
UPDATE publication
SET state = 'HELD', held_reason = $3, problem = $4, next_check_at = NULL, fence = fence + 1, work_owner = NULL,
    work_lease_until = NULL
WHERE workspace_id = $1 AND account_id = $2 AND state IN ('SCHEDULED', 'PREPARING', 'PREPARED')
RETURNING *;

-- name: release_account -> PublicationRow
-- The account works again: what was held for it and is not too late goes on; the rest stays held as missed.
UPDATE publication
SET state = CASE WHEN due_at >= $3 THEN 'SCHEDULED' ELSE 'HELD' END,
    held_reason = CASE WHEN due_at >= $3 THEN '' ELSE 'missed' END,
    problem = CASE WHEN due_at >= $3 THEN NULL ELSE $5::jsonb END,
    next_check_at = CASE WHEN due_at >= $3 THEN greatest(prepare_from, $4) END,
    fence = fence + 1
WHERE workspace_id = $1 AND account_id = $2 AND state = 'HELD' AND held_reason = ANY ($6)
RETURNING *;

-- name: claim -> PublicationRow
-- worker: take a row that is due before $5 if nobody alive works on it; the fence counts takers. A state that this
-- release does not know ($6) is left to the newer one. `coalesce` keeps to the primary key: by the index of what is due
-- everything that is due may be read for each row.
UPDATE publication
SET work_owner = $2, work_lease_until = $3, fence = fence + 1
WHERE id = $1 AND coalesce(next_check_at, 'infinity') <= $5 AND (work_lease_until IS NULL OR work_lease_until < $4) AND state = ANY ($6)
RETURNING *;

-- name: beat -> UUID
-- worker: keep these leases; a row that does not come back has another fence now.
UPDATE publication SET work_lease_until = $3
FROM unnest($1::uuid[], $2::bigint[]) AS held (id, fence)
WHERE publication.id = held.id AND publication.fence = held.fence
RETURNING publication.id;

-- name: due -> UUID
-- worker: rows in a state that we know that are due and that nobody alive works on.
SELECT id FROM publication
WHERE next_check_at <= $1 AND (work_lease_until IS NULL OR work_lease_until < $1) AND state = ANY ($3)
ORDER BY next_check_at
LIMIT $2;

-- name: waiting_for_time -> PublicationRow
-- worker: held rows whose time has come; what is too late by now stays held and asks.
UPDATE publication
SET state = CASE WHEN due_at >= $2 THEN 'SCHEDULED' ELSE 'HELD' END,
    held_reason = CASE WHEN due_at >= $2 THEN '' ELSE 'missed' END,
    problem = CASE WHEN due_at >= $2 THEN NULL ELSE $3::jsonb END,
    held_until = NULL,
    next_check_at = CASE WHEN due_at >= $2 THEN $1 END,
    fence = fence + 1
WHERE state = 'HELD' AND held_until <= $1
RETURNING *;

-- name: forgotten -> Overdue
-- Non-final posts and first comments that no one has looked at since $1, or that would never be looked at (I8), by workspace.
-- Each part reads one index: all that is planned is never read (migration 0007).
SELECT workspace_id, count(*)::int AS posts, min(left_at) AS since
FROM (
    SELECT workspace_id, next_check_at AS left_at
    FROM publication
    WHERE next_check_at < $1 AND (work_lease_until IS NULL OR work_lease_until < $1)
      AND state IN ('SCHEDULED', 'PREPARING', 'PREPARED', 'ARMED', 'SENT', 'UNKNOWN', 'RECONCILING', 'OBSERVING')
    UNION ALL
    SELECT workspace_id, coalesce(due_at, created_at)
    FROM publication
    WHERE next_check_at IS NULL
      AND state IN ('SCHEDULED', 'PREPARING', 'PREPARED', 'ARMED', 'SENT', 'UNKNOWN', 'RECONCILING', 'OBSERVING')
    UNION ALL
    SELECT workspace_id, next_check_at
    FROM first_comment
    WHERE next_check_at < $1 AND (lease_until IS NULL OR lease_until < $1)
      AND state NOT IN ('POSTED', 'FAILED', 'UNCONFIRMED')
    UNION ALL
    SELECT workspace_id, wanted_at
    FROM first_comment
    WHERE next_check_at IS NULL AND state NOT IN ('POSTED', 'FAILED', 'UNCONFIRMED')
) AS left_alone
WHERE $2::uuid IS NULL OR workspace_id = $2
GROUP BY workspace_id
ORDER BY workspace_id;

-- name: step -> PublicationRow
-- worker: one step of whoever holds the fence: new state and next look, the lease kept. Out of the states in which a
-- send may still be under way, the send lease ends: nothing is on its way any more. A yes that somebody else brought
-- meanwhile stays: what was thought before it is not written over it (I6).
UPDATE publication
SET state = $3, next_check_at = $4, tries = $5, problem = $6, held_reason = $7, held_until = $8,
    send_lease_until = CASE WHEN $3 IN ('ARMED', 'SENT', 'UNKNOWN', 'RECONCILING') THEN send_lease_until END
WHERE id = $1 AND fence = $2 AND state = $9
RETURNING *;

-- name: lock_own -> PublicationRow
-- worker: the row of whoever holds the fence, held for the transaction.
SELECT * FROM publication WHERE id = $1 AND fence = $2 FOR UPDATE;

-- name: release
-- worker: let go of a row.
UPDATE publication SET work_owner = NULL, work_lease_until = NULL WHERE id = $1 AND fence = $2;

-- name: next_attempt -> PublicationRow
-- worker: begin to prepare; each generation of artefacts has its number.
UPDATE publication SET state = 'PREPARING', attempt = attempt + 1, tries = 0, baseline = NULL, armed_at = NULL,
    unknown_since = NULL, next_check_at = $3
WHERE id = $1 AND fence = $2 AND state = 'SCHEDULED'
RETURNING *;

-- name: set_baseline -> PublicationRow
-- worker: what was public just before arming.
UPDATE publication SET baseline = $3 WHERE id = $1 AND fence = $2
RETURNING *;

-- name: arm -> PublicationRow
-- worker: commit the intent; the partial unique index lets one publication an account through.
UPDATE publication
SET state = 'ARMED', armed_at = coalesce(armed_at, $3), send_lease_until = $4, next_check_at = $5
WHERE id = $1 AND fence = $2 AND state = 'PREPARED' AND due_at <= $3
  AND (send_lease_until IS NULL OR send_lease_until < $3)
RETURNING *;

-- name: mark_sent -> PublicationRow
-- worker: the fence is checked once more just before the request leaves. «state || ''» keeps to the primary key: the
-- index of what is being sent still holds whatever was sent since the last vacuum.
UPDATE publication SET state = 'SENT' WHERE id = $1 AND fence = $2 AND state || '' = 'ARMED'
RETURNING *;

-- name: state_now -> str
-- worker: the state of a row, held for the transaction.
SELECT state FROM publication WHERE id = $1 FOR UPDATE;

-- name: mark_published -> PublicationRow
-- worker: a yes is final whoever brings it (I6); media_ref may come later.
UPDATE publication
SET state = 'PUBLISHED', published_at = coalesce(published_at, $2), media_ref = coalesce(media_ref, $3),
    next_check_at = $4, send_lease_until = NULL, unknown_since = NULL, problem = NULL, link_reads = 0
WHERE id = $1 AND state <> 'PUBLISHED'
RETURNING *;

-- name: set_link -> PublicationRow
-- worker: which post of the platform it is, and its address; bound once (unique index).
UPDATE publication
SET media_ref = coalesce($2, media_ref), permalink = coalesce($3, permalink), next_check_at = $4, link_reads = link_reads + 1
WHERE id = $1
RETURNING *;

-- name: mark_unknown -> PublicationRow
-- worker: sent and no answer; never «retry» (I7).
UPDATE publication
SET state = 'UNKNOWN', unknown_since = $3, unknown_reads = 0, next_check_at = $4, send_lease_until = $5
WHERE id = $1 AND fence = $2 AND state || '' IN ('ARMED', 'SENT')
RETURNING *;

-- name: mark_looked -> PublicationRow
-- worker: one more look at an unknown outcome.
UPDATE publication SET state = 'RECONCILING', unknown_reads = unknown_reads + 1, next_check_at = $3
WHERE id = $1 AND fence = $2 AND state IN ('UNKNOWN', 'RECONCILING')
RETURNING *;

-- name: insert_attempt
-- The intent, before the irreversible request leaves (I2).
INSERT INTO attempt (id, workspace_id, publication_id, number, fence, request_hash, artefact_ref, started_at)
VALUES ($2, $1, $3, (SELECT count(*) + 1 FROM attempt WHERE publication_id = $3), $4, $5, $6, $7);

-- name: end_attempts
-- worker: what came of the last sends; an outcome is written once, except that knowing better replaces an unknown.
UPDATE attempt SET ended_at = $2, outcome = $3
WHERE publication_id = $1 AND outcome IN ('', 'unknown');

-- name: end_last_attempt
-- worker: what came of the newest send, whatever was thought of it before; earlier ones keep what is known of them.
UPDATE attempt SET ended_at = coalesce(ended_at, $2), outcome = $3
WHERE id = (SELECT id FROM attempt WHERE publication_id = $1 ORDER BY number DESC LIMIT 1);

-- name: end_own_attempt
-- worker: what came of the send made under one fence; sends of others are not touched.
UPDATE attempt SET ended_at = $3, outcome = $4
WHERE publication_id = $1 AND fence = $2 AND outcome = '';

-- name: attempts_of -> AttemptRow
-- Every send of these publications.
SELECT id, publication_id, number, artefact_ref, started_at, ended_at, outcome
FROM attempt WHERE workspace_id = $1 AND publication_id = ANY ($2) ORDER BY publication_id, number;

-- name: insert_artefact -> ArtefactRow
-- Something made at the platform, stored at once.
INSERT INTO artefact (id, workspace_id, publication_id, attempt, role, position, ref, upload_url, state, made_at)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, 'made', $9)
RETURNING *;

-- name: doubtful_artefacts -> ArtefactRow
-- Given up by a person after a send of which nobody knows what came of it: looked at again before anything new is made.
SELECT * FROM artefact
WHERE workspace_id = $1 AND publication_id = $2 AND role = 'post' AND state = 'abandoned'
  AND EXISTS (
        SELECT 1 FROM attempt
        WHERE attempt.publication_id = $2 AND attempt.artefact_ref = artefact.ref
          AND attempt.outcome NOT IN ('refused', 'not published', 'published'))
ORDER BY made_at;

-- name: published_since -> int
-- What we published on an account by ourselves since a time: that much of a changed quota is explained.
SELECT count(*)::int FROM publication
WHERE workspace_id = $1 AND account_id = $2 AND id <> $3 AND published_at >= $4;

-- name: last_words -> str
-- What the platform was last noted to say of a publication.
SELECT raw FROM evidence WHERE workspace_id = $1 AND publication_id = $2 AND kind = $3
ORDER BY at DESC, id DESC LIMIT 1;

-- name: noted_since -> bool
-- Whether a line of that kind was noted of a publication since a time.
SELECT EXISTS (
    SELECT 1 FROM evidence WHERE workspace_id = $1 AND publication_id = $2 AND kind = $3 AND at >= $4
);

-- name: rename_artefact
-- worker: the platform gave the live post artefact its own name in its answer.
UPDATE artefact SET ref = $3 WHERE workspace_id = $1 AND publication_id = $2 AND role = 'post' AND ended_at IS NULL;

-- name: artefacts_alive -> ArtefactRow
-- What can still be used of this publication.
SELECT * FROM artefact
WHERE workspace_id = $1 AND publication_id = $2 AND ended_at IS NULL
ORDER BY role DESC, position;

-- name: post_artefact -> ArtefactRow
-- The artefact that was or is going to be published, the newest first.
SELECT * FROM artefact
WHERE workspace_id = $1 AND publication_id = $2 AND role = 'post'
ORDER BY made_at DESC, id DESC
LIMIT 1;

-- name: artefact_ready
-- worker: an artefact may be used now.
UPDATE artefact SET state = 'ready', ready_at = coalesce(ready_at, $2), raw = $3 WHERE id = $1 AND ended_at IS NULL;

-- name: end_artefact
-- worker: an artefact is used up or dead.
UPDATE artefact SET state = $2, ended_at = $3, raw = $4 WHERE id = $1 AND ended_at IS NULL;

-- name: abandon_artefacts
-- What was prepared is never armed: the post was moved, edited, cancelled or begun again.
UPDATE artefact SET state = $3, ended_at = $4
WHERE workspace_id = $1 AND publication_id = $2 AND ended_at IS NULL;

-- name: insert_evidence
-- One line of the timeline, append-only.
INSERT INTO evidence (id, workspace_id, publication_id, attempt, at, kind, words, raw)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8);

-- name: evidence_of -> EvidenceRow
-- The timeline of these publications.
SELECT id, publication_id, attempt, at, kind, words, raw
FROM evidence WHERE workspace_id = $1 AND publication_id = ANY ($2) ORDER BY at, id;

-- name: open_key -> bool
-- Take an idempotency key, or take over one whose request died before it had an answer.
INSERT INTO idempotency_key (workspace_id, route, key, body_hash, created_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (workspace_id, route, key) DO UPDATE SET created_at = excluded.created_at
    WHERE idempotency_key.status IS NULL AND idempotency_key.created_at < $6 AND idempotency_key.body_hash = excluded.body_hash
RETURNING true;

-- name: read_key -> IdempotencyRow
-- What a key stands for.
SELECT body_hash, post_id, status, answer, created_at FROM idempotency_key
WHERE workspace_id = $1 AND route = $2 AND key = $3;

-- name: beat_key -> bool
-- The request that holds a key lives; the time in the row tells who holds it.
UPDATE idempotency_key SET created_at = $5
WHERE workspace_id = $1 AND route = $2 AND key = $3 AND created_at = $4 AND status IS NULL
RETURNING true;

-- name: close_key -> bool
-- The answer of a key, in the transaction that makes the post, if the request still holds it.
UPDATE idempotency_key SET post_id = $5, status = $6, answer = $7
WHERE workspace_id = $1 AND route = $2 AND key = $3 AND created_at = $4 AND status IS NULL
RETURNING true;

-- name: drop_key -> bool
-- The request was refused; the same key may be used again with a mended body.
DELETE FROM idempotency_key
WHERE workspace_id = $1 AND route = $2 AND key = $3 AND created_at = $4 AND status IS NULL
RETURNING true;

-- name: forget_keys
-- worker: keys are kept seven days.
DELETE FROM idempotency_key WHERE created_at < $1;

-- name: slots_of -> Slot
-- The weekly times of an account.
SELECT weekday, minute, zone FROM slot WHERE workspace_id = $1 AND account_id = $2 ORDER BY weekday, minute, zone;

-- name: delete_slots
-- Before the new ones are written.
DELETE FROM slot WHERE workspace_id = $1 AND account_id = $2;

-- name: insert_slot
-- One weekly time of an account.
INSERT INTO slot (workspace_id, account_id, weekday, minute, zone) VALUES ($1, $2, $3, $4, $5);

-- name: taken_times -> datetime
-- When something of an account is planned, drafts with a time too.
SELECT due_at FROM publication
WHERE workspace_id = $1 AND account_id = $2 AND due_at > $3 AND state NOT IN ('CANCELLED', 'FAILED', 'REMOVED');

-- name: insert_recurrence -> RecurrenceRow
-- A new recurrence; nothing is made of it yet.
INSERT INTO recurrence (id, workspace_id, rule, starts_local, zone, exceptions, account_ids, type, caption, media, location_id,
                        author, made_until, created_at, edited_at)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $13)
RETURNING *;

-- name: update_recurrence -> RecurrenceRow
-- New times and content, looked at again from now on; the version tells who saved last.
UPDATE recurrence
SET rule = $3, starts_local = $4, zone = $5, exceptions = $6, account_ids = $7, type = $8, caption = $9, media = $10,
    location_id = $11, made_until = $12, edited_at = $12, version = version + 1
WHERE workspace_id = $1 AND id = $2
RETURNING *;

-- name: get_recurrence -> RecurrenceRow
-- One recurrence.
SELECT * FROM recurrence WHERE workspace_id = $1 AND id = $2;

-- name: lock_recurrence -> RecurrenceRow
-- One recurrence, held for the transaction that changes it.
SELECT * FROM recurrence WHERE workspace_id = $1 AND id = $2 FOR UPDATE;

-- name: list_recurrences -> RecurrenceRow
-- Recurrences newest first, before an id.
SELECT * FROM recurrence WHERE workspace_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3;

-- name: recurrence_made -> RecurrenceRow
-- How far its posts are made, and when to look again.
UPDATE recurrence SET made_until = $3, next_check_at = $4 WHERE workspace_id = $1 AND id = $2
RETURNING *;

-- name: cancel_recurrence -> RecurrenceRow
-- Nothing more is made of it.
UPDATE recurrence SET cancelled_at = coalesce(cancelled_at, $3), next_check_at = NULL WHERE workspace_id = $1 AND id = $2
RETURNING *;

-- name: add_exception -> RecurrenceRow
-- One time on the wall left out, once.
UPDATE recurrence SET exceptions = array_append(array_remove(exceptions, $3), $3), edited_at = $4, version = version + 1
WHERE workspace_id = $1 AND id = $2
RETURNING *;

-- name: leave_out_post
-- Whose post is cancelled is an exception of its rule.
UPDATE recurrence
SET exceptions = array_append(array_remove(exceptions, occurrence.local_time), occurrence.local_time), version = version + 1
FROM occurrence
WHERE recurrence.workspace_id = $1 AND occurrence.workspace_id = $1
  AND occurrence.post_id = $2 AND recurrence.id = occurrence.recurrence_id;

-- name: due_recurrence -> RecurrenceRow
-- worker: a recurrence of which something must be made, if nobody is making it.
SELECT * FROM recurrence WHERE id = $1 AND next_check_at <= $2 FOR UPDATE SKIP LOCKED;

-- name: due_recurrences -> UUID
-- worker: recurrences whose next occurrence has come near.
SELECT id FROM recurrence WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $2;

-- name: insert_occurrence
-- The one post of a recurrence at an instant.
INSERT INTO occurrence (workspace_id, recurrence_id, at, local_time, post_id) VALUES ($1, $2, $3, $4, $5);

-- name: delete_occurrence
-- A time that the changed rule does not have any more.
DELETE FROM occurrence WHERE workspace_id = $1 AND recurrence_id = $2 AND at = $3;

-- name: occurrences_after -> OccurrenceRow
-- What is made of a recurrence after a time.
SELECT at, local_time, post_id FROM occurrence WHERE workspace_id = $1 AND recurrence_id = $2 AND at > $3 ORDER BY at;

-- name: set_first_comment
-- What a post says first under itself; nothing is as good as no row.
INSERT INTO post_first_comment (post_id, workspace_id, text) VALUES ($2, $1, $3)
ON CONFLICT (post_id) DO UPDATE SET text = excluded.text;

-- name: drop_first_comment
-- A post that says nothing first any more.
DELETE FROM post_first_comment WHERE workspace_id = $1 AND post_id = $2;

-- name: begin_first_comment
-- worker: the post is out and its id is known: its first comment is due, once. `coalesce`, since with «IS NOT NULL» the
-- index of published posts may be read whole instead of the one row.
INSERT INTO first_comment (publication_id, workspace_id, post_id, account_id, platform, media_ref, text, state, next_check_at, wanted_at)
SELECT p.id, p.workspace_id, p.post_id, p.account_id, p.platform, p.media_ref, said.text, 'WAITING', $2, $2
FROM publication AS p JOIN post_first_comment AS said ON said.post_id = p.post_id
WHERE p.id = $1 AND p.state = 'PUBLISHED' AND coalesce(p.media_ref, '') <> ''
ON CONFLICT (publication_id) DO NOTHING;

-- name: first_comments_of -> FirstCommentRow
-- What became of the first comments of these publications.
SELECT * FROM first_comment WHERE workspace_id = $1 AND publication_id = ANY ($2);

-- name: due_first_comments -> UUID
-- worker: first comments that are due and that nobody alive works on.
SELECT publication_id FROM first_comment
WHERE next_check_at <= $1 AND (lease_until IS NULL OR lease_until < $1)
ORDER BY next_check_at
LIMIT $2;

-- name: claim_first_comment -> FirstCommentRow
-- worker: take a first comment that is due if nobody alive works on it; the fence counts takers. `coalesce` keeps to the
-- primary key, as in `claim`.
UPDATE first_comment SET lease_until = $3, fence = fence + 1
WHERE publication_id = $1 AND coalesce(next_check_at, 'infinity') <= $2 AND (lease_until IS NULL OR lease_until < $2)
RETURNING *;

-- name: step_first_comment -> FirstCommentRow
-- worker: one step of whoever holds the fence; the lease ends with it.
UPDATE first_comment SET state = $3, next_check_at = $4, tries = $5, problem = $6, lease_until = NULL
WHERE publication_id = $1 AND fence = $2 AND state <> 'POSTED'
RETURNING *;

-- name: arm_first_comment -> FirstCommentRow
-- worker: commit the intent (I2); the lease is longer than the call may take, and forbids a second send.
UPDATE first_comment
SET state = 'ARMED', armed_at = coalesce(armed_at, $3), request_hash = $4, sends = sends + 1, lease_until = $5, next_check_at = $5
WHERE publication_id = $1 AND fence = $2 AND state = 'WAITING'
RETURNING *;

-- name: send_first_comment -> FirstCommentRow
-- worker: the fence is checked once more just before the request leaves.
UPDATE first_comment SET state = 'SENT' WHERE publication_id = $1 AND fence = $2 AND state = 'ARMED'
RETURNING *;

-- name: first_comment_unknown -> FirstCommentRow
-- worker: sent and no clear answer; never «again» (I7).
UPDATE first_comment
SET state = 'UNKNOWN', unknown_since = $3, looks = 0, answers = 0, next_check_at = $4, lease_until = NULL
WHERE publication_id = $1 AND fence = $2 AND state IN ('ARMED', 'SENT')
RETURNING *;

-- name: first_comment_looked -> FirstCommentRow
-- worker: one more look at an unknown outcome; $3 is 1 when it was answered.
UPDATE first_comment SET looks = looks + 1, answers = answers + $3, next_check_at = $4, lease_until = NULL
WHERE publication_id = $1 AND fence = $2 AND state = 'UNKNOWN'
RETURNING *;

-- name: first_comment_posted -> FirstCommentRow
-- worker: a yes is final whoever brings it (I6).
UPDATE first_comment
SET state = 'POSTED', comment_ref = coalesce(nullif(comment_ref, ''), $2), next_check_at = NULL, lease_until = NULL,
    unknown_since = NULL, problem = NULL
WHERE publication_id = $1 AND state <> 'POSTED'
RETURNING *;

-- name: ask_first_comment_again -> FirstCommentRow
-- A person wants it sent again; the fence turns away whoever works on it.
UPDATE first_comment
SET state = 'WAITING', next_check_at = $3, wanted_at = $3, tries = 0, sends = 0, unknown_since = NULL, problem = NULL,
    fence = fence + 1, lease_until = NULL
WHERE workspace_id = $1 AND publication_id = $2 AND state = ANY ($4)
RETURNING *;

-- name: confirm_first_comment -> FirstCommentRow
-- A person saw it under the post.
UPDATE first_comment
SET state = 'POSTED', next_check_at = NULL, lease_until = NULL, unknown_since = NULL, problem = NULL, fence = fence + 1
WHERE workspace_id = $1 AND publication_id = $2 AND state = ANY ($3)
RETURNING *;

-- name: publication_state -> str
-- worker: the state of a publication as it is now.
SELECT state FROM publication WHERE id = $1;

-- name: erase_of_account -> int
-- What the platform said of the publications on an account, and the way there; what we wrote and when it went out stays.
WITH here AS (SELECT id FROM publication WHERE workspace_id = $1 AND account_id = $2),
     said AS (DELETE FROM evidence WHERE workspace_id = $1 AND publication_id IN (SELECT id FROM here) RETURNING 1),
     made AS (
    UPDATE artefact SET raw = '', upload_url = ''
    WHERE workspace_id = $1 AND publication_id IN (SELECT id FROM here) AND (raw <> '' OR upload_url <> '') RETURNING 1),
     led AS (UPDATE publication SET permalink = NULL WHERE workspace_id = $1 AND account_id = $2 AND permalink IS NOT NULL RETURNING 1)
SELECT ((SELECT count(*) FROM said) + (SELECT count(*) FROM made) + (SELECT count(*) FROM led))::int;
