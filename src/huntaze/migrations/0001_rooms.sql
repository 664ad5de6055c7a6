-- Every room's tables. Ids are UUIDv7 made by us; platform ids are text; platforms are text.
-- Every table but the global ones carries workspace_id.

-- identity ------------------------------------------------------------------------------------------------------

CREATE TABLE workspace (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    zone        text NOT NULL,
    locale      text NOT NULL,
    created_at  timestamptz NOT NULL
);

CREATE TABLE person (
    id             uuid PRIMARY KEY,
    name           text NOT NULL,
    email          text NOT NULL,
    password_hash  text,
    locale         text,
    created_at     timestamptz NOT NULL
);
CREATE UNIQUE INDEX person_email ON person (lower(email));
COMMENT ON TABLE person IS 'global: people sign in once and may belong to several workspaces';

CREATE TABLE member (
    workspace_id  uuid NOT NULL REFERENCES workspace,
    person_id     uuid NOT NULL REFERENCES person,
    role          text NOT NULL,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, person_id)
);

CREATE TABLE session (
    token_hash    bytea PRIMARY KEY,
    workspace_id  uuid NOT NULL REFERENCES workspace,
    person_id     uuid NOT NULL REFERENCES person,
    created_at    timestamptz NOT NULL,
    seen_at       timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL
);
CREATE INDEX session_person ON session (person_id);

CREATE TABLE sign_in_link (
    token_hash    bytea PRIMARY KEY,
    workspace_id  uuid,
    person_id     uuid REFERENCES person,
    ends_at       timestamptz NOT NULL,
    used_at       timestamptz
);
COMMENT ON TABLE sign_in_link IS 'one-time links printed by the server; without a person the link makes the first owner';

CREATE TABLE api_key (
    id            uuid PRIMARY KEY,
    workspace_id  uuid NOT NULL REFERENCES workspace,
    name          text NOT NULL,
    prefix        text NOT NULL UNIQUE,
    key_hash      bytea NOT NULL,
    scopes        text[] NOT NULL,
    created_at    timestamptz NOT NULL,
    used_at       timestamptz,
    revoked_at    timestamptz
);

CREATE TABLE sign_in_failure (
    subject       bytea PRIMARY KEY,
    failures      int NOT NULL,
    last_at       timestamptz NOT NULL,
    locked_until  timestamptz
);
COMMENT ON TABLE sign_in_failure IS 'global: tries under a name (hashed, known or not) and from an address, so that limits survive a restart';

-- outbox --------------------------------------------------------------------------------------------------------

CREATE TABLE domain_event (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid           xid8 NOT NULL DEFAULT pg_current_xact_id(),
    workspace_id  uuid NOT NULL,
    topic         text NOT NULL,
    ref           text NOT NULL,
    account_id    uuid,
    body          jsonb NOT NULL DEFAULT '{}',
    actor         text NOT NULL DEFAULT '',
    at            timestamptz NOT NULL
);
CREATE INDEX domain_event_order ON domain_event (xid, id);
CREATE INDEX domain_event_workspace ON domain_event (workspace_id, xid, id);

CREATE TABLE subscription (
    name      text PRIMARY KEY,
    xid       xid8 NOT NULL,
    event_id  bigint NOT NULL,
    failures  int NOT NULL DEFAULT 0,
    retry_at  timestamptz,
    problem   text NOT NULL DEFAULT ''
);
COMMENT ON TABLE subscription IS 'global: how far each subscriber inside this installation has read';

-- accounts ------------------------------------------------------------------------------------------------------

CREATE TABLE app_credential (
    id            uuid PRIMARY KEY,
    platform      text NOT NULL,
    login         text NOT NULL,
    app_id        text NOT NULL,
    secret        bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    UNIQUE (platform, login)
);
COMMENT ON TABLE app_credential IS 'global: the developer apps of this installation, where the environment names none';

CREATE TABLE app_webhook (
    platform      text NOT NULL,
    app_id        text NOT NULL,
    callback_url  text NOT NULL,
    verify_hash   bytea NOT NULL,
    subscribed_at timestamptz NOT NULL,
    PRIMARY KEY (platform, app_id)
);
COMMENT ON TABLE app_webhook IS 'global: which address a developer app was last told to send its webhooks to';

