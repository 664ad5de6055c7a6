-- When an account likes to publish, and posts that come again.

-- publishing ----------------------------------------------------------------------------------------------------

CREATE TABLE slot (
    workspace_id  uuid NOT NULL,
    account_id    uuid NOT NULL REFERENCES account,
    weekday       int NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    minute        int NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    zone          text NOT NULL,
    PRIMARY KEY (account_id, weekday, minute, zone)
);
COMMENT ON COLUMN slot.weekday IS 'ISO: 1 is Monday';
COMMENT ON COLUMN slot.minute IS 'of the day, on the wall of the zone';

CREATE TABLE recurrence (
    id             uuid PRIMARY KEY,
    workspace_id   uuid NOT NULL,
    rule           text NOT NULL,
    starts_local   text NOT NULL,
    zone           text NOT NULL,
    exceptions     text[] NOT NULL DEFAULT '{}',
    account_ids    uuid[] NOT NULL,
    type           text NOT NULL,
    caption        text NOT NULL,
    media          jsonb NOT NULL,
    location_id    text NOT NULL DEFAULT '',
    author         text NOT NULL,
    version        int NOT NULL DEFAULT 1,
    made_until     timestamptz NOT NULL,
    next_check_at  timestamptz,
    cancelled_at   timestamptz,
    created_at     timestamptz NOT NULL,
    edited_at      timestamptz NOT NULL
);
COMMENT ON COLUMN recurrence.rule IS 'an RRULE of RFC 5545; starts_local is its DTSTART, exceptions are its EXDATEs: times on the wall of the zone';
COMMENT ON COLUMN recurrence.next_check_at IS 'when its next occurrence comes near enough to be made; NULL: there is none';
CREATE INDEX recurrence_list ON recurrence (workspace_id, id DESC);
CREATE INDEX recurrence_due ON recurrence (next_check_at) WHERE next_check_at IS NOT NULL;

-- A table of its own, so that the rows of posts stay as an older process reads them.
CREATE TABLE occurrence (
    workspace_id   uuid NOT NULL,
    recurrence_id  uuid NOT NULL REFERENCES recurrence,
    at             timestamptz NOT NULL,
    local_time     text NOT NULL,
    post_id        uuid NOT NULL REFERENCES post,
    PRIMARY KEY (recurrence_id, at)
);
CREATE UNIQUE INDEX occurrence_post ON occurrence (post_id);
