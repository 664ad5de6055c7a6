-- Work on comments: what somebody wants done with one, and what became of it.

-- inbox ---------------------------------------------------------------------------------------------------------

CREATE TABLE comment_deed (
    id             uuid PRIMARY KEY,
    workspace_id   uuid NOT NULL,
    account_id     uuid NOT NULL REFERENCES account,
    platform       text NOT NULL,
    comment_id     uuid NOT NULL,
    comment_ref    text NOT NULL,
    thread_ref     text NOT NULL,
    media_ref      text NOT NULL,
    person_ref     text NOT NULL,
    commented_at   timestamptz NOT NULL,
    kind           text NOT NULL,
    text           text NOT NULL DEFAULT '',
    state          text NOT NULL,
    next_check_at  timestamptz,
    lease_until    timestamptz,
    fence          bigint NOT NULL DEFAULT 0,
    tries          int NOT NULL DEFAULT 0,
    sends          int NOT NULL DEFAULT 0,
    request_hash   bytea,
    asked_by       text NOT NULL,
    form_key       text,
    created_at     timestamptz NOT NULL,
    wanted_at      timestamptz NOT NULL,
    armed_at       timestamptz,
    sent_at        timestamptz,
    unknown_since  timestamptz,
    looks          int NOT NULL DEFAULT 0,
    answers        int NOT NULL DEFAULT 0,
    result_ref     text NOT NULL DEFAULT '',
    problem        jsonb,
    dismissed_at   timestamptz,
    CONSTRAINT comment_deed_is_looked_after
        CHECK (next_check_at IS NOT NULL OR state IN ('DONE', 'FAILED', 'UNCONFIRMED'))
);
COMMENT ON TABLE comment_deed IS 'one row for a wish: it is done once at the platform, or a person is told';
COMMENT ON COLUMN comment_deed.kind IS 'reply | private_reply | hide | unhide | delete';
COMMENT ON COLUMN comment_deed.state IS 'WAITING | ARMED | SENT | UNKNOWN | DONE | FAILED | UNCONFIRMED';
COMMENT ON COLUMN comment_deed.thread_ref IS 'the top comment: replies to replies land under it';
COMMENT ON COLUMN comment_deed.tries IS 'how often one after the other nothing could be sent';
COMMENT ON COLUMN comment_deed.sends IS 'requests that left since a person last asked for it';
COMMENT ON COLUMN comment_deed.form_key IS 'of the form that asked: the same form sent twice asks once';
COMMENT ON COLUMN comment_deed.wanted_at IS 'when a person or program last asked for it';
COMMENT ON COLUMN comment_deed.armed_at IS 'before the first request left: what is younger may be ours';
COMMENT ON COLUMN comment_deed.sent_at IS 'before the last request left';
COMMENT ON COLUMN comment_deed.looks IS 'at an unknown outcome; answers counts those that were answered';
COMMENT ON COLUMN comment_deed.result_ref IS 'the reply or message that was made at the platform';
CREATE UNIQUE INDEX comment_deed_private ON comment_deed (account_id, comment_ref) WHERE kind = 'private_reply';
CREATE UNIQUE INDEX comment_deed_one_way ON comment_deed (account_id, comment_ref)
    WHERE kind IN ('hide', 'unhide', 'delete') AND state NOT IN ('DONE', 'FAILED', 'UNCONFIRMED');
CREATE UNIQUE INDEX comment_deed_form ON comment_deed (workspace_id, form_key) WHERE form_key IS NOT NULL;
CREATE INDEX comment_deed_comment ON comment_deed (workspace_id, comment_id, created_at);
CREATE INDEX comment_deed_due ON comment_deed (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX comment_deed_sent ON comment_deed (account_id, sent_at) WHERE kind = 'private_reply';

CREATE TABLE comment_deed_line (
    id            uuid PRIMARY KEY,
    workspace_id  uuid NOT NULL,
    deed_id       uuid NOT NULL REFERENCES comment_deed,
    at            timestamptz NOT NULL,
    kind          text NOT NULL,
    words         jsonb NOT NULL,
    raw           text NOT NULL DEFAULT ''
);
COMMENT ON TABLE comment_deed_line IS 'the course of a deed, append-only';
CREATE INDEX comment_deed_line_deed ON comment_deed_line (deed_id, at, id);

-- crm -----------------------------------------------------------------------------------------------------------

-- Comments of all accounts by time, and the last word of each thread.
CREATE INDEX comment_newest ON comment (workspace_id, created_at DESC, id DESC) WHERE removed_at IS NULL;
CREATE INDEX comment_thread ON comment (account_id, (coalesce(nullif(parent_ref, ''), comment_ref)), created_at, id)
    WHERE removed_at IS NULL;