CREATE TABLE oauth_state (
    state_hash    bytea PRIMARY KEY,
    workspace_id  uuid NOT NULL REFERENCES workspace,
    person_id     uuid NOT NULL REFERENCES person,
    session_hash  bytea NOT NULL,
    platform      text NOT NULL,
    login         text NOT NULL,
    account_id    uuid,
    redirect_uri  text NOT NULL,
    created_at    timestamptz NOT NULL,
    used_at       timestamptz
);
CREATE INDEX oauth_state_age ON oauth_state (created_at);

CREATE TABLE grants (
    id                      uuid PRIMARY KEY,
    workspace_id            uuid NOT NULL REFERENCES workspace,
    platform                text NOT NULL,
    login                   text NOT NULL,
    user_ref                text NOT NULL,
    token                   bytea NOT NULL,
    refresh_token           bytea,
    scopes                  text[] NOT NULL,
    declined                text[] NOT NULL,
    issued_at               timestamptz NOT NULL,
    expires_at              timestamptz,
    data_access_expires_at  timestamptz,
    account_id              uuid,
    refresh_at              timestamptz,
    refresh_tries           int NOT NULL DEFAULT 0,
    lease_until             timestamptz,
    fence                   bigint NOT NULL DEFAULT 0,
    noticed_days            int,
    check_at                timestamptz,
    revoke_at               timestamptz,
    revoke_tries            int NOT NULL DEFAULT 0,
    revoked_at              timestamptz,
    created_at              timestamptz NOT NULL
);
COMMENT ON TABLE grants IS 'what a person allowed; the app-scoped user_ref is how a deletion callback finds it';
CREATE INDEX grants_user ON grants (platform, user_ref);
COMMENT ON COLUMN grants.account_id IS 'the account that the person set out to connect again, if one';
COMMENT ON COLUMN grants.noticed_days IS 'the last of the notices (14, 7, 2 days before the end) that was told';
COMMENT ON COLUMN grants.revoke_at IS 'when the platform is asked (again) to take the rights away; the token is kept sealed until then';
COMMENT ON COLUMN grants.revoked_at IS 'the grant is over and its tokens are wiped';
CREATE INDEX grants_refresh ON grants (refresh_at) WHERE revoked_at IS NULL;
CREATE INDEX grants_check ON grants (check_at) WHERE revoked_at IS NULL;
CREATE INDEX grants_revoke ON grants (revoke_at) WHERE revoked_at IS NULL;

CREATE TABLE account (
    id              uuid PRIMARY KEY,
    workspace_id    uuid NOT NULL REFERENCES workspace,
    platform        text NOT NULL,
    login           text NOT NULL,
    account_ref     text NOT NULL,
    username        text NOT NULL,
    name            text NOT NULL,
    kind            text NOT NULL DEFAULT '',
    page_ref        text NOT NULL DEFAULT '',
    page_name       text NOT NULL DEFAULT '',
    token           bytea NOT NULL,
    grant_id        uuid NOT NULL REFERENCES grants,
    health          text NOT NULL,
    health_note     jsonb NOT NULL DEFAULT '{}',
    functions_off   jsonb NOT NULL DEFAULT '[]',
    webhooks_at     timestamptz,
    webhooks_note   jsonb NOT NULL DEFAULT '{}',
    webhooks_tries  int NOT NULL DEFAULT 0,
    webhooks_next_at timestamptz,
    checked_at      timestamptz,
    connected_at    timestamptz NOT NULL,
    disconnected_at timestamptz
);
COMMENT ON COLUMN account.health IS 'good | reconnect | disconnected';
COMMENT ON COLUMN account.webhooks_next_at IS 'when live events are switched on (again)';
-- One row for ever: who connects an account again gets its posts, media and comments back.
CREATE UNIQUE INDEX account_once ON account (workspace_id, platform, account_ref);
CREATE INDEX account_ref ON account (platform, account_ref) WHERE disconnected_at IS NULL;
CREATE INDEX account_grant ON account (grant_id) WHERE disconnected_at IS NULL;
CREATE INDEX account_webhooks ON account (webhooks_next_at) WHERE disconnected_at IS NULL;

