-- name: app_credentials -> AppCredentialRow
-- The apps entered in the UI for a platform.
SELECT id, platform, login, app_id, secret FROM app_credential WHERE platform = $1 ORDER BY login;

-- name: claim_app_credential -> UUID
-- The id of the row for a platform's login, made if it is missing, so that its secret can be sealed for it.
INSERT INTO app_credential (id, platform, login, app_id, secret, created_at) VALUES ($1, $2, $3, '', '', $4)
ON CONFLICT (platform, login) DO UPDATE SET platform = excluded.platform
RETURNING id;

-- name: set_app_credential
-- Fill in the app.
UPDATE app_credential SET app_id = $2, secret = $3 WHERE id = $1;

-- name: app_webhook_is -> bool
-- Whether this app already sends its webhooks there.
SELECT EXISTS (
    SELECT FROM app_webhook WHERE platform = $1 AND app_id = $2 AND callback_url = $3 AND verify_hash = $4
);

-- name: set_app_webhook
-- Remember where this app sends its webhooks.
INSERT INTO app_webhook (platform, app_id, callback_url, verify_hash, subscribed_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (platform, app_id) DO UPDATE SET
    callback_url = excluded.callback_url, verify_hash = excluded.verify_hash, subscribed_at = excluded.subscribed_at;

-- name: add_state
-- A sign-in begins.
INSERT INTO oauth_state (state_hash, workspace_id, person_id, session_hash, platform, login, account_id, redirect_uri, created_at)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9);

-- name: take_state -> StateRow
-- Use a state, once, in the browser session that began it; nothing when it is not that session's, used or too old.
UPDATE oauth_state SET used_at = $6
WHERE workspace_id = $1 AND state_hash = $2 AND session_hash = $3 AND person_id = $4 AND platform = $5
  AND used_at IS NULL AND created_at > $7
RETURNING workspace_id, login, account_id, redirect_uri;

-- name: drop_states
-- worker: forget sign-ins that began before $1.
DELETE FROM oauth_state WHERE created_at < $1;

-- name: add_grant
-- What a person has just allowed.
INSERT INTO grants (id, workspace_id, platform, login, user_ref, token, refresh_token, scopes, declined, issued_at,
                    expires_at, data_access_expires_at, account_id, refresh_at, created_at)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: grant -> GrantRow
-- worker: one grant by its id, which comes from an account or a job.
SELECT id, workspace_id, platform, login, user_ref, token, refresh_token, scopes, declined, issued_at, expires_at,
       data_access_expires_at, account_id, refresh_at, refresh_tries, lease_until, fence, noticed_days, revoke_tries,
       revoked_at
FROM grants WHERE id = $1;

-- name: grant_of -> GrantRow
-- A grant of the workspace that is not over.
SELECT id, workspace_id, platform, login, user_ref, token, refresh_token, scopes, declined, issued_at, expires_at,
       data_access_expires_at, account_id, refresh_at, refresh_tries, lease_until, fence, noticed_days, revoke_tries,
       revoked_at
FROM grants WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL AND revoke_at IS NULL;

-- name: grants_of -> GrantRow
-- The grants behind the workspace's live accounts.
SELECT id, workspace_id, platform, login, user_ref, token, refresh_token, scopes, declined, issued_at, expires_at,
       data_access_expires_at, account_id, refresh_at, refresh_tries, lease_until, fence, noticed_days, revoke_tries,
       revoked_at
FROM grants
WHERE workspace_id = $1
  AND EXISTS (SELECT FROM account WHERE grant_id = grants.id AND disconnected_at IS NULL);

-- name: lock_grant -> GrantRow
-- A grant that is not over, held until the transaction ends.
SELECT id, workspace_id, platform, login, user_ref, token, refresh_token, scopes, declined, issued_at, expires_at,
       data_access_expires_at, account_id, refresh_at, refresh_tries, lease_until, fence, noticed_days, revoke_tries,
       revoked_at
FROM grants WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL FOR UPDATE;

