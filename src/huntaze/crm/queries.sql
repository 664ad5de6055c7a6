-- name: upsert_profile
-- The account as the platform shows it now; the picture that we keep stays until a new one is kept.
INSERT INTO account_profile (account_id, workspace_id, username, name, biography, website, picture_url, followers, following, media_count, synced_at)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (account_id) DO UPDATE SET
    username = excluded.username, name = excluded.name, biography = excluded.biography, website = excluded.website,
    picture_url = excluded.picture_url, followers = excluded.followers, following = excluded.following,
    media_count = excluded.media_count, synced_at = excluded.synced_at
WHERE account_profile.workspace_id = $1;

-- name: profile -> ProfileRow
-- The account as it was last seen.
SELECT * FROM account_profile WHERE workspace_id = $1 AND account_id = $2;

-- name: profiles -> ProfileRow
-- Every account of a workspace as it was last seen.
SELECT * FROM account_profile WHERE workspace_id = $1;

-- name: upsert_media
-- Posts of a feed, in one statement; what the platform leaves out this time is kept.
INSERT INTO platform_media (id, workspace_id, account_id, media_ref, type, product_type, caption, permalink, media_url, thumbnail_url,
                            like_count, comments_count, published_at, synced_at, parent_ref)
SELECT new.id, $1, $2, new.media_ref, new.type, new.product_type, new.caption, new.permalink, new.media_url, new.thumbnail_url,
       new.like_count, new.comments_count, new.published_at, $3, new.parent_ref
FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
            $12::int[], $13::int[], $14::timestamptz[], $15::text[])
     AS new (id, media_ref, type, product_type, caption, permalink, media_url, thumbnail_url,
             like_count, comments_count, published_at, parent_ref)
ON CONFLICT (account_id, media_ref) DO UPDATE SET
    type = excluded.type, product_type = excluded.product_type, caption = excluded.caption,
    permalink = CASE WHEN excluded.permalink = '' THEN platform_media.permalink ELSE excluded.permalink END,
    media_url = excluded.media_url, thumbnail_url = excluded.thumbnail_url,
    like_count = coalesce(excluded.like_count, platform_media.like_count),
    comments_count = coalesce(excluded.comments_count, platform_media.comments_count),
    published_at = excluded.published_at, synced_at = excluded.synced_at, removed_at = NULL;

-- name: insert_published
-- A post of ours; if a sync saw it first, the platform's own words stay and only what it lacks is added.
INSERT INTO platform_media (id, workspace_id, account_id, media_ref, type, caption, permalink, published_at, synced_at, thumbnail_id)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (account_id, media_ref) DO UPDATE SET
    permalink = CASE WHEN platform_media.permalink = '' THEN excluded.permalink ELSE platform_media.permalink END,
    thumbnail_id = coalesce(platform_media.thumbnail_id, excluded.thumbnail_id)
WHERE platform_media.workspace_id = $1;

-- name: places -> PlaceRow
-- Which of these posts the mirror knows, and which album a carousel's picture belongs to.
SELECT media_ref, parent_ref FROM platform_media WHERE workspace_id = $1 AND account_id = $2 AND media_ref = ANY ($3);

-- name: remove_unseen -> int
-- Posts that a whole listing did not bring are gone; stories are in no list, and what is very new may be missing from it.
WITH listed AS (
    SELECT coalesce(min(published_at), '-infinity') AS since FROM platform_media
    WHERE workspace_id = $1 AND account_id = $2 AND parent_ref = '' AND synced_at >= $3),
     gone AS (
    UPDATE platform_media SET removed_at = $4
    FROM listed
    WHERE workspace_id = $1 AND account_id = $2 AND removed_at IS NULL AND parent_ref = '' AND type <> 'STORIES'
      AND synced_at < $3 AND published_at >= listed.since AND published_at < $3 - interval '10 minutes'
    RETURNING 1)
SELECT count(*)::int FROM gone;

-- name: media -> MediaRow
-- Posts of an account, newest first, without a carousel's pictures.
SELECT * FROM platform_media
WHERE workspace_id = $1 AND account_id = $2 AND parent_ref = '' AND removed_at IS NULL
ORDER BY published_at DESC, id DESC
LIMIT $3;