-- library -------------------------------------------------------------------------------------------------------

CREATE TABLE asset (
    id            uuid PRIMARY KEY,
    workspace_id  uuid NOT NULL REFERENCES workspace,
    name          text NOT NULL,
    source        text NOT NULL,
    origin        text NOT NULL DEFAULT '',
    state         text NOT NULL,
    problem       jsonb,
    kind          text NOT NULL DEFAULT '',
    mime          text NOT NULL DEFAULT '',
    size          bigint NOT NULL DEFAULT 0,
    width         int NOT NULL DEFAULT 0,
    height        int NOT NULL DEFAULT 0,
    duration      double precision,
    fps           double precision,
    video_codec   text NOT NULL DEFAULT '',
    audio_codec   text NOT NULL DEFAULT '',
    sha256        bytea,
    path          text NOT NULL DEFAULT '',
    alt_text      text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL,
    taken_at      timestamptz NOT NULL,
    ready_at      timestamptz
);
COMMENT ON COLUMN asset.state IS 'receiving | ready | refused';
COMMENT ON COLUMN asset.source IS 'upload | import | mirror (copies of what is on the platforms; not in the media grid)';
COMMENT ON COLUMN asset.origin IS 'where an import came from: the address without its query';
COMMENT ON COLUMN asset.taken_at IS 'while receiving: when a process last took it in hand; an old one is finished by the sweep';
CREATE INDEX asset_receiving ON asset (taken_at) WHERE state = 'receiving';
CREATE INDEX asset_content ON asset (workspace_id, source, sha256) WHERE state = 'ready';
CREATE INDEX asset_list ON asset (workspace_id, created_at DESC, id DESC);

CREATE TABLE variant (
    id            uuid PRIMARY KEY,
    workspace_id  uuid NOT NULL,
    asset_id      uuid NOT NULL REFERENCES asset ON DELETE CASCADE,
    purpose       text NOT NULL,
    mime          text NOT NULL,
    size          bigint NOT NULL,
    width         int NOT NULL,
    height        int NOT NULL,
    sha256        bytea NOT NULL,
    path          text NOT NULL,
    UNIQUE (asset_id, purpose)
);

CREATE TABLE link (
    id            uuid PRIMARY KEY,
    workspace_id  uuid NOT NULL,
    asset_id      uuid NOT NULL REFERENCES asset,
    purpose       text NOT NULL DEFAULT '',
    made_for      text NOT NULL,
    made_at       timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL,
    revoked_at    timestamptz
);
CREATE INDEX link_made_for ON link (workspace_id, made_for);
CREATE INDEX link_asset ON link (asset_id);

CREATE TABLE link_fetch (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id  uuid NOT NULL,
    link_id       uuid NOT NULL REFERENCES link ON DELETE CASCADE,
    at            timestamptz NOT NULL,
    method        text NOT NULL,
    status        int NOT NULL,
    range_header  text NOT NULL DEFAULT '',
    user_agent    text NOT NULL DEFAULT ''
);
CREATE INDEX link_fetch_link ON link_fetch (link_id);

-- crm -----------------------------------------------------------------------------------------------------------

CREATE TABLE account_profile (
    account_id    uuid PRIMARY KEY,
    workspace_id  uuid NOT NULL,
    username      text NOT NULL,
    name          text NOT NULL,
    biography     text NOT NULL,
    website       text NOT NULL,
    picture_id    uuid,
    picture_url   text NOT NULL DEFAULT '',
    followers     int,
    following     int,
    media_count   int,
    synced_at     timestamptz NOT NULL
);

CREATE TABLE platform_media (
    id              uuid PRIMARY KEY,
    workspace_id    uuid NOT NULL,
    account_id      uuid NOT NULL,
    media_ref       text NOT NULL,
    type            text NOT NULL,
    product_type    text NOT NULL DEFAULT '',
    caption         text NOT NULL DEFAULT '',
    permalink       text NOT NULL DEFAULT '',
    media_url       text NOT NULL DEFAULT '',
    thumbnail_url   text NOT NULL DEFAULT '',
    thumbnail_id    uuid,
    like_count      int,
    comments_count  int,
    published_at    timestamptz NOT NULL,
    removed_at      timestamptz,
    synced_at       timestamptz NOT NULL,
    parent_ref      text NOT NULL DEFAULT '',
    UNIQUE (account_id, media_ref)
);
CREATE INDEX platform_media_list ON platform_media (workspace_id, account_id, published_at DESC);