-- name: lease_refresh -> GrantRow
-- worker: take a due refresh, alone until the lease ends. Nothing: not due, over, or somebody else is at it.
UPDATE grants SET lease_until = $3, fence = fence + 1
WHERE id = $1 AND revoked_at IS NULL AND refresh_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)
RETURNING id, workspace_id, platform, login, user_ref, token, refresh_token, scopes, declined, issued_at, expires_at,
          data_access_expires_at, account_id, refresh_at, refresh_tries, lease_until, fence, noticed_days, revoke_tries,
          revoked_at;

-- name: keep_refreshed
-- worker: the answer to a refresh, if it is still ours to write ($2 is the fence). An absent refresh token keeps the old.
UPDATE grants SET token = $3, refresh_token = COALESCE($4, refresh_token), scopes = $5, declined = $6, issued_at = $7,
                  expires_at = $8, data_access_expires_at = $9, refresh_at = $10, refresh_tries = $11,
                  lease_until = NULL
WHERE id = $1 AND fence = $2 AND revoked_at IS NULL;

-- name: keep_inspected
-- worker: what the platform says of the grant now; its tokens are untouched.
UPDATE grants SET scopes = $2, declined = $3, expires_at = $4, data_access_expires_at = $5 WHERE id = $1;

-- name: postpone_refresh
-- worker: a refresh failed; try again at $3, or never (NULL) when a person must act.
UPDATE grants SET refresh_at = $3, refresh_tries = refresh_tries + 1, lease_until = NULL WHERE id = $1 AND fence = $2;

-- name: due_refreshes -> UUID
-- worker: the grants of live accounts whose refresh is due and not under way, the most urgent first.
SELECT id FROM grants
WHERE refresh_at <= $1 AND revoked_at IS NULL AND revoke_at IS NULL AND (lease_until IS NULL OR lease_until <= $1)
  AND EXISTS (SELECT FROM account WHERE grant_id = grants.id AND disconnected_at IS NULL)
ORDER BY expires_at NULLS LAST LIMIT $2;

-- name: note_days
-- worker: how near the end the last notice was; NULL when the end has moved away.
UPDATE grants SET noticed_days = $2 WHERE id = $1;

