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
INSERT INTO platform_media (id, workspace_id, account_id, media_ref, type, caption, permalink, published_at, synced_at, thumbnail_id, made_here)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, true)
ON CONFLICT (account_id, media_ref) DO UPDATE SET
    made_here = true,
    permalink = CASE WHEN platform_media.permalink = '' THEN excluded.permalink ELSE platform_media.permalink END,
    thumbnail_id = coalesce(platform_media.thumbnail_id, excluded.thumbnail_id)
WHERE platform_media.workspace_id = $1;

-- name: places -> PlaceRow
-- Which of these posts the mirror knows, and which album a carousel's picture belongs to.
SELECT media_ref, parent_ref FROM platform_media WHERE workspace_id = $1 AND account_id = $2 AND media_ref = ANY ($3);

-- name: remove_unseen -> int
-- Posts that a listing did not bring though it came past their time; stories are in no list, and what is very new may be missing from it.
WITH gone AS (
    UPDATE platform_media SET removed_at = $4
    WHERE workspace_id = $1 AND account_id = $2 AND removed_at IS NULL AND parent_ref = '' AND type <> 'STORIES'
      AND synced_at < $3 AND published_at >= $5 AND published_at < $3 - $6::interval
    RETURNING 1)
SELECT count(*)::int FROM gone;

-- name: listed_count -> int
-- How many posts of a feed were seen since a time.
SELECT count(*)::int FROM platform_media
WHERE workspace_id = $1 AND account_id = $2 AND removed_at IS NULL AND parent_ref = '' AND type <> 'STORIES' AND synced_at >= $3;

-- name: remove_media
-- The platform says that these posts are gone.
UPDATE platform_media SET removed_at = $4 WHERE workspace_id = $1 AND account_id = $2 AND media_ref = ANY ($3) AND removed_at IS NULL;

-- name: end_stories
-- Stories whose day is over.
UPDATE platform_media SET ended_at = published_at + $4::interval
WHERE workspace_id = $1 AND account_id = $2 AND type = 'STORIES' AND ended_at IS NULL AND removed_at IS NULL
  AND published_at <= $3::timestamptz - $4::interval;

-- name: remove_stories
-- Stories that the list of the live ones, asked for at a time, did not bring before their day was over.
UPDATE platform_media SET removed_at = $3
WHERE workspace_id = $1 AND account_id = $2 AND type = 'STORIES' AND ended_at IS NULL AND removed_at IS NULL
  AND synced_at < $3 AND published_at < $3 - $4::interval;

-- name: recent_unread -> RecentRow
-- Recent posts that were not seen since a time, newest first.
SELECT media_ref, published_at, synced_at FROM platform_media
WHERE workspace_id = $1 AND account_id = $2 AND removed_at IS NULL AND parent_ref = '' AND type <> 'STORIES'
  AND published_at > $3 AND synced_at < $4
ORDER BY published_at DESC, id DESC;

-- name: newest_published -> datetime
-- When an account last published something.
SELECT max(published_at) FROM platform_media WHERE workspace_id = $1 AND account_id = $2 AND parent_ref = '';

-- name: media -> MediaRow
-- Posts of an account, newest first, without a carousel's pictures and without stories whose day is over.
SELECT * FROM platform_media
WHERE workspace_id = $1 AND account_id = $2 AND parent_ref = '' AND removed_at IS NULL AND ended_at IS NULL
ORDER BY published_at DESC, id DESC
LIMIT $3;

-- name: media_item -> MediaRow
-- One post of an account.
SELECT * FROM platform_media WHERE workspace_id = $1 AND account_id = $2 AND media_ref = $3;

-- name: media_without_picture -> MediaRow
-- Posts whose picture we do not keep yet, newest first, then the pictures of carousels; not those that were tried in vain of late.
SELECT m.* FROM platform_media AS m LEFT JOIN picture_trouble AS t ON t.workspace_id = m.workspace_id AND t.media_id = m.id
WHERE m.workspace_id = $1 AND m.account_id = $2 AND m.removed_at IS NULL AND m.thumbnail_id IS NULL
  AND (m.thumbnail_url <> '' OR (m.type = 'IMAGE' AND m.media_url <> ''))
  AND (t.media_id IS NULL OR (t.next_at <= $4 AND t.tries < $5))
ORDER BY m.parent_ref <> '', m.published_at DESC, m.id DESC
LIMIT $3;

-- name: set_thumbnail
-- The picture that we keep of a post.
WITH settled AS (DELETE FROM picture_trouble WHERE workspace_id = $1 AND media_id = $2)
UPDATE platform_media SET thumbnail_id = $3 WHERE workspace_id = $1 AND id = $2;

-- name: picture_not_kept
-- A picture could not be copied; tried again after a pause that doubles.
INSERT INTO picture_trouble (workspace_id, media_id, tries, next_at) VALUES ($1, $2, 1, $3::timestamptz + $4::interval)
ON CONFLICT (media_id) DO UPDATE SET
    tries = picture_trouble.tries + 1, next_at = $3::timestamptz + $4::interval * 2 ^ least(picture_trouble.tries, 10);

-- name: set_profile_picture
-- The picture that we keep of an account, and which one it is.
UPDATE account_profile SET picture_id = $3, picture_from = $4 WHERE workspace_id = $1 AND account_id = $2;

-- name: upsert_comments -> CommentKept
-- Comments, in one statement. A webhook brings no time and may name a carousel's picture as the post: the list knows better.
INSERT INTO comment (id, workspace_id, account_id, comment_ref, media_ref, parent_ref, person_ref, username, text, like_count, hidden, live,
                     ad_ref, source, created_at, received_at)
SELECT new.id, $1, $2, new.comment_ref, new.media_ref, new.parent_ref, new.person_ref, new.username, new.text, new.like_count, new.hidden,
       new.live, new.ad_ref, $3, new.created_at, $4
FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::int[], $13::bool[], $14::timestamptz[],
            $15::bool[], $16::text[])
     AS new (id, comment_ref, media_ref, parent_ref, person_ref, username, text, like_count, hidden, created_at, live, ad_ref)
