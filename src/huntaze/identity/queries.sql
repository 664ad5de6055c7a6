-- name: add_workspace
-- A workspace begins.
INSERT INTO workspace (id, name, zone, locale, created_at) VALUES ($1, $2, $3, $4, $5);

-- name: add_person
-- Somebody who can sign in.
INSERT INTO person (id, name, email, password_hash, locale, created_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: add_member
-- A person belongs to a workspace.
INSERT INTO member (workspace_id, person_id, role, created_at) VALUES ($1, $2, $3, $4);

-- name: people_called -> PersonRow
-- worker: (no workspace is known before sign-in) who has this e-mail or this name; the e-mail first.
SELECT p.id, m.workspace_id, p.name, p.email, p.password_hash
FROM person p JOIN member m ON m.person_id = p.id
WHERE lower(p.email) = lower($1) OR lower(p.name) = lower($1)
ORDER BY lower(p.email) = lower($1) DESC, m.created_at
LIMIT 3;

-- name: person_by_id -> PersonRow
-- worker: (a one-time link names only the person) the person with their first workspace.
SELECT p.id, m.workspace_id, p.name, p.email, p.password_hash
FROM person p JOIN member m ON m.person_id = p.id
WHERE p.id = $1
ORDER BY m.created_at
LIMIT 1;

-- name: first_owner -> PersonRow
-- worker: (asked by the command line) who has owned this installation longest.
SELECT p.id, m.workspace_id, p.name, p.email, p.password_hash
FROM person p JOIN member m ON m.person_id = p.id
WHERE m.role = 'owner'
ORDER BY m.created_at, p.id
LIMIT 1;

-- name: workspace -> WorkspaceRow
-- A workspace, for commands that work in it.
SELECT id, name, locale, zone FROM workspace WHERE id = $1;

-- name: speak_language
-- The person chose a language.
UPDATE person SET locale = $3
WHERE id = $2 AND EXISTS (SELECT FROM member WHERE workspace_id = $1 AND person_id = $2);

-- name: one_first_owner
-- worker: two that claim a new installation go one after the other; held until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('huntaze first owner'));

-- name: add_session
-- A session begins; only the hash of its token is kept.
INSERT INTO session (token_hash, workspace_id, person_id, created_at, seen_at, ends_at) VALUES ($1, $2, $3, $4, $4, $5);

-- name: live_session -> SessionRow
-- worker: (the token tells the workspace) the session of a token that has not ended, with who it stands for.
SELECT s.workspace_id, s.person_id, p.name, m.role, p.locale AS person_locale, w.name AS workspace_name,
       w.locale AS workspace_locale, w.zone, s.seen_at
FROM session s
JOIN member m ON m.workspace_id = s.workspace_id AND m.person_id = s.person_id
JOIN person p ON p.id = s.person_id
JOIN workspace w ON w.id = s.workspace_id
WHERE s.token_hash = $1 AND s.ends_at > $2 AND s.seen_at > $3;

-- name: touch_session
-- worker: (the token tells the workspace) the session is in use.
UPDATE session SET seen_at = $2 WHERE token_hash = $1;

-- name: end_session
-- worker: (the token tells the workspace) the session ends now.
DELETE FROM session WHERE token_hash = $1;

-- name: drop_ended_sessions
-- worker: forget sessions past their absolute or idle limit.
DELETE FROM session WHERE ends_at <= $1 OR seen_at <= $2;

-- name: add_link
-- worker: (printed by the server, perhaps before any workspace exists) a one-time link.
INSERT INTO sign_in_link (token_hash, workspace_id, person_id, ends_at) VALUES ($1, $2, $3, $4);

-- name: open_link -> LinkRow
-- worker: (the token tells the workspace) the link, if it still works.
SELECT workspace_id, person_id, ends_at FROM sign_in_link WHERE token_hash = $1 AND used_at IS NULL AND ends_at > $2;

-- name: use_link -> LinkRow
-- worker: (the token tells the workspace) use the link; of two that try, one gets the row.
UPDATE sign_in_link SET used_at = $2
WHERE token_hash = $1 AND used_at IS NULL AND ends_at > $2
RETURNING workspace_id, person_id, ends_at;

-- name: drop_old_links
-- worker: forget one-time links that no longer work.
DELETE FROM sign_in_link WHERE ends_at <= $1;

-- name: add_key
-- An API key; only the hash of its secret is kept.
INSERT INTO api_key (id, workspace_id, name, prefix, key_hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: list_keys -> KeyRow
-- The workspace's keys, those that work first, the newest first.
SELECT id, name, prefix, scopes, created_at, used_at, revoked_at
FROM api_key
WHERE workspace_id = $1
ORDER BY revoked_at IS NOT NULL, created_at DESC, id DESC;

-- name: key_holder -> KeyHolderRow
-- worker: (the prefix tells the workspace) the key with this prefix, if it is not revoked.
SELECT k.id, k.workspace_id, k.name, k.key_hash, k.scopes, k.used_at, w.name AS workspace_name,
       w.locale AS workspace_locale, w.zone
FROM api_key k JOIN workspace w ON w.id = k.workspace_id
WHERE k.prefix = $1 AND k.revoked_at IS NULL;

-- name: touch_key
-- The key is in use.
UPDATE api_key SET used_at = $3 WHERE workspace_id = $1 AND id = $2;

-- name: revoke_key
-- The key ends now; one that had ended already is left as it was.
UPDATE api_key SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL;

-- name: count_try -> FailureRow
-- worker: count a try to sign in before it is checked, unless the subject is locked; an old count starts again.
INSERT INTO sign_in_failure AS f (subject, failures, last_at) VALUES ($1, 1, $2)
ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN f.locked_until > $2 THEN f.failures WHEN f.last_at <= $3 THEN 1 ELSE f.failures + 1 END,
    locked_until = CASE WHEN f.locked_until > $2 THEN f.locked_until END,
    last_at = CASE WHEN f.locked_until > $2 THEN f.last_at ELSE $2 END
RETURNING failures, last_at, locked_until;

-- name: lock_subject
-- worker: no try under this subject until a time.
UPDATE sign_in_failure SET locked_until = $2 WHERE subject = $1;

-- name: forget_tries
-- worker: the right password was given: nothing is held against this subject.
DELETE FROM sign_in_failure WHERE subject = $1;

-- name: drop_old_tries
-- worker: forget tries that no longer count.
DELETE FROM sign_in_failure WHERE last_at <= $1 AND (locked_until IS NULL OR locked_until <= $2);
