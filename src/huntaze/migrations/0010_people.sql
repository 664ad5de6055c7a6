-- What is pushed becomes the mirror: people with what is known of them, messages with all they carry, mentions.

-- crm -----------------------------------------------------------------------------------------------------------

ALTER TABLE people
    ADD COLUMN picture_url          text NOT NULL DEFAULT '',
    ADD COLUMN followers            int,
    ADD COLUMN follows_account      boolean,
    ADD COLUMN followed_by_account  boolean,
    ADD COLUMN verified             boolean,
    ADD COLUMN wrote_at             timestamptz,
    ADD COLUMN profile_at           timestamptz,
    ADD COLUMN profile_next_at      timestamptz,
    ADD COLUMN profile_problem      text NOT NULL DEFAULT '',
    ADD COLUMN sources              jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN people.wrote_at IS 'their last direct message: before the first one the platform shows no profile';
COMMENT ON COLUMN people.profile_next_at IS 'not asked for again before';
COMMENT ON COLUMN people.sources IS 'field -> {"from": comment | conversation | profile, "by": push | poll, "at": when it was first told so}';
CREATE INDEX people_list ON people (workspace_id, last_seen_at DESC, id DESC);

ALTER TABLE comment
    ADD COLUMN live       boolean NOT NULL DEFAULT false,
    ADD COLUMN ad_ref     text NOT NULL DEFAULT '',
    ADD COLUMN erased_at  timestamptz;
COMMENT ON COLUMN comment.live IS 'written under a broadcast';
COMMENT ON COLUMN comment.erased_at IS 'the person was forgotten: nothing fills this row again';
UPDATE comment SET erased_at = removed_at WHERE removed_at IS NOT NULL AND text = '' AND person_ref = '' AND username = '';
CREATE INDEX comment_person ON comment (account_id, person_ref) WHERE person_ref <> '';
CREATE INDEX comment_reply ON comment (account_id, parent_ref) WHERE parent_ref <> '';

ALTER TABLE conversation
    ADD COLUMN conversation_ref  text NOT NULL DEFAULT '',
    ADD COLUMN last_inbound_at   timestamptz,
    ADD COLUMN last_outbound_at  timestamptz,
    ADD COLUMN person_seen_at    timestamptz,
    ADD COLUMN read_at           timestamptz,
    ADD COLUMN owner_app_ref     text NOT NULL DEFAULT '',
    ADD COLUMN control_at        timestamptz;
COMMENT ON COLUMN conversation.conversation_ref IS 'the platform''s id, where it was told';
COMMENT ON COLUMN conversation.last_inbound_at IS 'the answering window counts from here';
COMMENT ON COLUMN conversation.person_seen_at IS 'how far the person has read; read_at: how far the account has';
COMMENT ON COLUMN conversation.owner_app_ref IS 'another app that answers at the moment';
CREATE INDEX conversation_list ON conversation (workspace_id, last_message_at DESC, id DESC);

ALTER TABLE message
    ADD COLUMN kind         text NOT NULL DEFAULT 'message',
    ADD COLUMN known        smallint NOT NULL DEFAULT 3,
    ADD COLUMN reply_to     text NOT NULL DEFAULT '',
    ADD COLUMN attachments  jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN details      jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN standby      boolean NOT NULL DEFAULT false,
    ADD COLUMN received_at  timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN changed_at   timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN message.kind IS 'message | postback, and what stands between them: referral | optin | control';
COMMENT ON COLUMN message.known IS 'by what it is known: 0 a reaction to it, 1 its edit or unsend, 2 a list, 3 itself';
COMMENT ON COLUMN message.changed_at IS 'when the last push about it came: a list read before that is older';
CREATE INDEX message_list ON message (conversation_id, sent_at DESC, id DESC);

-- A reaction that was taken back stays as an empty one: whatever came late knows that it is late.
CREATE TABLE message_reaction (
    workspace_id  uuid NOT NULL,
    account_id    uuid NOT NULL,
    message_ref   text NOT NULL,
    person_ref    text NOT NULL,
    from_account  boolean NOT NULL,
    reaction      text NOT NULL,
    emoji         text NOT NULL,
    source        text NOT NULL,
    reacted_at    timestamptz NOT NULL,
    received_at   timestamptz NOT NULL,
    PRIMARY KEY (account_id, message_ref, from_account)
);
COMMENT ON COLUMN message_reaction.person_ref IS 'the other side of the conversation, whoever reacted';

CREATE TABLE mention (
    id            uuid PRIMARY KEY,
    workspace_id  uuid NOT NULL,
    account_id    uuid NOT NULL,
    media_ref     text NOT NULL,
    comment_ref   text NOT NULL,
    username      text NOT NULL DEFAULT '',
    text          text NOT NULL DEFAULT '',
    permalink     text NOT NULL DEFAULT '',
    media_type    text NOT NULL DEFAULT '',
    source        text NOT NULL,
    mentioned_at  timestamptz NOT NULL,
    received_at   timestamptz NOT NULL,
    asked_at      timestamptz,
    problem       text NOT NULL DEFAULT '',
    erased_at     timestamptz,
    UNIQUE (account_id, media_ref, comment_ref)
);
COMMENT ON TABLE mention IS 'others who named the account: in a caption, or in a comment if comment_ref is not empty';
COMMENT ON COLUMN mention.mentioned_at IS 'when it arrived, until the platform tells when it was written';
COMMENT ON COLUMN mention.asked_at IS 'when the platform told its words, or would not';
CREATE INDEX mention_list ON mention (workspace_id, mentioned_at DESC, id DESC);

-- What an erased person wrote before is not taken in again by a later reading; what they write from then on is new.
CREATE TABLE erased_person (
    workspace_id  uuid NOT NULL,
    person_hash   bytea NOT NULL,
    erased_at     timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, person_hash)
);
COMMENT ON COLUMN erased_person.person_hash IS 'SHA-256 of workspace and id: who it was is not kept';

CREATE TABLE conversation_pull (
    workspace_id  uuid NOT NULL,
    account_id    uuid PRIMARY KEY,
    started_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    problem       text NOT NULL DEFAULT ''
);
COMMENT ON TABLE conversation_pull IS 'when the conversations of an account were last read again';

-- Accounts that are connected already have theirs read too.
INSERT INTO conversation_pull (workspace_id, account_id, started_at)
SELECT workspace_id, account_id, 'epoch' FROM sync_cursor WHERE name = 'media' AND next_at IS NOT NULL;
