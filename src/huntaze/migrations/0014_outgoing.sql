-- Webhooks of ours: who wants to be told, and what they are told.

-- outbox.outgoing -----------------------------------------------------------------------------------------------

CREATE TABLE webhook_target (
    id                uuid PRIMARY KEY,
    workspace_id      uuid NOT NULL REFERENCES workspace,
    name              text NOT NULL,
    url               text NOT NULL,
    types             text[] NOT NULL,
    account_ids       uuid[] NOT NULL DEFAULT '{}',
    include_content   boolean NOT NULL DEFAULT false,
    secret            bytea NOT NULL,
    old_secret        bytea,
    old_secret_until  timestamptz,
    created_at        timestamptz NOT NULL,
    enabled_at        timestamptz NOT NULL,
    off_at            timestamptz,
    off_why           text NOT NULL DEFAULT '',
    failing_since     timestamptz,
    delivered_at      timestamptz
);
CREATE INDEX webhook_target_workspace ON webhook_target (workspace_id);
COMMENT ON COLUMN webhook_target.types IS 'kinds of event, or * alone for all of them';
COMMENT ON COLUMN webhook_target.account_ids IS 'only events of these accounts; empty: of all';
COMMENT ON COLUMN webhook_target.secret IS 'sealed';
COMMENT ON COLUMN webhook_target.old_secret IS 'sealed; signs beside the new one until old_secret_until';
COMMENT ON COLUMN webhook_target.enabled_at IS 'what was told before is not sent by itself';
COMMENT ON COLUMN webhook_target.off_why IS 'paused (by a person) | gone (it answered 410) | failing (days without a success)';

CREATE TABLE delivery (
    id            uuid PRIMARY KEY,
    workspace_id  uuid NOT NULL,
    target_id     uuid NOT NULL REFERENCES webhook_target ON DELETE CASCADE,
    event_id      bigint,
    type          text NOT NULL,
    account_id    uuid,
    body          bytea NOT NULL,
    platform      text NOT NULL DEFAULT '',
    person_ref    text NOT NULL DEFAULT '',
    state         text NOT NULL,
    attempts      int NOT NULL DEFAULT 0,
    tries         int NOT NULL DEFAULT 0,
    next_at       timestamptz NOT NULL,
    lease_until   timestamptz,
    status        int,
    latency_ms    int,
    answer        text NOT NULL DEFAULT '',
    problem       text NOT NULL DEFAULT '',
    event_at      timestamptz NOT NULL,
    created_at    timestamptz NOT NULL,
    attempted_at  timestamptz,
    ended_at      timestamptz,
    UNIQUE (target_id, event_id)
);
CREATE INDEX delivery_log ON delivery (target_id, id);
CREATE INDEX delivery_due ON delivery (target_id, next_at, id) WHERE state = 'waiting';
CREATE INDEX delivery_person ON delivery (workspace_id, person_ref) WHERE person_ref <> '';
CREATE INDEX delivery_created ON delivery (created_at);
COMMENT ON TABLE delivery IS 'one event for one target; the id is what the receiver sees as webhook-id';
COMMENT ON COLUMN delivery.body IS 'the very bytes of every attempt';
COMMENT ON COLUMN delivery.state IS 'waiting | delivered | failed | erased';
COMMENT ON COLUMN delivery.attempts IS 'all that were begun; also the fence of the one under way';
COMMENT ON COLUMN delivery.tries IS 'attempts since it was made or a person asked for it again';
COMMENT ON COLUMN delivery.person_ref IS 'whose words the body holds; empty for a body without words';

CREATE TABLE delivery_attempt (
    delivery_id   uuid NOT NULL REFERENCES delivery ON DELETE CASCADE,
    number        int NOT NULL,
    workspace_id  uuid NOT NULL,
    at            timestamptz NOT NULL,
    status        int,
    latency_ms    int NOT NULL,
    answer        text NOT NULL,
    problem       text NOT NULL,
    PRIMARY KEY (delivery_id, number)
);

-- outbox --------------------------------------------------------------------------------------------------------

-- What a publication was before: one that is told twice in one state is sent once.
CREATE INDEX domain_event_publication ON domain_event ((body ->> 'publicationId'), id)
    WHERE topic = 'publication.changed';
