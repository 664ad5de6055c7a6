-- The first comment of a post: what it is to say, and what became of it on each account.

-- publishing ----------------------------------------------------------------------------------------------------

-- A table of its own, so that the rows of posts stay as an older process reads them.
CREATE TABLE post_first_comment (
    post_id       uuid PRIMARY KEY REFERENCES post,
    workspace_id  uuid NOT NULL,
    text          text NOT NULL
);

CREATE TABLE first_comment (
    publication_id  uuid PRIMARY KEY REFERENCES publication,
    workspace_id    uuid NOT NULL,
    post_id         uuid NOT NULL REFERENCES post,
    account_id      uuid NOT NULL REFERENCES account,
    platform        text NOT NULL,
    media_ref       text NOT NULL,
    text            text NOT NULL,
    state           text NOT NULL,
    next_check_at   timestamptz,
    lease_until     timestamptz,
    fence           bigint NOT NULL DEFAULT 0,
    tries           int NOT NULL DEFAULT 0,
    sends           int NOT NULL DEFAULT 0,
    request_hash    bytea,
    wanted_at       timestamptz NOT NULL,
    armed_at        timestamptz,
    unknown_since   timestamptz,
    looks           int NOT NULL DEFAULT 0,
    answers         int NOT NULL DEFAULT 0,
    comment_ref     text NOT NULL DEFAULT '',
    problem         jsonb
);
COMMENT ON TABLE first_comment IS 'one row for a publication that is out: a comment is sent once, or a person is told';
COMMENT ON COLUMN first_comment.state IS 'WAITING | ARMED | SENT | UNKNOWN | POSTED | FAILED | UNCONFIRMED';
COMMENT ON COLUMN first_comment.tries IS 'how often one after the other nothing could be sent';
COMMENT ON COLUMN first_comment.sends IS 'requests that left since a person last asked for it';
COMMENT ON COLUMN first_comment.wanted_at IS 'when the post was out, or a person asked for it again';
COMMENT ON COLUMN first_comment.armed_at IS 'before the first request left: what is younger may be ours';
COMMENT ON COLUMN first_comment.looks IS 'at an unknown outcome; answers counts those that were answered';
CREATE INDEX first_comment_due ON first_comment (next_check_at) WHERE next_check_at IS NOT NULL;
