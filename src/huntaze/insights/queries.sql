-- name: keep_account -> int
-- Figures of an account by the day; what is missing now replaces no figure. How many changed.
WITH kept AS (
    INSERT INTO account_metric (workspace_id, account_id, metric, breakdown, ends_at, value, note, source, read_at)
    SELECT $1, $2, new.metric, new.breakdown, new.ends_at, new.value, new.note, $3, $4
    FROM unnest($5::text[], $6::text[], $7::timestamptz[], $8::float8[], $9::text[])
         AS new (metric, breakdown, ends_at, value, note)
    ON CONFLICT (account_id, metric, breakdown, ends_at) DO UPDATE SET
        value = excluded.value, note = excluded.note, source = excluded.source, read_at = excluded.read_at
    WHERE account_metric.workspace_id = $1
      AND (excluded.value IS NOT NULL OR account_metric.value IS NULL)
      AND (account_metric.value, account_metric.note) IS DISTINCT FROM (excluded.value, excluded.note)
    RETURNING 1)
SELECT count(*)::int FROM kept;

-- name: keep_media -> int
-- Figures of posts, where they are other than the last ones; what is missing now replaces no figure. How many changed.
WITH kept AS (
    INSERT INTO media_metric (workspace_id, account_id, media_ref, metric, breakdown, day, value, note, source, read_at)
    SELECT $1, $2, new.media_ref, new.metric, new.breakdown, ($4::timestamptz AT TIME ZONE 'UTC')::date,
           new.value, new.note, $3, $4
    FROM unnest($5::text[], $6::text[], $7::text[], $8::float8[], $9::text[])
         AS new (media_ref, metric, breakdown, value, note)
    LEFT JOIN LATERAL (
        SELECT value, note FROM media_metric
        WHERE workspace_id = $1 AND account_id = $2 AND media_ref = new.media_ref AND metric = new.metric
          AND breakdown = new.breakdown
        ORDER BY day DESC LIMIT 1) AS last ON true
    WHERE last.note IS NULL
       OR new.value IS DISTINCT FROM last.value AND new.value IS NOT NULL
       OR new.value IS NULL AND last.value IS NULL AND new.note <> last.note
    ON CONFLICT (account_id, media_ref, metric, breakdown, day) DO UPDATE SET
        value = excluded.value, note = excluded.note, source = excluded.source, read_at = excluded.read_at
    WHERE media_metric.workspace_id = $1
    RETURNING 1)
SELECT count(*)::int FROM kept;

-- name: keep_readings
-- That these posts were read.
INSERT INTO media_reading (workspace_id, account_id, media_ref, kind, published_at, note, read_at)
SELECT $1, $2, new.media_ref, new.kind, new.published_at, new.note, $3
FROM unnest($4::text[], $5::text[], $6::timestamptz[], $7::text[]) AS new (media_ref, kind, published_at, note)
ON CONFLICT (account_id, media_ref) DO UPDATE SET
    kind = excluded.kind, published_at = excluded.published_at, note = excluded.note, read_at = excluded.read_at
WHERE media_reading.workspace_id = $1;

-- name: keep_told
-- That a push told of this story; what was read of it stands.
INSERT INTO media_reading (workspace_id, account_id, media_ref, kind, published_at, note, read_at)
VALUES ($1, $2, $3, $4, $5, '', $6)
ON CONFLICT (account_id, media_ref) DO UPDATE SET note = '', read_at = excluded.read_at
WHERE media_reading.workspace_id = $1;

-- name: youngest_too_old -> datetime
-- Posts of then and before have no figures: they are older than the professional account.
SELECT max(published_at) FROM media_reading WHERE workspace_id = $1 AND account_id = $2 AND note = 'before_professional';

-- name: days_of -> AccountMetricRow
-- Figures of an account over days, by these metrics.
SELECT * FROM account_metric
WHERE workspace_id = $1 AND account_id = $2 AND metric = ANY ($3) AND ends_at > $4 AND ends_at <= $5
ORDER BY ends_at, metric, breakdown;

-- name: read_account -> AccountMetricRow
-- Figures of accounts after a place of the list, oldest first.
SELECT * FROM account_metric
WHERE workspace_id = $1 AND account_id = ANY ($2) AND (cardinality($3::text[]) = 0 OR metric = ANY ($3))
  AND ends_at >= $4 AND ends_at < $5
  AND (ends_at, account_id, metric, breakdown) > ($6::timestamptz, $7::uuid, $8::text, $9::text)
ORDER BY ends_at, account_id, metric, breakdown
LIMIT $10;