ON CONFLICT (account_id, comment_ref) DO UPDATE SET
    text = excluded.text,
    person_ref = CASE WHEN excluded.person_ref = '' THEN comment.person_ref ELSE excluded.person_ref END,
    username = CASE WHEN excluded.username = '' THEN comment.username ELSE excluded.username END,
    media_ref = CASE WHEN excluded.media_ref <> '' AND (excluded.source = 'poll' OR comment.media_ref = '')
        THEN excluded.media_ref ELSE comment.media_ref END,
    parent_ref = CASE WHEN excluded.parent_ref = '' THEN comment.parent_ref ELSE excluded.parent_ref END,
    like_count = coalesce(excluded.like_count, comment.like_count),
    hidden = coalesce(excluded.hidden, comment.hidden),
    live = comment.live OR excluded.live,
    ad_ref = CASE WHEN excluded.ad_ref = '' THEN comment.ad_ref ELSE excluded.ad_ref END,
    created_at = CASE WHEN excluded.source = 'poll' THEN excluded.created_at ELSE comment.created_at END
WHERE comment.erased_at IS NULL
RETURNING comment_ref, xmax = 0 AS is_new;

-- name: comments_of -> CommentRow
-- Comments and replies of a post, oldest first.
SELECT * FROM comment
WHERE workspace_id = $1 AND account_id = $2 AND media_ref = $3 AND removed_at IS NULL
ORDER BY created_at, id
LIMIT $4;

-- name: start_sync
-- Everything of an account is to be listed, soon: a sync begins anew, or an unfinished one goes on where it stands.
INSERT INTO sync_cursor (workspace_id, account_id, name, started_at, next_at, reconcile_at)
VALUES ($1, $2, $3, $4, $4, $4)
ON CONFLICT (account_id, name) DO UPDATE SET
    next_at = $4,
    reconcile_at = $4,
    failures = 0,
    cursor = CASE WHEN sync_cursor.finished_at IS NULL THEN sync_cursor.cursor ELSE '' END,
    oldest_at = CASE WHEN sync_cursor.finished_at IS NULL THEN sync_cursor.oldest_at END,
    listed = sync_cursor.listed AND sync_cursor.finished_at IS NULL,
    whole = sync_cursor.whole OR sync_cursor.finished_at IS NOT NULL,
    started_at = CASE WHEN sync_cursor.finished_at IS NULL THEN sync_cursor.started_at ELSE $4 END,
    finished_at = NULL;

-- name: begin_sync
-- A finished sync begins anew; whole, if that is due.
UPDATE sync_cursor SET cursor = '', listed = false, oldest_at = NULL, started_at = $4, finished_at = NULL, failures = 0,
    whole = reconcile_at IS NULL OR reconcile_at <= $4
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND finished_at IS NOT NULL;

-- name: lease_sync -> SyncRow
-- Take a due sync for a while; nobody else works on it.
UPDATE sync_cursor SET lease_until = $4
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND finished_at IS NULL AND (lease_until IS NULL OR lease_until < $5)
RETURNING *;

-- name: due_syncs -> SyncRow
-- worker: syncs whose time has come.
SELECT * FROM sync_cursor WHERE name = $3 AND next_at <= $1 AND (lease_until IS NULL OR lease_until < $1) ORDER BY next_at LIMIT $2;

-- name: keep_sync
-- Hold a sync a while longer, if it is still held.
UPDATE sync_cursor SET lease_until = $5 WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4;

-- name: move_sync
-- One page is stored: go on from here, if it is still held.
UPDATE sync_cursor SET cursor = $5, lease_until = $6, oldest_at = coalesce($7, oldest_at), listed = $8, failures = 0, problem = NULL
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4;

-- name: finish_sync
-- Everything is here, if it is still held; the next time it begins anew, at the latest when a whole listing is due.
UPDATE sync_cursor SET cursor = '', finished_at = $5, lease_until = NULL, problem = NULL, failures = 0,
    reconcile_at = CASE WHEN whole THEN $7::timestamptz ELSE reconcile_at END,
    reconciled_at = CASE WHEN whole THEN $5 ELSE reconciled_at END,
    next_at = CASE WHEN next_at IS NOT NULL THEN least($6::timestamptz, CASE WHEN whole THEN $7::timestamptz ELSE reconcile_at END) END
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4;

-- name: fail_sync
-- It did not work this time; why, from where it goes on, and when (never, when a person must act).
UPDATE sync_cursor SET failures = failures + 1, lease_until = NULL, cursor = $5, listed = $8,
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

-- name: hasten_sync
-- A finished sync begins anew at once; one that runs, or waits for the platform's allowance, is not hurried.
UPDATE sync_cursor SET next_at = $4
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND finished_at IS NOT NULL AND next_at > $4;

-- name: syncs -> SyncRow
-- How far the syncs of a workspace are.
SELECT * FROM sync_cursor WHERE workspace_id = $1;

-- name: upsert_people -> PersonKept
-- Persons of the platform, by the id that is scoped to the account; where a name comes from is told when it changes.
INSERT INTO people (id, workspace_id, account_id, person_ref, username, source, first_seen_at, last_seen_at, wrote_at, sources)
SELECT new.id, $1, $2, new.person_ref, new.username, $3, new.first_seen_at, new.seen_at, new.wrote_at,
       CASE WHEN new.username = '' THEN '{}'
            ELSE jsonb_build_object('username', jsonb_build_object('from', new.origin, 'by', $3::text, 'at', $4::timestamptz)) END
FROM unnest($6::uuid[], $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[])
     AS new (id, person_ref, username, origin, seen_at, wrote_at, first_seen_at)