-- name: lease_checks -> UUID
-- worker: take the grants whose health check is due; they are next due at $2 even if this worker dies.
UPDATE grants SET check_at = $2
WHERE id IN (
    SELECT id FROM grants
    WHERE check_at <= $1 AND revoked_at IS NULL AND revoke_at IS NULL
    ORDER BY check_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
RETURNING id;

-- name: check_soon
-- worker: have the grant's accounts looked at, at $2 at the latest.
UPDATE grants SET check_at = LEAST(check_at, $2) WHERE id = $1 AND revoked_at IS NULL;

-- name: set_check
-- worker: when the grant is looked at next.
UPDATE grants SET check_at = $2 WHERE id = $1;

-- name: end_grants_of_user -> UUID
-- worker: the person took our rights away at the platform: every grant of theirs is over, its tokens wiped.
UPDATE grants SET revoked_at = $3, token = '', refresh_token = NULL
WHERE platform = $1 AND user_ref = $2 AND revoked_at IS NULL AND ($4::timestamptz IS NULL OR created_at < $4)
RETURNING id;

-- name: erase_user -> int
-- worker: the person wants to be forgotten: their grants made before $3 do not know them any more.
WITH gone AS (
    UPDATE grants SET user_ref = '' WHERE platform = $1 AND user_ref = $2 AND created_at < $3 AND revoked_at IS NOT NULL
    RETURNING 1)
SELECT count(*)::int FROM gone;

-- name: ask_revoke
-- The last account of this grant was disconnected: its rights are to be taken away at the platform.
UPDATE grants SET revoke_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL;

-- name: lease_revoke -> GrantRow
-- worker: take a due revocation; it is next due at $3 even if this worker dies.
UPDATE grants SET revoke_at = $3, revoke_tries = revoke_tries + 1
WHERE id = $1 AND revoke_at <= $2 AND revoked_at IS NULL
RETURNING id, workspace_id, platform, login, user_ref, token, refresh_token, scopes, declined, issued_at, expires_at,
          data_access_expires_at, account_id, refresh_at, refresh_tries, lease_until, fence, noticed_days, revoke_tries,
          revoked_at;

-- name: due_revokes -> UUID
-- worker: grants whose revocation is due.
SELECT id FROM grants WHERE revoke_at <= $1 AND revoked_at IS NULL ORDER BY revoke_at LIMIT $2;

-- name: wipe_grant
-- worker: the grant is over; no token stays.
UPDATE grants SET revoked_at = $2, token = '', refresh_token = NULL WHERE id = $1;

-- name: wipe_left_grants
-- worker: grants older than $2 that no live account uses and that await no revocation: choices left open, or replaced.
UPDATE grants SET revoked_at = $1, token = '', refresh_token = NULL
WHERE created_at < $2 AND revoked_at IS NULL AND revoke_at IS NULL
  AND NOT EXISTS (SELECT FROM account WHERE grant_id = grants.id AND disconnected_at IS NULL);

-- name: wipe_replaced_grants
-- The person signed in again: their earlier grants in this workspace that no live account uses are over.
UPDATE grants SET revoked_at = $6, token = '', refresh_token = NULL
WHERE workspace_id = $1 AND platform = $2 AND login = $3 AND user_ref = $4 AND id <> $5 AND revoked_at IS NULL
  AND NOT EXISTS (SELECT FROM account WHERE grant_id = grants.id AND disconnected_at IS NULL);

-- name: user_chooses -> bool
-- worker: whether this person has another sign-in open, of any workspace, whose accounts may still be chosen.
SELECT EXISTS (
    SELECT FROM grants
    WHERE platform = $1 AND login = $2 AND user_ref = $3 AND id <> $4 AND revoked_at IS NULL AND revoke_at IS NULL
);

-- name: user_in_use -> bool
-- worker: whether any live account, of any workspace, lives by this person's rights: taking them away ends all of them.
SELECT EXISTS (
    SELECT FROM account JOIN grants ON grants.id = account.grant_id
    WHERE grants.platform = $1 AND grants.login = $2 AND grants.user_ref = $3 AND account.disconnected_at IS NULL
);

-- name: claim_account -> AccountRow
-- The row of this account in this workspace, made if it is missing, held until the transaction ends.
INSERT INTO account (id, workspace_id, platform, login, account_ref, username, name, token, grant_id, health,
                     connected_at, disconnected_at)
VALUES ($2, $1, $3, $4, $5, '', '', '', $6, 'disconnected', $7, $7)
ON CONFLICT (workspace_id, platform, account_ref) DO UPDATE SET platform = excluded.platform
RETURNING id, workspace_id, platform, login, account_ref, username, name, kind, page_ref, page_name, grant_id, health,
          health_note, functions_off, webhooks_at, webhooks_note, webhooks_tries, checked_at, connected_at,
          disconnected_at;

-- name: fill_account -> AccountRow
-- The account is connected by this grant from now on; live events are to be switched on at once.
UPDATE account SET login = $3, username = $4, name = $5, kind = $6, page_ref = $7, page_name = $8, token = $9,
                   grant_id = $10, health = 'good', health_note = '{}', functions_off = $11, webhooks_at = NULL,
                   webhooks_note = '{}', webhooks_tries = 0, webhooks_next_at = $12, checked_at = $12,
                   connected_at = CASE WHEN disconnected_at IS NULL THEN connected_at ELSE $12 END,
                   disconnected_at = NULL
WHERE workspace_id = $1 AND id = $2
RETURNING id, workspace_id, platform, login, account_ref, username, name, kind, page_ref, page_name, grant_id, health,
          health_note, functions_off, webhooks_at, webhooks_note, webhooks_tries, checked_at, connected_at,
          disconnected_at;

-- name: account -> AccountRow
-- One account of the workspace, live or not.
SELECT id, workspace_id, platform, login, account_ref, username, name, kind, page_ref, page_name, grant_id, health,
       health_note, functions_off, webhooks_at, webhooks_note, webhooks_tries, checked_at, connected_at, disconnected_at
FROM account WHERE workspace_id = $1 AND id = $2;

-- name: account_anywhere -> AccountRow
-- worker: one account by its id.
SELECT id, workspace_id, platform, login, account_ref, username, name, kind, page_ref, page_name, grant_id, health,
       health_note, functions_off, webhooks_at, webhooks_note, webhooks_tries, checked_at, connected_at, disconnected_at
FROM account WHERE id = $1;

-- name: accounts -> AccountRow
-- The workspace's live accounts.
SELECT id, workspace_id, platform, login, account_ref, username, name, kind, page_ref, page_name, grant_id, health,
       health_note, functions_off, webhooks_at, webhooks_note, webhooks_tries, checked_at, connected_at, disconnected_at
FROM account WHERE workspace_id = $1 AND disconnected_at IS NULL
ORDER BY platform, lower(username), id;

-- name: accounts_by_ref -> AccountRow
-- worker: who connected this account of the platform, or the one behind this Page, in every workspace.
SELECT id, workspace_id, platform, login, account_ref, username, name, kind, page_ref, page_name, grant_id, health,
       health_note, functions_off, webhooks_at, webhooks_note, webhooks_tries, checked_at, connected_at, disconnected_at
FROM account
WHERE platform = $1 AND disconnected_at IS NULL AND (account_ref = $2 OR (page_ref = $2 AND page_ref <> ''))
ORDER BY id;

-- name: account_spans -> AccountSpan
-- Every account that the workspace has or had.
SELECT id, workspace_id, platform, account_ref, page_ref, username, disconnected_at AS until FROM account
WHERE workspace_id = $1 AND account_ref NOT LIKE 'erased %' ORDER BY platform, lower(username), id;

-- name: every_account_span -> AccountSpan
-- worker: every account that anybody has or had.
SELECT id, workspace_id, platform, account_ref, page_ref, username, disconnected_at AS until FROM account ORDER BY id;

-- name: account_spans_of_user -> AccountSpan
-- worker: the accounts, live or not, that live by a person's grants made before $3.
SELECT account.id, account.workspace_id, account.platform, account.account_ref, account.page_ref, account.username,
       account.disconnected_at AS until
FROM account JOIN grants ON grants.id = account.grant_id
WHERE grants.platform = $1 AND grants.user_ref = $2 AND grants.created_at < $3
ORDER BY account.id;

-- name: erase_account
-- worker: a disconnected account whose person wants to be forgotten: what refers to it stays, who it was goes.
UPDATE account SET account_ref = 'erased ' || id, username = 'deleted', name = '', page_ref = '', page_name = '',
                   token = ''
WHERE workspace_id = $1 AND id = $2 AND disconnected_at IS NOT NULL AND account_ref NOT LIKE 'erased %';

-- name: accounts_of_grant -> AccountRow
-- worker: the live accounts behind a grant.
SELECT id, workspace_id, platform, login, account_ref, username, name, kind, page_ref, page_name, grant_id, health,
       health_note, functions_off, webhooks_at, webhooks_note, webhooks_tries, checked_at, connected_at, disconnected_at
FROM account WHERE grant_id = $1 AND disconnected_at IS NULL ORDER BY id;

-- name: token_of -> TokenRow
-- worker: an account's sealed token.
SELECT id, workspace_id, token FROM account WHERE id = $1 AND disconnected_at IS NULL;

-- name: tokens_of_grant -> TokenRow
-- worker: the sealed tokens of a grant's live accounts.
SELECT id, workspace_id, token FROM account WHERE grant_id = $1 AND disconnected_at IS NULL ORDER BY id FOR UPDATE;

-- name: set_token
-- worker: the account acts with another token from now on.
UPDATE account SET token = $2 WHERE id = $1 AND disconnected_at IS NULL;

-- name: set_health
-- worker: a live account's health has changed; touches nothing when it is the same already.
UPDATE account SET health = $2, health_note = $3
WHERE id = $1 AND disconnected_at IS NULL AND (health <> $2 OR health_note <> $3);

-- name: refresh_account
-- worker: what a health check saw of a live account.
UPDATE account SET username = $2, name = $3, page_ref = $4, page_name = $5, functions_off = $6, token = $7,
                   checked_at = $8
WHERE id = $1 AND disconnected_at IS NULL;

-- name: due_webhooks -> UUID
-- worker: live accounts whose live events are to be switched on (again).
SELECT id FROM account WHERE webhooks_next_at <= $1 AND disconnected_at IS NULL ORDER BY webhooks_next_at LIMIT $2;

-- name: webhooks_on
-- worker: live events are on; they are switched on again at $3, which mends them if somebody switched them off.
UPDATE account SET webhooks_at = COALESCE(webhooks_at, $2), webhooks_note = '{}', webhooks_tries = 0,
                   webhooks_next_at = $3
WHERE id = $1 AND disconnected_at IS NULL;

-- name: webhooks_failed
-- worker: live events could not be switched on; why, and when to try again.
UPDATE account SET webhooks_at = NULL, webhooks_note = $2, webhooks_tries = webhooks_tries + 1, webhooks_next_at = $3
WHERE id = $1 AND disconnected_at IS NULL;

-- name: leave_account -> AccountRow
-- Disconnect a live account and wipe its token; nothing when it is not live.
UPDATE account SET disconnected_at = $3, token = '', health = 'disconnected', health_note = $4, webhooks_at = NULL,
                   webhooks_note = '{}', webhooks_next_at = NULL
WHERE workspace_id = $1 AND id = $2 AND disconnected_at IS NULL
RETURNING id, workspace_id, platform, login, account_ref, username, name, kind, page_ref, page_name, grant_id, health,
          health_note, functions_off, webhooks_at, webhooks_note, webhooks_tries, checked_at, connected_at,
          disconnected_at;

-- name: keep_usage
-- worker: an allowance as the platform told it of an account or of the Page behind it, for every workspace that has it.
INSERT INTO budget (workspace_id, account_id, scope, percent, regain_at, refusals, told_at)
SELECT workspace_id, id, $3, $4::float8, $5::timestamptz, CASE WHEN $4::float8 >= 100 THEN 1 ELSE 0 END, $6::timestamptz
FROM account
WHERE platform = $1 AND disconnected_at IS NULL AND (account_ref = $2 OR (page_ref = $2 AND page_ref <> ''))
ORDER BY id
ON CONFLICT (account_id, scope) DO UPDATE SET
    percent = excluded.percent, regain_at = excluded.regain_at, told_at = excluded.told_at,
    refusals = CASE WHEN excluded.percent < 100 THEN 0
                    WHEN budget.percent < 100 OR excluded.told_at > budget.told_at + interval '1 minute' THEN budget.refusals + 1
                    ELSE budget.refusals END
WHERE budget.told_at <= excluded.told_at;

-- name: keep_app_usage
-- worker: the allowance of a developer app as the platform told it.
INSERT INTO app_budget (platform, app_id, percent, regain_at, refusals, told_at)
VALUES ($1, $2, $3, $4, CASE WHEN $3::float8 >= 100 THEN 1 ELSE 0 END, $5)
ON CONFLICT (platform, app_id) DO UPDATE SET
    percent = excluded.percent, regain_at = excluded.regain_at, told_at = excluded.told_at,
    refusals = CASE WHEN excluded.percent < 100 THEN 0
                    WHEN app_budget.percent < 100 OR excluded.told_at > app_budget.told_at + interval '1 minute'
                        THEN app_budget.refusals + 1
                    ELSE app_budget.refusals END
WHERE app_budget.told_at <= excluded.told_at;

-- name: budgets -> BudgetRow
-- The newest that the platform told of an account's allowances.
SELECT scope, percent, regain_at, refusals, told_at FROM budget WHERE workspace_id = $1 AND account_id = $2 ORDER BY scope;

-- name: app_budget -> BudgetRow
-- The newest that the platform told of a developer app.
SELECT 'app' AS scope, percent, regain_at, refusals, told_at FROM app_budget WHERE platform = $1 AND app_id = $2;

-- name: keep_quota
-- How much an account may still publish, as the platform tells it now; an account that is gone meanwhile is none.
INSERT INTO publishing_quota (workspace_id, account_id, used, total, period, told_at)
SELECT workspace_id, id, $3::int, $4::int, $5::interval, $6::timestamptz FROM account
WHERE workspace_id = $1 AND id = $2 AND disconnected_at IS NULL
ON CONFLICT (account_id) DO UPDATE SET
    used = excluded.used, total = excluded.total, period = excluded.period, told_at = excluded.told_at
WHERE publishing_quota.told_at <= excluded.told_at;

-- name: quotas -> QuotaRow
-- What these accounts were last told that they may publish.
SELECT account_id, used, total, period, told_at FROM publishing_quota WHERE workspace_id = $1 AND account_id = ANY ($2);