CREATE TABLE people (
    id            uuid PRIMARY KEY,
    workspace_id  uuid NOT NULL,
    account_id    uuid NOT NULL,
    person_ref    text NOT NULL,
    username      text NOT NULL DEFAULT '',
    name          text NOT NULL DEFAULT '',
    source        text NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    UNIQUE (account_id, person_ref)
);
COMMENT ON TABLE people IS 'persons at the platforms, one row per account and scoped id (identity.person are our users)';

CREATE TABLE comment (
    id              uuid PRIMARY KEY,
    workspace_id    uuid NOT NULL,
    account_id      uuid NOT NULL,
    comment_ref     text NOT NULL,
    media_ref       text NOT NULL,
    parent_ref      text NOT NULL DEFAULT '',
    person_ref      text NOT NULL DEFAULT '',
    username        text NOT NULL DEFAULT '',
    text            text NOT NULL,
    like_count      int,
    hidden          boolean,
    source          text NOT NULL,
    created_at      timestamptz NOT NULL,
    received_at     timestamptz NOT NULL,
    removed_at      timestamptz,
    UNIQUE (account_id, comment_ref)
);
COMMENT ON COLUMN comment.source IS 'push | poll';
CREATE INDEX comment_media ON comment (workspace_id, account_id, media_ref, created_at);

CREATE TABLE conversation (
    id               uuid PRIMARY KEY,
    workspace_id     uuid NOT NULL,
    account_id       uuid NOT NULL,
    person_ref       text NOT NULL,
    last_message_at  timestamptz NOT NULL,
    UNIQUE (account_id, person_ref)
);

CREATE TABLE message (
    id               uuid PRIMARY KEY,
    workspace_id     uuid NOT NULL,
    account_id       uuid NOT NULL,
    conversation_id  uuid NOT NULL REFERENCES conversation,
    message_ref      text NOT NULL,
    from_account     boolean NOT NULL,
    text             text NOT NULL,
    edited           int NOT NULL DEFAULT 0,
    deleted_at       timestamptz,
    source           text NOT NULL,
    sent_at          timestamptz NOT NULL,
    UNIQUE (account_id, message_ref)
);

CREATE TABLE sync_cursor (
    workspace_id  uuid NOT NULL,
    account_id    uuid NOT NULL,
    name          text NOT NULL,
    cursor        text NOT NULL DEFAULT '',
    started_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    next_at       timestamptz,
    lease_until   timestamptz,
    failures      int NOT NULL DEFAULT 0,
    problem       jsonb,
    PRIMARY KEY (account_id, name)
);
CREATE INDEX sync_cursor_due ON sync_cursor (next_at) WHERE next_at IS NOT NULL;

-- publishing ----------------------------------------------------------------------------------------------------

CREATE TABLE post (
    id            uuid PRIMARY KEY,
    workspace_id  uuid NOT NULL REFERENCES workspace,
    type          text NOT NULL,
    caption       text NOT NULL,
    media         jsonb NOT NULL,
    location_id   text NOT NULL DEFAULT '',
    cover_id      uuid,
    zone          text NOT NULL,
    author        text NOT NULL,
    version       int NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    edited_at     timestamptz NOT NULL
);
CREATE INDEX post_list ON post (workspace_id, id DESC);