ON CONFLICT (account_id, person_ref) DO UPDATE SET
    username = CASE WHEN excluded.username = '' THEN people.username ELSE excluded.username END,
    sources = CASE WHEN excluded.username = '' OR (excluded.username = people.username AND people.sources ? 'username')
        THEN people.sources ELSE people.sources || excluded.sources END,
    first_seen_at = least(people.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(people.last_seen_at, excluded.last_seen_at),
    wrote_at = greatest(people.wrote_at, excluded.wrote_at)
RETURNING person_ref, wrote_at IS NOT NULL AND (profile_at IS NULL OR profile_at < $5)
    AND (profile_next_at IS NULL OR profile_next_at <= $4) AS bare;

-- name: bare_people -> str
-- Who wrote and whose profile is missing or old, the last to write first.
SELECT person_ref FROM people
WHERE workspace_id = $1 AND account_id = $2 AND wrote_at IS NOT NULL
  AND (profile_at IS NULL OR profile_at < $4) AND (profile_next_at IS NULL OR profile_next_at <= $3)
ORDER BY wrote_at DESC, person_ref
LIMIT $5;

-- name: person -> PersonRow
-- One person.
SELECT * FROM people WHERE workspace_id = $1 AND id = $2;

-- name: set_person_profile -> UUID
-- What the platform shows of somebody; what it leaves out this time is kept with where it came from.
UPDATE people SET
    username = coalesce(nullif($5, ''), username), name = coalesce(nullif($6, ''), name),
    picture_url = coalesce(nullif($7, ''), picture_url), followers = coalesce($8, followers),
    follows_account = coalesce($9, follows_account), followed_by_account = coalesce($10, followed_by_account),
    verified = coalesce($11, verified), sources = sources || $12::jsonb,
    profile_at = $4, profile_next_at = NULL, profile_problem = ''
WHERE workspace_id = $1 AND account_id = $2 AND person_ref = $3
RETURNING id;

-- name: set_profile_problem
-- The platform shows no profile of somebody; it is not asked again before a time.
UPDATE people SET profile_problem = $4, profile_next_at = $5 WHERE workspace_id = $1 AND account_id = $2 AND person_ref = $3;

-- name: upsert_conversations -> ConversationKept
-- The conversations with some persons, held until the transaction ends.
INSERT INTO conversation (id, workspace_id, account_id, person_ref, conversation_ref, last_message_at, person_seen_at, read_at,
                          owner_app_ref, control_at)
SELECT new.id, $1, $2, new.person_ref, new.conversation_ref, new.at, new.person_seen_at, new.read_at, new.owner_app_ref, new.control_at
FROM unnest($3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::timestamptz[])
     AS new (id, person_ref, conversation_ref, at, person_seen_at, read_at, owner_app_ref, control_at)
ON CONFLICT (account_id, person_ref) DO UPDATE SET
    conversation_ref = CASE WHEN excluded.conversation_ref = '' THEN conversation.conversation_ref ELSE excluded.conversation_ref END,
    person_seen_at = greatest(conversation.person_seen_at, excluded.person_seen_at),
    read_at = greatest(conversation.read_at, excluded.read_at),
    owner_app_ref = CASE WHEN excluded.control_at >= coalesce(conversation.control_at, '-infinity')
        THEN excluded.owner_app_ref ELSE conversation.owner_app_ref END,
    control_at = greatest(conversation.control_at, excluded.control_at)
RETURNING id, person_ref;

-- name: upsert_messages -> MessageKept
-- Messages put together with what is here of them, by the rules of messages.py; words of a list win over older ones only.
WITH new AS (
    SELECT id, conversation_id, message_ref, kind, known, from_account, text, edited, deleted_at, reply_to, attachments, details, standby, sent_at
    FROM unnest($6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::int[], $11::bool[], $12::text[], $13::int[], $14::timestamptz[],
                $15::text[], $16::text[], $17::text[], $18::bool[], $19::timestamptz[])
        AS one (id, conversation_id, message_ref, kind, known, from_account, text, edited, deleted_at, reply_to, attachments, details,
                standby, sent_at)),
     before AS (
    SELECT old.message_ref, old.known FROM message AS old JOIN new ON old.account_id = $2 AND old.message_ref = new.message_ref
    WHERE old.workspace_id = $1),
     kept AS (
    INSERT INTO message AS m (id, workspace_id, account_id, conversation_id, message_ref, kind, known, from_account, text, edited, deleted_at,
                              reply_to, attachments, details, standby, source, sent_at, received_at, changed_at)
    SELECT id, $1, $2, conversation_id, message_ref, kind, known, from_account, text, edited, deleted_at, reply_to, attachments::jsonb,
           details::jsonb, standby, $3, sent_at, $4, $4
    FROM new
    ON CONFLICT (account_id, message_ref) DO UPDATE SET
        kind = CASE WHEN excluded.known > m.known THEN excluded.kind ELSE m.kind END,
        known = greatest(m.known, excluded.known),
        from_account = CASE WHEN excluded.known > m.known THEN excluded.from_account ELSE m.from_account END,
        text = CASE
            WHEN m.deleted_at IS NOT NULL OR excluded.deleted_at IS NOT NULL THEN ''
            WHEN excluded.edited > m.edited OR (excluded.edited = m.edited AND excluded.known > m.known) THEN excluded.text
            WHEN excluded.known = 2 AND excluded.text <> '' AND m.changed_at < $5::timestamptz THEN excluded.text
            ELSE m.text END,
        edited = greatest(m.edited, excluded.edited),
        deleted_at = least(m.deleted_at, excluded.deleted_at),
        reply_to = CASE WHEN excluded.known > m.known THEN excluded.reply_to ELSE m.reply_to END,
        attachments = CASE
            WHEN m.deleted_at IS NOT NULL OR excluded.deleted_at IS NOT NULL THEN '[]'
            WHEN excluded.known > m.known OR (excluded.known = 2 AND m.known = 2) THEN excluded.attachments
            ELSE m.attachments END,
        details = CASE
            WHEN m.deleted_at IS NOT NULL OR excluded.deleted_at IS NOT NULL THEN '{}'
            WHEN excluded.known > m.known OR (excluded.known = 2 AND m.known = 2) THEN excluded.details
            ELSE m.details END,
        standby = CASE
            WHEN excluded.known > m.known THEN excluded.standby
            WHEN excluded.known = m.known THEN m.standby AND excluded.standby
            ELSE m.standby END,
        source = CASE WHEN excluded.known > m.known THEN excluded.source ELSE m.source END,
        sent_at = CASE
            WHEN excluded.known > m.known THEN excluded.sent_at
            WHEN excluded.known = m.known AND m.known < 2 THEN least(m.sent_at, excluded.sent_at)
            ELSE m.sent_at END,
        changed_at = CASE WHEN excluded.source = 'push' THEN excluded.changed_at ELSE m.changed_at END
    WHERE excluded.known <> 2 OR m.known < 2 OR (m.known = 2 AND excluded.attachments <> '[]')
       OR (excluded.text <> m.text AND m.changed_at < $5::timestamptz)
    RETURNING m.message_ref, m.known)
SELECT kept.message_ref, kept.known >= 2 AND coalesce(before.known, 0) < 2 AS is_new FROM kept LEFT JOIN before USING (message_ref);

-- name: upsert_reactions
-- Reactions to messages: the last one by the platform's time; a list knows no time of a reaction and only adds.
INSERT INTO message_reaction (workspace_id, account_id, message_ref, person_ref, from_account, reaction, emoji, source, reacted_at, received_at)
SELECT $1, $2, new.message_ref, new.person_ref, new.from_account, new.reaction, new.emoji, $3, new.at, $4
FROM unnest($5::text[], $6::bool[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])
     AS new (message_ref, from_account, person_ref, reaction, emoji, at)
ON CONFLICT (account_id, message_ref, from_account) DO UPDATE SET
    reaction = excluded.reaction, emoji = excluded.emoji, source = excluded.source, reacted_at = excluded.reacted_at,
    received_at = excluded.received_at
WHERE excluded.source = 'push' AND excluded.reacted_at >= message_reaction.reacted_at;

-- name: settle_conversations
-- When the last message of some conversations was, and the last one of each side; hints of messages count only alone.
UPDATE conversation AS c SET
    last_message_at = coalesce(
        (SELECT max(m.sent_at) FROM message AS m WHERE m.conversation_id = c.id AND m.known >= 2 AND m.kind IN ('message', 'postback')),
        (SELECT max(m.sent_at) FROM message AS m WHERE m.conversation_id = c.id),
        c.last_message_at),
    last_inbound_at = (
        SELECT max(m.sent_at) FROM message AS m
        WHERE m.conversation_id = c.id AND m.known >= 2 AND m.kind IN ('message', 'postback') AND NOT m.from_account),
    last_outbound_at = (
        SELECT max(m.sent_at) FROM message AS m
        WHERE m.conversation_id = c.id AND m.known >= 2 AND m.kind IN ('message', 'postback') AND m.from_account)
WHERE c.workspace_id = $1 AND c.id = ANY ($2);

-- name: insert_mentions -> MentionKept
-- Mentions that were not here before.
INSERT INTO mention (id, workspace_id, account_id, media_ref, comment_ref, source, mentioned_at, received_at)
SELECT new.id, $1, $2, new.media_ref, new.comment_ref, $3, $4, $4
FROM unnest($5::uuid[], $6::text[], $7::text[]) AS new (id, media_ref, comment_ref)
ON CONFLICT (account_id, media_ref, comment_ref) DO NOTHING
RETURNING id, media_ref, comment_ref;

-- name: mention -> MentionRow
-- One mention.
SELECT * FROM mention WHERE workspace_id = $1 AND id = $2;

-- name: set_mention
-- What was written where the account was named.
UPDATE mention SET username = $4, text = $5, permalink = $6, media_type = $7, mentioned_at = coalesce($8, mentioned_at), asked_at = $3, problem = ''
WHERE workspace_id = $1 AND id = $2 AND erased_at IS NULL;

-- name: set_mention_problem
-- The platform would not tell what was written.
UPDATE mention SET asked_at = $3, problem = $4 WHERE workspace_id = $1 AND id = $2;

-- name: place_comments
-- Comments under a picture of a carousel belong to its album.
UPDATE comment SET media_ref = album.parent_ref FROM platform_media AS album
WHERE comment.workspace_id = $1 AND comment.account_id = $2 AND comment.media_ref = $3
  AND album.workspace_id = $1 AND album.account_id = $2 AND album.media_ref = $3 AND album.parent_ref <> '';

-- name: conversations_page -> UUID
-- A page of the conversations of a workspace, by their last message.
SELECT id FROM conversation
WHERE workspace_id = $1 AND (cardinality($2::uuid[]) = 0 OR account_id = ANY ($2))
  AND (last_message_at, id) < ($3, $4)
ORDER BY last_message_at DESC, id DESC
LIMIT $5;

-- name: conversations -> ConversationRow
-- These conversations by their last message, with the person and the last message.
SELECT c.*, who.id AS person_id, coalesce(who.username, '') AS username, coalesce(who.name, '') AS name,
       coalesce(last.text, '') AS last_text, last.from_account AS last_from_account, last.deleted_at AS last_deleted_at,
       coalesce(last.attachments, '[]') AS last_attachments,
       (SELECT count(*)::int FROM (
            SELECT 1 FROM message AS m
            WHERE m.conversation_id = c.id AND m.known >= 2 AND m.kind IN ('message', 'postback') AND NOT m.from_account
              AND m.deleted_at IS NULL AND m.sent_at > coalesce(greatest(c.read_at, c.last_outbound_at), '-infinity')
            LIMIT 100) AS waiting) AS unread
FROM conversation AS c
LEFT JOIN people AS who ON who.account_id = c.account_id AND who.person_ref = c.person_ref
LEFT JOIN LATERAL (
    SELECT m.text, m.from_account, m.deleted_at, m.attachments FROM message AS m
    WHERE m.conversation_id = c.id AND m.known >= 2 AND m.kind IN ('message', 'postback')
    ORDER BY m.sent_at DESC, m.id DESC LIMIT 1) AS last ON true
WHERE c.workspace_id = $1 AND c.id = ANY ($2)
ORDER BY c.last_message_at DESC, c.id DESC;

-- name: messages -> MessageRow
-- Messages of a conversation and what stands between them, newest first, with their reactions.
SELECT m.*, (
        SELECT coalesce(jsonb_agg(jsonb_build_object('reaction', r.reaction, 'emoji', r.emoji, 'from_account', r.from_account,
                                                     'at', r.reacted_at) ORDER BY r.reacted_at), '[]')
        FROM message_reaction AS r
        WHERE r.account_id = m.account_id AND r.message_ref = m.message_ref AND r.reaction <> '') AS reactions
FROM message AS m
WHERE m.workspace_id = $1 AND m.conversation_id = $2
  AND (m.sent_at, m.id) < ($3, $4)
ORDER BY m.sent_at DESC, m.id DESC
LIMIT $5;

-- name: mentions -> MentionRow
-- Mentions of the accounts of a workspace, newest first.
SELECT * FROM mention
WHERE workspace_id = $1 AND erased_at IS NULL AND (cardinality($2::uuid[]) = 0 OR account_id = ANY ($2))
  AND (mentioned_at, id) < ($3, $4)
ORDER BY mentioned_at DESC, id DESC
LIMIT $5;

-- name: begin_pull -> datetime
-- A pull of conversations begins; when the one before it began, if that came to its end.
WITH before AS (
    SELECT started_at FROM conversation_pull
    WHERE workspace_id = $1 AND account_id = $2 AND finished_at IS NOT NULL AND problem = ''),
     begun AS (
    INSERT INTO conversation_pull (workspace_id, account_id, started_at) VALUES ($1, $2, $3)
    ON CONFLICT (account_id) DO UPDATE SET started_at = $3, finished_at = NULL, problem = '')
SELECT started_at FROM before;

-- name: finish_pull
-- A pull came to its end, or stopped with a problem.
UPDATE conversation_pull SET finished_at = $3, problem = $4 WHERE workspace_id = $1 AND account_id = $2;

-- name: stop_pull
-- The account is gone.
DELETE FROM conversation_pull WHERE workspace_id = $1 AND account_id = $2;

-- name: pulls -> PullRow
-- worker: accounts whose conversations are pulled.
SELECT * FROM conversation_pull ORDER BY account_id;

-- name: erased_people -> ErasedRow
-- Who of some persons was forgotten, and when.
SELECT person_hash, erased_at FROM erased_person WHERE workspace_id = $1 AND person_hash = ANY ($2);

-- name: remember_erased
-- A person was forgotten: what they wrote until now is not taken in again.
INSERT INTO erased_person (workspace_id, person_hash, erased_at) VALUES ($1, $2, $3)
ON CONFLICT (workspace_id, person_hash) DO UPDATE SET erased_at = excluded.erased_at;

-- name: erase_mentions -> int
-- Where a person named an account: the platform tells their name only.
WITH names AS (
    SELECT account_id, username FROM people WHERE workspace_id = $1 AND person_ref = $2 AND username <> ''),
     gone AS (
    UPDATE mention SET text = '', username = '', permalink = '', problem = '', erased_at = now()
    FROM names WHERE mention.workspace_id = $1 AND mention.account_id = names.account_id AND mention.username = names.username
    RETURNING 1)
SELECT count(*)::int FROM gone;

-- name: erase_comments -> int
-- What a person wrote, without the person; also where a list told only their name.
WITH names AS (
    SELECT account_id, username FROM people WHERE workspace_id = $1 AND person_ref = $2 AND username <> ''),
     gone AS (
    UPDATE comment SET text = '', username = '', person_ref = '', removed_at = coalesce(removed_at, now()), erased_at = now()
    WHERE workspace_id = $1 AND erased_at IS NULL AND (person_ref = $2 OR (
        person_ref = '' AND EXISTS (SELECT 1 FROM names WHERE names.account_id = comment.account_id AND names.username = comment.username)))
    RETURNING 1)
SELECT count(*)::int FROM gone;

-- name: erase_reactions -> int
-- Reactions in the conversations with a person.
WITH gone AS (DELETE FROM message_reaction WHERE workspace_id = $1 AND person_ref = $2 RETURNING 1)
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

-- name: comment_by_id -> CommentRow
-- One comment, also one that is gone.
SELECT * FROM comment WHERE workspace_id = $1 AND id = $2;

-- name: comments_by_ref -> CommentRow
-- The same by the platform's id.
SELECT * FROM comment WHERE workspace_id = $1 AND account_id = $2 AND comment_ref = ANY ($3);

-- name: list_comments -> CommentRow
-- Comments and replies of accounts, newest first; unanswered is what others wrote and we said nothing after.
WITH mine AS (
    SELECT account_id, ref, lower(name) AS name FROM unnest($11::uuid[], $12::text[], $13::text[]) AS told (account_id, ref, name))
SELECT c.* FROM comment AS c
WHERE c.workspace_id = $1 AND c.removed_at IS NULL
  AND ($2::uuid[] IS NULL OR c.account_id = ANY ($2))
  AND ($3::text = '' OR c.media_ref = $3)
  AND ($4::bool IS NULL OR coalesce(c.hidden, false) = $4)
  AND ($5::timestamptz IS NULL OR c.created_at >= $5)
  AND ($6::timestamptz IS NULL OR c.created_at < $6)
  AND ($7::text = '' OR position(lower($7) IN lower(c.username || ' ' || c.text)) > 0)
  AND ($8::timestamptz IS NULL OR (c.created_at, c.id) < ($8, $9::uuid))
  AND ($10::bool IS NULL OR $10 = EXISTS (
        SELECT 1 FROM mine
        WHERE mine.account_id = c.account_id AND c.person_ref <> mine.ref AND lower(c.username) <> mine.name
          AND NOT EXISTS (
            SELECT 1 FROM comment AS ours
            WHERE ours.account_id = c.account_id AND ours.removed_at IS NULL AND ours.created_at >= c.created_at
              AND coalesce(nullif(ours.parent_ref, ''), ours.comment_ref) = coalesce(nullif(c.parent_ref, ''), c.comment_ref)
              AND (ours.person_ref = mine.ref OR lower(ours.username) = mine.name))))
ORDER BY c.created_at DESC, c.id DESC
LIMIT $14;

-- name: list_threads -> CommentRow
-- The last word of each thread of accounts, newest first; unanswered is a thread whose last word is not ours.
WITH mine AS (
    SELECT account_id, ref, lower(name) AS name FROM unnest($9::uuid[], $10::text[], $11::text[]) AS told (account_id, ref, name))
SELECT c.* FROM comment AS c
WHERE c.workspace_id = $1 AND c.removed_at IS NULL
  AND ($2::uuid[] IS NULL OR c.account_id = ANY ($2))
  AND ($3::text = '' OR c.media_ref = $3)
  AND ($6::timestamptz IS NULL OR (c.created_at, c.id) < ($6, $7::uuid))
  AND NOT EXISTS (
        SELECT 1 FROM comment AS later
        WHERE later.account_id = c.account_id AND later.removed_at IS NULL
          AND coalesce(nullif(later.parent_ref, ''), later.comment_ref) = coalesce(nullif(c.parent_ref, ''), c.comment_ref)
          AND (later.created_at, later.id) > (c.created_at, c.id))
  AND ($8::bool IS NULL OR $8 = EXISTS (
        SELECT 1 FROM mine
        WHERE mine.account_id = c.account_id AND c.person_ref <> mine.ref AND lower(c.username) <> mine.name))
  AND (($4::bool IS NULL AND $5::text = '') OR EXISTS (
        SELECT 1 FROM comment AS said
        WHERE said.account_id = c.account_id AND said.removed_at IS NULL
          AND coalesce(nullif(said.parent_ref, ''), said.comment_ref) = coalesce(nullif(c.parent_ref, ''), c.comment_ref)
          AND ($4 IS NULL OR coalesce(said.hidden, false) = $4)
          AND ($5 = '' OR position(lower($5) IN lower(said.username || ' ' || said.text)) > 0)))
ORDER BY c.created_at DESC, c.id DESC
LIMIT $12;

-- name: thread_comments -> CommentRow
-- The top comments of these threads and the newest replies of each.
SELECT said.* FROM unnest($2::uuid[], $3::text[]) AS wanted (account_id, ref)
CROSS JOIN LATERAL (
    SELECT * FROM comment AS c
    WHERE c.workspace_id = $1 AND c.account_id = wanted.account_id AND c.removed_at IS NULL
      AND coalesce(nullif(c.parent_ref, ''), c.comment_ref) = wanted.ref
    ORDER BY c.parent_ref = '' DESC, c.created_at DESC, c.id DESC
    LIMIT $4) AS said
ORDER BY said.created_at, said.id;

-- name: media_named -> MediaRow
-- Posts by the platform's ids.
SELECT * FROM platform_media WHERE workspace_id = $1 AND account_id = ANY ($2) AND media_ref = ANY ($3);

-- name: list_media -> MediaRow
-- Posts of the accounts, newest first, without the pictures of carousels.
SELECT * FROM platform_media
WHERE workspace_id = $1 AND parent_ref = ''
  AND ($2::uuid[] IS NULL OR account_id = ANY ($2))
  AND ($3::text[] IS NULL OR type = ANY ($3))
  AND ($4::timestamptz IS NULL OR published_at >= $4)
  AND ($5::timestamptz IS NULL OR published_at < $5)
  AND ($6::bool IS NULL OR (removed_at IS NOT NULL) = $6)
  AND ($7::bool IS NULL OR made_here = $7)
  AND ($8::text = '' OR position(lower($8) IN lower(caption)) > 0)
  AND (published_at, id) < ($9, $10)
ORDER BY published_at DESC, id DESC
LIMIT $11;

-- name: media_by_id -> MediaRow
-- One post, also one that is gone.
SELECT * FROM platform_media WHERE workspace_id = $1 AND id = $2;

-- name: pictures_of -> MediaRow
-- The pictures of a carousel, as the platform numbered them.
SELECT * FROM platform_media WHERE workspace_id = $1 AND account_id = $2 AND parent_ref = $3
ORDER BY media_ref;

-- name: list_figures -> FigureRow
-- Accounts day by day, each oldest first.
SELECT * FROM account_figure
WHERE workspace_id = $1 AND account_id = ANY ($2)
  AND ($3::date IS NULL OR day >= $3) AND ($4::date IS NULL OR day <= $4)
ORDER BY account_id, day;

-- name: list_people -> PersonRow
-- Everybody but the accounts themselves, those first who were heard of last.
SELECT * FROM people
WHERE workspace_id = $1
  AND ($2::uuid[] IS NULL OR account_id = ANY ($2))
  AND ($3::timestamptz IS NULL OR last_seen_at >= $3)
  AND ($4::timestamptz IS NULL OR last_seen_at < $4)
  AND ($5::text = '' OR position(lower($5) IN lower(username || ' ' || name)) > 0)
  AND (last_seen_at, id) < ($6, $7)
  AND NOT EXISTS (
    SELECT 1 FROM unnest($8::uuid[], $9::text[], $10::text[]) AS own (account_id, ref, name)
    WHERE own.account_id = people.account_id
      AND (own.ref = people.person_ref OR (own.name <> '' AND lower(own.name) = lower(people.username))))
  AND ($11::bool IS NULL OR (wrote_at IS NOT NULL) = $11)
ORDER BY last_seen_at DESC, id DESC
LIMIT $12;

-- name: said_by -> SaidRow
-- How much these people said: comments that are there, and messages either way.
SELECT people.id,
    (SELECT count(*)::int FROM comment
     WHERE comment.workspace_id = $1 AND comment.account_id = people.account_id AND comment.person_ref = people.person_ref
       AND comment.person_ref <> '' AND comment.removed_at IS NULL) AS comments,
    (SELECT count(*)::int FROM conversation JOIN message ON message.conversation_id = conversation.id
     WHERE conversation.workspace_id = $1 AND conversation.account_id = people.account_id
       AND conversation.person_ref = people.person_ref AND message.known > 0
       AND message.kind IN ('message', 'postback')) AS messages
FROM people WHERE people.workspace_id = $1 AND people.id = ANY ($2);

-- name: person_timeline -> HappeningRow
-- What somebody said to an account and was answered, newest first: comments, our replies under them, messages, mentions.
WITH said AS (
    (SELECT id, CASE WHEN parent_ref = '' THEN 'comment' ELSE 'reply' END AS kind, comment_ref AS ref, text, 0 AS attachments,
            source, created_at AS at, removed_at, media_ref
     FROM comment
     WHERE workspace_id = $1 AND account_id = $2 AND person_ref = $3 AND person_ref <> '' AND (created_at, id) < ($7, $8)
     ORDER BY created_at DESC, id DESC LIMIT $9)
    UNION ALL
    (SELECT ours.id, 'own_reply', ours.comment_ref, ours.text, 0, ours.source, ours.created_at, ours.removed_at, ours.media_ref
     FROM comment AS theirs
     JOIN comment AS ours ON ours.account_id = theirs.account_id AND ours.parent_ref = theirs.comment_ref AND ours.parent_ref <> ''
     WHERE theirs.workspace_id = $1 AND theirs.account_id = $2 AND theirs.person_ref = $3 AND theirs.person_ref <> ''
       AND (ours.person_ref = $5 OR lower(ours.username) = lower($6)) AND ours.person_ref <> $3
       AND ($5::text, $6::text) <> ('', '') AND (ours.created_at, ours.id) < ($7, $8)
     ORDER BY ours.created_at DESC, ours.id DESC LIMIT $9)
    UNION ALL
    (SELECT message.id, CASE WHEN message.from_account THEN 'answer' ELSE 'message' END, message.message_ref, message.text,
            jsonb_array_length(message.attachments), message.source, message.sent_at, message.deleted_at, ''
     FROM conversation JOIN message ON message.conversation_id = conversation.id
     WHERE conversation.workspace_id = $1 AND conversation.account_id = $2 AND conversation.person_ref = $3
       AND message.known > 0 AND message.kind IN ('message', 'postback') AND (message.sent_at, message.id) < ($7, $8)
     ORDER BY message.sent_at DESC, message.id DESC LIMIT $9)
    UNION ALL
    (SELECT id, 'mention', coalesce(nullif(comment_ref, ''), media_ref), text, 0, source, mentioned_at, erased_at, media_ref
     FROM mention
     WHERE workspace_id = $1 AND account_id = $2 AND lower(username) = lower($4) AND username <> ''
       AND (mentioned_at, id) < ($7, $8)
     ORDER BY mentioned_at DESC, id DESC LIMIT $9))
SELECT said.id, said.kind, said.ref, said.text, said.attachments, said.source, said.at, said.removed_at, media.id AS media_id
FROM said
LEFT JOIN platform_media AS media
    ON media.workspace_id = $1 AND media.account_id = $2 AND media.media_ref = said.media_ref AND said.media_ref <> ''
ORDER BY said.at DESC, said.id DESC
LIMIT $9;

-- name: readings -> ReadingRow
-- How the comments of these posts were read, and are being read.
SELECT * FROM comment_reading WHERE workspace_id = $1 AND account_id = $2 AND media_ref = ANY ($3);

-- name: comment_counts -> CountRow
-- How many comments and replies of these posts we have.
SELECT media_ref, count(*)::int AS comments FROM comment
WHERE workspace_id = $1 AND account_id = $2 AND media_ref = ANY ($3) AND removed_at IS NULL
GROUP BY media_ref;

-- name: begin_reading
-- The comments of a post are read from their beginning; what the first page brought is seen.
INSERT INTO comment_reading (workspace_id, account_id, media_ref, began_at, target, whole, seen)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (account_id, media_ref) DO UPDATE SET began_at = $4, target = $5, whole = $6, seen = $7;

-- name: see_comments
-- What a further page brought is seen.
UPDATE comment_reading SET seen = seen || $4::text[] WHERE workspace_id = $1 AND account_id = $2 AND media_ref = $3;

-- name: end_reading
-- Our comments of a post are complete: by this count, and read whole at a time, unless that is null.
INSERT INTO comment_reading (workspace_id, account_id, media_ref, comments_count, comments_read_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account_id, media_ref) DO UPDATE SET
    comments_count = $4, comments_read_at = coalesce($5, comment_reading.comments_read_at),
    began_at = NULL, target = NULL, whole = false, seen = '{}';

-- name: open_lists -> OpenRow
-- Lists of comments that are to be followed.
SELECT media_ref, comment_ref, cursor FROM open_list WHERE workspace_id = $1 AND account_id = $2
ORDER BY media_ref, comment_ref
LIMIT $3;

-- name: open_list
-- A list goes on here.
INSERT INTO open_list (workspace_id, account_id, media_ref, comment_ref, cursor) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account_id, media_ref, comment_ref) DO UPDATE SET cursor = $5;

