-- Pulling the mirror in few calls: how far a listing is, which comments are still to be read, figures by day, what was pushed.

-- crm -----------------------------------------------------------------------------------------------------------

ALTER TABLE sync_cursor
    ADD COLUMN whole boolean NOT NULL DEFAULT true,
    ADD COLUMN listed boolean NOT NULL DEFAULT false,
    ADD COLUMN oldest_at timestamptz,
    ADD COLUMN reconcile_at timestamptz,
    ADD COLUMN reconciled_at timestamptz;
COMMENT ON COLUMN sync_cursor.whole IS 'this run lists everything; else it stops at known ground';
COMMENT ON COLUMN sync_cursor.listed IS 'the listing of this run is through: what is left is read from tables';
COMMENT ON COLUMN sync_cursor.oldest_at IS 'how far back the listing of this run has come';
COMMENT ON COLUMN sync_cursor.reconcile_at IS 'when everything is listed again';

ALTER TABLE platform_media ADD COLUMN ended_at timestamptz;
COMMENT ON COLUMN platform_media.ended_at IS 'a story: when its day was over';

CREATE TABLE comment_reading (
    workspace_id      uuid NOT NULL,
    account_id        uuid NOT NULL,
    media_ref         text NOT NULL,
    comments_count    int,
    comments_read_at  timestamptz,
    began_at          timestamptz,
    target            int,
    whole             boolean NOT NULL DEFAULT false,
    seen              text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (account_id, media_ref)
);
COMMENT ON TABLE comment_reading IS 'how the comments of a post are read: the count that our rows agreed with, and the reading under way';
COMMENT ON COLUMN comment_reading.comments_count IS 'what the platform counted when our comments were last complete';
COMMENT ON COLUMN comment_reading.comments_read_at IS 'when its list was last read from beginning to end';
COMMENT ON COLUMN comment_reading.seen IS 'comments that the reading under way has brought';

CREATE TABLE open_list (
    workspace_id  uuid NOT NULL,
    account_id    uuid NOT NULL,
    media_ref     text NOT NULL,
    comment_ref   text NOT NULL,
    cursor        text NOT NULL,
    PRIMARY KEY (account_id, media_ref, comment_ref)
);
COMMENT ON TABLE open_list IS 'lists of comments that go on and are to be followed; comment_ref: the replies under it';

CREATE TABLE missing_comment (
    workspace_id  uuid NOT NULL,
    account_id    uuid NOT NULL,
    comment_ref   text NOT NULL,
    missed_at     timestamptz NOT NULL,
    checked_at    timestamptz,
    PRIMARY KEY (account_id, comment_ref)
);
COMMENT ON TABLE missing_comment IS 'comments that a whole list did not bring; checked_at: it exists all the same, as those under an advertisement do';
CREATE INDEX missing_comment_unchecked ON missing_comment (account_id) WHERE checked_at IS NULL;

CREATE TABLE picture_trouble (
    workspace_id  uuid NOT NULL,
    media_id      uuid PRIMARY KEY REFERENCES platform_media ON DELETE CASCADE,
    tries         int NOT NULL,
    next_at       timestamptz NOT NULL
);
COMMENT ON TABLE picture_trouble IS 'pictures that could not be copied, and when they are tried again';

ALTER TABLE account_profile ADD COLUMN picture_from text NOT NULL DEFAULT '';
COMMENT ON COLUMN account_profile.picture_from IS 'the address of the picture that we keep, without its signature';

CREATE TABLE account_figure (
    workspace_id  uuid NOT NULL,
    account_id    uuid NOT NULL,
    day           date NOT NULL,
    username      text NOT NULL,
    name          text NOT NULL,
    picture_id    uuid,
    followers     int,
    following     int,
    media_count   int,
    read_at       timestamptz NOT NULL,
    PRIMARY KEY (account_id, day)
);
COMMENT ON TABLE account_figure IS 'an account on each day of its workspace''s zone; the last reading of a day stands';

CREATE TABLE push_day (
    workspace_id  uuid NOT NULL,
    account_id    uuid NOT NULL,
    day           date NOT NULL,
    pushed        int NOT NULL DEFAULT 0,
    missed        int NOT NULL DEFAULT 0,
    last_at       timestamptz,
    PRIMARY KEY (account_id, day)
);
COMMENT ON TABLE push_day IS 'events that a platform pushed for an account on a day of UTC, and what only a list brought though it should have';