-- name: read_media -> MediaMetricRow
-- Figures of posts after a place of the list, oldest first; $4 is empty for all posts.
SELECT * FROM media_metric
WHERE workspace_id = $1 AND account_id = ANY ($2) AND (cardinality($3::text[]) = 0 OR metric = ANY ($3))
  AND ($4 = '' OR media_ref = $4) AND day >= $5 AND day < $6
  AND (day, account_id, media_ref, metric, breakdown) > ($7::date, $8::uuid, $9::text, $10::text, $11::text)
ORDER BY day, account_id, media_ref, metric, breakdown
LIMIT $12;

-- name: posts -> PostRow
-- The newest figure of each post that came out in a span, one row for each metric; the newest posts, at most $5.
SELECT post.media_ref, post.kind, post.published_at, post.note, post.read_at, latest.metric, latest.value
FROM (SELECT media_ref, kind, published_at, note, read_at FROM media_reading
      WHERE workspace_id = $1 AND account_id = $2 AND published_at >= $3 AND published_at < $4
      ORDER BY published_at DESC LIMIT $5) AS post
LEFT JOIN LATERAL (
    SELECT DISTINCT ON (metric) metric, value FROM media_metric
    WHERE workspace_id = $1 AND account_id = $2 AND media_ref = post.media_ref AND breakdown = ''
    ORDER BY metric, day DESC) AS latest ON true
ORDER BY post.published_at DESC, post.media_ref, latest.metric;

-- name: latest_of -> LatestRow
-- The newest figures of one post, whole and divided.
SELECT DISTINCT ON (metric, breakdown) metric, breakdown, value, note, read_at FROM media_metric
WHERE workspace_id = $1 AND account_id = $2 AND media_ref = $3
ORDER BY metric, breakdown, day DESC;

-- name: start_round
-- A reading of an account, due at once; one that is under way goes on at its cursor.
INSERT INTO insights_round (workspace_id, account_id, name, next_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, name) DO UPDATE SET next_at = $4, failures = 0, problem = NULL
WHERE insights_round.workspace_id = $1;

-- name: stop_rounds
-- The account is gone.
UPDATE insights_round SET next_at = NULL WHERE workspace_id = $1 AND account_id = $2;

-- name: rounds -> RoundRow
-- How far the readings of an account are.
SELECT * FROM insights_round WHERE workspace_id = $1 AND account_id = $2 ORDER BY next_at, name;

-- name: due_accounts -> DueRow
-- worker: accounts of which something is to be read.
SELECT DISTINCT workspace_id, account_id FROM insights_round
WHERE next_at <= $1 AND (lease_until IS NULL OR lease_until < $1) LIMIT $2;

-- name: lease_round -> RoundRow
-- Take a due reading for a while; one that was finished begins anew.
UPDATE insights_round SET lease_until = $4,
    started_at = CASE WHEN started_at IS NULL OR finished_at >= started_at THEN $5 ELSE started_at END,
    cursor = CASE WHEN started_at IS NULL OR finished_at >= started_at THEN '' ELSE cursor END
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND next_at <= $5 AND (lease_until IS NULL OR lease_until < $5)
RETURNING *;

-- name: move_round
-- A part is stored: go on from here, if it is still held.
UPDATE insights_round SET cursor = $5, lease_until = $6, failures = 0, problem = NULL, refused = refused || $7::jsonb
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4;

-- name: finish_round
-- Everything is here, if it is still held; when it begins anew (never, when it is done for good).
UPDATE insights_round SET cursor = '', finished_at = $5, lease_until = NULL, failures = 0, problem = NULL,
    refused = refused || $7::jsonb, next_at = CASE WHEN next_at IS NOT NULL THEN $6::timestamptz END
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4;

-- name: pause_round
-- It goes on at its cursor later, unless it was stopped.
UPDATE insights_round SET lease_until = NULL, next_at = CASE WHEN next_at IS NOT NULL THEN $5::timestamptz END
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4;

-- name: fail_round
-- It did not work this time: why, from where it goes on, and when.
UPDATE insights_round SET lease_until = NULL, failures = failures + 1, cursor = $5, problem = $7,
    next_at = CASE WHEN next_at IS NOT NULL THEN $6::timestamptz END
WHERE workspace_id = $1 AND account_id = $2 AND name = $3 AND lease_until = $4;

-- name: erase_figures -> int
-- Every figure of an account, and how far their readings were: one that is under way finds its row gone.
WITH days AS (DELETE FROM account_metric WHERE workspace_id = $1 AND account_id = $2 RETURNING 1),
     posts AS (DELETE FROM media_metric WHERE workspace_id = $1 AND account_id = $2 RETURNING 1),
     readings AS (DELETE FROM media_reading WHERE workspace_id = $1 AND account_id = $2 RETURNING 1),
     rounds AS (DELETE FROM insights_round WHERE workspace_id = $1 AND account_id = $2)
SELECT ((SELECT count(*) FROM days) + (SELECT count(*) FROM posts) + (SELECT count(*) FROM readings))::int;