-- name: close_list
-- A list was followed to its end, or is gone.
DELETE FROM open_list WHERE workspace_id = $1 AND account_id = $2 AND media_ref = $3 AND comment_ref = $4;

-- name: close_lists
-- Nothing of these posts is followed any more.
DELETE FROM open_list WHERE workspace_id = $1 AND account_id = $2 AND media_ref = ANY ($3);

-- name: still_open -> str
-- Which of these posts have lists to be followed.
SELECT DISTINCT media_ref FROM open_list WHERE workspace_id = $1 AND account_id = $2 AND media_ref = ANY ($3);

-- name: miss_comments
-- Comments of these posts that a whole list, asked for at a time, did not bring. What was asked about of late is left alone.
INSERT INTO missing_comment (workspace_id, account_id, comment_ref, missed_at)
SELECT $1, $2, comment_ref, $5 FROM comment
WHERE workspace_id = $1 AND account_id = $2 AND media_ref = ANY ($3) AND removed_at IS NULL
  AND comment_ref <> ALL ($4::text[]) AND received_at < $5::timestamptz - $6::interval
ON CONFLICT (account_id, comment_ref) DO UPDATE SET missed_at = $5, checked_at = NULL
WHERE missing_comment.checked_at < $5::timestamptz - $7::interval;