-- name: media_item -> MediaRow
-- One post of an account.
SELECT * FROM platform_media WHERE workspace_id = $1 AND account_id = $2 AND media_ref = $3;

-- name: media_without_picture -> MediaRow
-- Posts whose picture we do not keep yet, newest first.
SELECT * FROM platform_media
WHERE workspace_id = $1 AND account_id = $2 AND parent_ref = '' AND removed_at IS NULL AND thumbnail_id IS NULL
  AND (thumbnail_url <> '' OR (type = 'IMAGE' AND media_url <> ''))
ORDER BY published_at DESC
LIMIT $3;

-- name: set_thumbnail
-- The picture that we keep of a post.
UPDATE platform_media SET thumbnail_id = $3 WHERE workspace_id = $1 AND id = $2;

-- name: set_profile_picture
-- The picture that we keep of an account.
UPDATE account_profile SET picture_id = $3 WHERE workspace_id = $1 AND account_id = $2;

-- name: upsert_comments -> CommentKept
-- Comments, in one statement. A webhook brings no time and may name a carousel's picture as the post: the list knows better.
INSERT INTO comment (id, workspace_id, account_id, comment_ref, media_ref, parent_ref, person_ref, username, text, like_count, hidden, source, created_at, received_at)
SELECT new.id, $1, $2, new.comment_ref, new.media_ref, new.parent_ref, new.person_ref, new.username, new.text, new.like_count, new.hidden, $3, new.created_at, $4
FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::int[], $13::bool[], $14::timestamptz[])
     AS new (id, comment_ref, media_ref, parent_ref, person_ref, username, text, like_count, hidden, created_at)
ON CONFLICT (account_id, comment_ref) DO UPDATE SET
    text = excluded.text,
    person_ref = CASE WHEN excluded.person_ref = '' THEN comment.person_ref ELSE excluded.person_ref END,
    username = CASE WHEN excluded.username = '' THEN comment.username ELSE excluded.username END,
    media_ref = CASE WHEN excluded.media_ref <> '' AND (excluded.source = 'poll' OR comment.media_ref = '')
        THEN excluded.media_ref ELSE comment.media_ref END,
    parent_ref = CASE WHEN excluded.parent_ref = '' THEN comment.parent_ref ELSE excluded.parent_ref END,
    like_count = coalesce(excluded.like_count, comment.like_count),
    hidden = coalesce(excluded.hidden, comment.hidden),
    created_at = CASE WHEN excluded.source = 'poll' THEN excluded.created_at ELSE comment.created_at END
WHERE comment.removed_at IS NULL
RETURNING comment_ref, xmax = 0 AS is_new;

-- name: comments_of -> CommentRow
-- Comments and replies of a post, oldest first.
SELECT * FROM comment
WHERE workspace_id = $1 AND account_id = $2 AND media_ref = $3 AND removed_at IS NULL
ORDER BY created_at, id
LIMIT $4;