CREATE TABLE publication (
    id                uuid PRIMARY KEY,
    workspace_id      uuid NOT NULL,
    post_id           uuid NOT NULL REFERENCES post,
    account_id        uuid NOT NULL REFERENCES account,
    platform          text NOT NULL,
    state             text NOT NULL,
    due_at            timestamptz,
    prepare_from      timestamptz,
    content_hash      bytea NOT NULL,
    next_check_at     timestamptz,
    attempt           int NOT NULL DEFAULT 0,
    tries             int NOT NULL DEFAULT 0,
    work_owner        uuid,
    work_lease_until  timestamptz,
    send_lease_until  timestamptz,
    fence             bigint NOT NULL DEFAULT 0,
    unknown_since     timestamptz,
    unknown_reads     int NOT NULL DEFAULT 0,
    baseline          jsonb,
    armed_at          timestamptz,
    published_at      timestamptz,
    media_ref         text,
    permalink         text,
    link_reads        int NOT NULL DEFAULT 0,
    held_reason       text NOT NULL DEFAULT '',
    held_until        timestamptz,
    problem           jsonb,
    created_at        timestamptz NOT NULL,
    UNIQUE (post_id, account_id)
);
CREATE UNIQUE INDEX publication_media ON publication (account_id, media_ref) WHERE media_ref IS NOT NULL;
CREATE INDEX publication_due ON publication (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX publication_account ON publication (workspace_id, account_id, due_at);
CREATE INDEX publication_guard ON publication (account_id, content_hash, due_at);
CREATE INDEX publication_list ON publication (workspace_id, state, due_at);
-- Arm to answer is exclusive per account.
CREATE UNIQUE INDEX publication_sending ON publication (account_id) WHERE state IN ('ARMED', 'SENT');

CREATE TABLE attempt (
    id              uuid PRIMARY KEY,
    workspace_id    uuid NOT NULL,
    publication_id  uuid NOT NULL REFERENCES publication,
    number          int NOT NULL,
    fence           bigint NOT NULL,
    request_hash    bytea NOT NULL,
    artefact_ref    text NOT NULL,
    started_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    outcome         text NOT NULL DEFAULT '',
    UNIQUE (publication_id, number)
);

CREATE TABLE artefact (
    id              uuid PRIMARY KEY,
    workspace_id    uuid NOT NULL,
    publication_id  uuid NOT NULL REFERENCES publication,
    attempt         int NOT NULL,
    role            text NOT NULL,
    position        int NOT NULL DEFAULT 0,
    ref             text NOT NULL,
    upload_url      text NOT NULL DEFAULT '',
    state           text NOT NULL,
    made_at         timestamptz NOT NULL,
    ready_at        timestamptz,
    ended_at        timestamptz,
    raw             text NOT NULL DEFAULT ''
);
COMMENT ON COLUMN artefact.role IS 'post | item';
CREATE UNIQUE INDEX artefact_one_live_post ON artefact (publication_id) WHERE role = 'post' AND ended_at IS NULL;
CREATE INDEX artefact_publication ON artefact (publication_id);

CREATE TABLE evidence (
    id              uuid PRIMARY KEY,
    workspace_id    uuid NOT NULL,
    publication_id  uuid NOT NULL REFERENCES publication,
    attempt         int NOT NULL,
    at              timestamptz NOT NULL,
    kind            text NOT NULL,
    words           jsonb NOT NULL,
    raw             text NOT NULL DEFAULT ''
);
CREATE INDEX evidence_publication ON evidence (publication_id, at, id);

CREATE TABLE idempotency_key (
    workspace_id  uuid NOT NULL,
    route         text NOT NULL,
    key           text NOT NULL,
    body_hash     bytea NOT NULL,
    post_id       uuid,
    status        int,
    answer        jsonb,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, route, key)
);

-- webhooks ------------------------------------------------------------------------------------------------------

CREATE TABLE intake_event (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform         text NOT NULL,
    account_ref      text NOT NULL,
    kind             text NOT NULL,
    identity         bytea NOT NULL,
    partition        text NOT NULL,
    payload          bytea NOT NULL,
    state            text NOT NULL DEFAULT 'pending',
    tries            int NOT NULL DEFAULT 0,
    next_attempt_at  timestamptz,
    problem          text NOT NULL DEFAULT '',
    received_at      timestamptz NOT NULL,
    done_at          timestamptz
);
COMMENT ON TABLE intake_event IS 'global: what arrived for an account_ref fans out to each workspace that connected it';
COMMENT ON COLUMN intake_event.state IS 'pending | done | dead | unhandled';
CREATE UNIQUE INDEX intake_event_identity ON intake_event (identity);
CREATE INDEX intake_event_pending ON intake_event (id) WHERE state = 'pending';
CREATE INDEX intake_event_received ON intake_event USING brin (received_at);