-- name: miss_comment
-- One that the platform said is gone when its replies were asked for.
INSERT INTO missing_comment (workspace_id, account_id, comment_ref, missed_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, comment_ref) DO UPDATE SET missed_at = $4, checked_at = NULL;

-- name: missing_comments -> str
-- Comments that are to be asked about by themselves.
SELECT comment_ref FROM missing_comment WHERE workspace_id = $1 AND account_id = $2 AND checked_at IS NULL
ORDER BY comment_ref
LIMIT $3;

-- name: check_comments
-- They exist, though lists leave them out.
UPDATE missing_comment SET checked_at = $4 WHERE workspace_id = $1 AND account_id = $2 AND comment_ref = ANY ($3);

-- name: remove_comments
-- They are gone at the platform, with their replies.
WITH gone AS (
    UPDATE comment SET removed_at = $4
    WHERE workspace_id = $1 AND account_id = $2 AND (comment_ref = ANY ($3) OR parent_ref = ANY ($3)) AND removed_at IS NULL
    RETURNING comment_ref)
DELETE FROM missing_comment
WHERE workspace_id = $1 AND account_id = $2 AND (comment_ref = ANY ($3) OR comment_ref IN (SELECT comment_ref FROM gone));

-- name: return_comments
-- What a list of later brought is not gone; what was erased stays so.
UPDATE comment SET removed_at = NULL
WHERE workspace_id = $1 AND account_id = $2 AND comment_ref = ANY ($3) AND removed_at < $4
  AND (text <> '' OR username <> '' OR person_ref <> '');