-- name: upsert_people
-- Persons of the platform, by the id that is scoped to the account.
INSERT INTO people (id, workspace_id, account_id, person_ref, username, source, first_seen_at, last_seen_at)
SELECT new.id, $1, $2, new.person_ref, new.username, $3, new.seen_at, new.seen_at
FROM unnest($4::uuid[], $5::text[], $6::text[], $7::timestamptz[]) AS new (id, person_ref, username, seen_at)
ON CONFLICT (account_id, person_ref) DO UPDATE SET
    username = CASE WHEN excluded.username = '' THEN people.username ELSE excluded.username END,
    first_seen_at = least(people.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(people.last_seen_at, excluded.last_seen_at);

-- name: upsert_conversation -> UUID
-- The conversation with a person.
INSERT INTO conversation (id, workspace_id, account_id, person_ref, last_message_at)
VALUES ($2, $1, $3, $4, $5)
ON CONFLICT (account_id, person_ref) DO UPDATE SET last_message_at = greatest(conversation.last_message_at, excluded.last_message_at)
RETURNING id;

-- name: upsert_message
-- One message; an edit or an unsend may come before it, the highest edit wins, an unsend stays.
INSERT INTO message (id, workspace_id, account_id, conversation_id, message_ref, from_account, text, edited, deleted_at, source, sent_at)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (account_id, message_ref) DO UPDATE SET
    text = CASE WHEN excluded.text <> '' AND (excluded.edited > message.edited OR message.text = '') THEN excluded.text ELSE message.text END,
    edited = greatest(message.edited, excluded.edited),
    deleted_at = coalesce(message.deleted_at, excluded.deleted_at);

-- name: start_sync
-- A sync of an account begins anew, or goes on where an unfinished one stands.
INSERT INTO sync_cursor (workspace_id, account_id, name, started_at, next_at)
VALUES ($1, $2, $3, $4, $4)
ON CONFLICT (account_id, name) DO UPDATE SET
    next_at = $4,
    failures = 0,
    cursor = CASE WHEN sync_cursor.finished_at IS NULL THEN sync_cursor.cursor ELSE '' END,
    started_at = CASE WHEN sync_cursor.finished_at IS NULL THEN sync_cursor.started_at ELSE $4 END,
    finished_at = NULL;

-- name: lease_sync -> SyncRow
-- Take a due sync for a while; nobody else works on it.
UPDATE sync_cursor SET lease_until = $4
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND finished_at IS NULL AND (lease_until IS NULL OR lease_until < $5)
RETURNING *;

-- name: due_syncs -> SyncRow
-- worker: syncs whose time has come.
SELECT * FROM sync_cursor WHERE next_at <= $1 AND (lease_until IS NULL OR lease_until < $1) ORDER BY next_at LIMIT $2;

-- name: keep_sync
-- Hold a sync a while longer, if it is still held.
UPDATE sync_cursor SET lease_until = $5 WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4;

-- name: move_sync
-- One page is stored: go on from here, if it is still held.
UPDATE sync_cursor SET cursor = $5, lease_until = $6, failures = 0, problem = NULL
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4;

-- name: finish_sync
-- Everything is here, if it is still held; the next time it begins anew.
UPDATE sync_cursor SET cursor = '', finished_at = $5, lease_until = NULL,
    next_at = CASE WHEN next_at IS NOT NULL THEN $6::timestamptz END, problem = NULL, failures = 0
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4;

-- name: fail_sync
-- It did not work this time; why, from where it goes on, and when (never, when a person must act).
UPDATE sync_cursor SET failures = failures + 1, lease_until = NULL, cursor = $5,
    next_at = CASE WHEN next_at IS NOT NULL THEN $6::timestamptz END, problem = $7
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4;

-- name: pause_sync
-- It goes on at its cursor later, unless it was stopped.
UPDATE sync_cursor SET lease_until = NULL, next_at = $5
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4 AND next_at IS NOT NULL;

-- name: release_sync
-- Something of ours failed: the next try need not wait for the end of the lease.
UPDATE sync_cursor SET lease_until = NULL WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4;

-- name: stop_sync
-- The account is gone.
UPDATE sync_cursor SET next_at = NULL WHERE workspace_id = $1 AND account_id = $2;

-- name: syncs -> SyncRow
-- How far the syncs of a workspace are.
SELECT * FROM sync_cursor WHERE workspace_id = $1;

-- name: erase_comments -> int
-- What a person wrote, without the person.
WITH gone AS (
    UPDATE comment SET text = '', username = '', person_ref = '', removed_at = coalesce(removed_at, now())
    WHERE workspace_id = $1 AND person_ref = $2 RETURNING 1)
SELECT count(*)::int FROM gone;

-- name: erase_messages -> int
-- The conversations with a person.
WITH gone AS (
    DELETE FROM message WHERE workspace_id = $1
        AND conversation_id IN (SELECT id FROM conversation WHERE workspace_id = $1 AND person_ref = $2) RETURNING 1),
     empty AS (DELETE FROM conversation WHERE workspace_id = $1 AND person_ref = $2)
SELECT count(*)::int FROM gone;

-- name: erase_person -> int
-- The person.
WITH gone AS (DELETE FROM people WHERE workspace_id = $1 AND person_ref = $2 RETURNING 1)
SELECT count(*)::int FROM gone;
