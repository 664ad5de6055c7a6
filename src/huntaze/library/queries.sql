-- name: accept_asset
-- A file whose bytes have arrived whole; it is probed next.
INSERT INTO asset (id, workspace_id, name, source, origin, state, kind, mime, size, sha256, path, created_at, taken_at)
VALUES ($2, $1, $3, $4, $5, 'receiving', $6, $7, $8, $9, $10, $11, $11);

-- name: settle_asset
-- What the probe found, once: an asset that is no longer being received keeps what it has.
UPDATE asset
SET state = 'ready', width = $3, height = $4, duration = $5, fps = $6, video_codec = $7, audio_codec = $8, ready_at = $9
WHERE workspace_id = $1 AND id = $2 AND state = 'receiving';

-- name: refuse_asset
-- A received file that cannot be used, and why.
UPDATE asset SET state = 'refused', problem = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'receiving';

-- name: add_variant
-- A file made from the original.
INSERT INTO variant (id, workspace_id, asset_id, purpose, mime, size, width, height, sha256, path)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: get_asset -> AssetRow
-- One file, unless it is being deleted.
SELECT id, workspace_id, name, source, origin, state, problem, kind, mime, size, width, height, duration, fps,
       video_codec, audio_codec, sha256, path, alt_text, created_at, ready_at
FROM asset
WHERE workspace_id = $1 AND id = $2 AND state <> 'deleting';

-- name: get_assets -> AssetRow
-- Several files at once, in no order.
SELECT id, workspace_id, name, source, origin, state, problem, kind, mime, size, width, height, duration, fps,
       video_codec, audio_codec, sha256, path, alt_text, created_at, ready_at
FROM asset
WHERE workspace_id = $1 AND id = ANY ($2::uuid[]) AND state <> 'deleting';

-- name: find_same -> AssetRow
-- The oldest ready file with the same bytes from the same kind of source.
SELECT id, workspace_id, name, source, origin, state, problem, kind, mime, size, width, height, duration, fps,
       video_codec, audio_codec, sha256, path, alt_text, created_at, ready_at
FROM asset
WHERE workspace_id = $1 AND source = $2 AND sha256 = $3 AND state = 'ready'
ORDER BY id
LIMIT 1;

-- name: list_assets -> AssetRow
-- The media grid, newest first, from a place on; mirror files are not ours to show.
SELECT id, workspace_id, name, source, origin, state, problem, kind, mime, size, width, height, duration, fps,
       video_codec, audio_codec, sha256, path, alt_text, created_at, ready_at
FROM asset
WHERE workspace_id = $1 AND source <> 'mirror' AND state <> 'deleting'
  AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
  AND ($4 = '' OR kind = $4)
ORDER BY created_at DESC, id DESC
LIMIT $5;

-- name: list_variants -> VariantRow
-- What was made from these files.
SELECT asset_id, purpose, mime, size, width, height, sha256, path
FROM variant
WHERE workspace_id = $1 AND asset_id = ANY ($2::uuid[])
ORDER BY asset_id, purpose;

-- name: describe_asset
-- The words for people who cannot see the picture.
UPDATE asset SET alt_text = $3 WHERE workspace_id = $1 AND id = $2 AND state <> 'deleting';

-- name: take_stale -> AssetRow
-- worker: files whose receiver went away, taken in hand by this sweep.
UPDATE asset
SET taken_at = $1
WHERE id IN (
    SELECT id FROM asset WHERE state = 'receiving' AND taken_at < $2 ORDER BY taken_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
RETURNING id, workspace_id, name, source, origin, state, problem, kind, mime, size, width, height, duration, fps,
          video_codec, audio_codec, sha256, path, alt_text, created_at, ready_at;

-- name: lock_asset -> AssetRow
-- One file, held until the transaction ends so that nobody else deletes it meanwhile.
SELECT id, workspace_id, name, source, origin, state, problem, kind, mime, size, width, height, duration, fps,
       video_codec, audio_codec, sha256, path, alt_text, created_at, ready_at
FROM asset
WHERE workspace_id = $1 AND id = $2 AND state <> 'deleting'
FOR UPDATE;

-- name: begin_deletion
-- From here on the file is gone for everybody; its bytes go next.
UPDATE asset SET state = 'deleting' WHERE workspace_id = $1 AND id = $2;

-- name: begin_copies_deletion
-- Copies of what was on a platform are gone from here on; their bytes go next.
UPDATE asset SET state = 'deleting' WHERE workspace_id = $1 AND id = ANY ($2::uuid[]) AND source = 'mirror';

-- name: list_deleting -> AssetRow
-- worker: files whose deletion was begun and perhaps not ended.
SELECT id, workspace_id, name, source, origin, state, problem, kind, mime, size, width, height, duration, fps,
       video_codec, audio_codec, sha256, path, alt_text, created_at, ready_at
FROM asset
WHERE state = 'deleting'
ORDER BY id
LIMIT $1;

-- name: delete_links
-- The links of a file that is deleted, with their fetch log.
DELETE FROM link WHERE workspace_id = $1 AND asset_id = $2;

-- name: delete_asset
-- A file whose bytes are gone, with its variants.
DELETE FROM asset WHERE workspace_id = $1 AND id = $2 AND state = 'deleting';

-- name: add_link
-- A link for one file, alive at once.
INSERT INTO link (id, workspace_id, asset_id, purpose, made_for, made_at, ends_at)
VALUES ($2, $1, $3, $4, $5, $6, $7);

-- name: hold_link -> LinkRow
-- worker: the link a signed token names, held so that a revocation comes wholly before or wholly after the fetch is logged.
SELECT id, workspace_id, asset_id, purpose, made_for, ends_at, revoked_at
FROM link
WHERE id = $1
FOR SHARE;

-- name: extend_links
-- More life for the links of one maker; revoked ones stay dead.
UPDATE link SET ends_at = greatest(ends_at, $3) WHERE workspace_id = $1 AND made_for = $2 AND revoked_at IS NULL;

-- name: revoke_links
-- No link of this maker answers from here on.
UPDATE link SET revoked_at = $3 WHERE workspace_id = $1 AND made_for = $2 AND revoked_at IS NULL;

-- name: log_fetch
-- A request for a link, before a byte is answered.
INSERT INTO link_fetch (workspace_id, link_id, at, method, status, range_header, user_agent)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: list_fetches -> LinkFetch
-- Every request for the links of one maker, in order.
SELECT f.link_id, f.at, f.method, f.status, f.range_header, f.user_agent
FROM link_fetch f
JOIN link l ON l.id = f.link_id
WHERE f.workspace_id = $1 AND l.workspace_id = $1 AND l.made_for = $2
ORDER BY f.id;