-- name: keep_figure
-- An account on a day; the last reading stands.
INSERT INTO account_figure (workspace_id, account_id, day, username, name, picture_id, followers, following, media_count, read_at)
VALUES ($1, $2, $3, $4, $5, (SELECT picture_id FROM account_profile WHERE workspace_id = $1 AND account_id = $2), $6, $7, $8, $9)
ON CONFLICT (account_id, day) DO UPDATE SET
    username = excluded.username, name = excluded.name, picture_id = excluded.picture_id, followers = excluded.followers,
    following = excluded.following, media_count = excluded.media_count, read_at = excluded.read_at
WHERE account_figure.read_at <= excluded.read_at;

-- name: figures -> FigureRow
-- An account day by day, oldest first.
SELECT * FROM account_figure WHERE workspace_id = $1 AND account_id = $2 AND day >= $3 ORDER BY day;

-- name: count_pushed
-- Events that a platform pushed for an account.
INSERT INTO push_day (workspace_id, account_id, day, pushed, last_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account_id, day) DO UPDATE SET
    pushed = push_day.pushed + excluded.pushed, last_at = greatest(push_day.last_at, excluded.last_at);

-- name: count_missed
-- What only a list brought, though the platform should have pushed it.
INSERT INTO push_day (workspace_id, account_id, day, missed) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, day) DO UPDATE SET missed = push_day.missed + excluded.missed;

-- name: forget_pushes
-- An account is gone: its silence is no alarm.
DELETE FROM push_day WHERE workspace_id = $1 AND account_id = $2;

-- name: forget_old_pushes
-- worker: days that no rule looks back to.
DELETE FROM push_day WHERE day < $1;

-- name: drifting -> DriftRow
-- worker: of one workspace or of all: accounts whose events stay away, and those of which lists bring what should have been pushed.
WITH known AS (
    SELECT workspace_id, account_id, max(last_at) AS last_at, coalesce(sum(missed) FILTER (WHERE day >= $2), 0)::int AS missed
    FROM push_day WHERE ($1::uuid IS NULL OR workspace_id = $1) AND day >= ($4::timestamptz AT TIME ZONE 'UTC')::date
    GROUP BY workspace_id, account_id),
     measured AS (
    SELECT known.workspace_id, known.account_id, known.last_at, known.missed, usual.pushed AS usual
    FROM known CROSS JOIN LATERAL (
        SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(push_day.pushed, 0)), 0)::float8 AS pushed
        FROM generate_series(1, $7::int) AS back
        LEFT JOIN push_day ON push_day.account_id = known.account_id AND push_day.day = (known.last_at AT TIME ZONE 'UTC')::date - back
        WHERE known.last_at < $3) AS usual)
SELECT workspace_id, account_id, usual, last_at, missed, (usual >= $5 AND last_at < $3 AND last_at >= $4) IS TRUE AS silent FROM measured
WHERE missed >= $6 OR (usual >= $5 AND last_at < $3 AND last_at >= $4)
ORDER BY workspace_id, account_id;

-- name: hide_comment
-- A comment was hidden or shown from here.
UPDATE comment SET hidden = $4 WHERE workspace_id = $1 AND account_id = $2 AND comment_ref = $3;

-- name: remove_comment
-- A comment is gone at the platform, with its replies.
UPDATE comment SET removed_at = $4
WHERE workspace_id = $1 AND account_id = $2 AND (comment_ref = $3 OR parent_ref = $3) AND removed_at IS NULL;

-- name: sent_message -> str
-- A message of ours to a person, with these words, since a time.
SELECT m.message_ref FROM message AS m JOIN conversation AS talk ON talk.id = m.conversation_id
WHERE m.workspace_id = $1 AND m.account_id = $2 AND talk.person_ref = $3 AND m.from_account AND m.text = $4
  AND m.sent_at >= $5 AND m.deleted_at IS NULL
ORDER BY m.sent_at
LIMIT 1;

-- name: pictures_of_account -> UUID
-- The copies that we keep of an account's pictures.
SELECT picture_id FROM account_profile WHERE workspace_id = $1 AND account_id = $2 AND picture_id IS NOT NULL
UNION
SELECT picture_id FROM account_figure WHERE workspace_id = $1 AND account_id = $2 AND picture_id IS NOT NULL
UNION
SELECT thumbnail_id FROM platform_media WHERE workspace_id = $1 AND account_id = $2 AND thumbnail_id IS NOT NULL;

-- name: pictures_in_use -> UUID
-- Which of these copies the mirror shows.
SELECT picture_id FROM account_profile WHERE workspace_id = $1 AND picture_id = ANY ($2::uuid[])
UNION
SELECT picture_id FROM account_figure WHERE workspace_id = $1 AND picture_id = ANY ($2::uuid[])
UNION
SELECT thumbnail_id FROM platform_media WHERE workspace_id = $1 AND thumbnail_id = ANY ($2::uuid[]);

-- name: erase_mirrored -> int
-- Everything that was mirrored for an account, and how far its readings were: one that is under way finds its row gone.
WITH said AS (DELETE FROM message WHERE workspace_id = $1 AND account_id = $2 RETURNING 1),
     reactions AS (DELETE FROM message_reaction WHERE workspace_id = $1 AND account_id = $2 RETURNING 1),
     talks AS (DELETE FROM conversation WHERE workspace_id = $1 AND account_id = $2 RETURNING 1),
     comments AS (DELETE FROM comment WHERE workspace_id = $1 AND account_id = $2 RETURNING 1),
     mentions AS (DELETE FROM mention WHERE workspace_id = $1 AND account_id = $2 RETURNING 1),
     persons AS (DELETE FROM people WHERE workspace_id = $1 AND account_id = $2 RETURNING 1),
     posts AS (DELETE FROM platform_media WHERE workspace_id = $1 AND account_id = $2 RETURNING 1),
     profile AS (DELETE FROM account_profile WHERE workspace_id = $1 AND account_id = $2 RETURNING 1),
     figures AS (DELETE FROM account_figure WHERE workspace_id = $1 AND account_id = $2 RETURNING 1),
     syncs AS (DELETE FROM sync_cursor WHERE workspace_id = $1 AND account_id = $2),
     pulls AS (DELETE FROM conversation_pull WHERE workspace_id = $1 AND account_id = $2),
     readings AS (DELETE FROM comment_reading WHERE workspace_id = $1 AND account_id = $2),
     lists AS (DELETE FROM open_list WHERE workspace_id = $1 AND account_id = $2),
     missing AS (DELETE FROM missing_comment WHERE workspace_id = $1 AND account_id = $2),
     pushed AS (DELETE FROM push_day WHERE workspace_id = $1 AND account_id = $2)
SELECT ((SELECT count(*) FROM said) + (SELECT count(*) FROM reactions) + (SELECT count(*) FROM talks)
        + (SELECT count(*) FROM comments) + (SELECT count(*) FROM mentions) + (SELECT count(*) FROM persons)
        + (SELECT count(*) FROM posts) + (SELECT count(*) FROM profile) + (SELECT count(*) FROM figures))::int;

-- name: told_message -> ToldRow
-- What may be told of a message, and of whom the conversation is.
SELECT who.id AS person_id, talk.person_ref, coalesce(who.username, '') AS username, m.from_account, m.text,
       jsonb_array_length(m.attachments) AS attachments, '' AS media_ref, '' AS comment_ref, '' AS permalink, m.source, m.sent_at AS at,
       m.deleted_at AS removed_at
FROM message AS m
JOIN conversation AS talk ON talk.id = m.conversation_id
LEFT JOIN people AS who ON who.account_id = talk.account_id AND who.person_ref = talk.person_ref
WHERE m.workspace_id = $1 AND m.account_id = $2 AND m.message_ref = $3;

-- name: told_mention -> ToldRow
-- What may be told of a mention, and of whom if we know them: the platform tells their name only.
SELECT who.id AS person_id, coalesce(who.person_ref, '') AS person_ref, m.username, false AS from_account, m.text, 0 AS attachments,
       m.media_ref, m.comment_ref, m.permalink, m.source, m.mentioned_at AS at, m.erased_at AS removed_at
FROM mention AS m
LEFT JOIN people AS who ON who.account_id = m.account_id AND who.username = m.username AND m.username <> ''
WHERE m.workspace_id = $1 AND m.id = $2
LIMIT 1;

-- name: person_of_conversation -> UUID
-- With whom a conversation is.
SELECT who.id FROM conversation AS talk
JOIN people AS who ON who.account_id = talk.account_id AND who.person_ref = talk.person_ref
WHERE talk.workspace_id = $1 AND talk.id = $2;
