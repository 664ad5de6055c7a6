-- Numbers over time: of accounts by the day, of posts as a series; and how far their readings are.

-- insights ------------------------------------------------------------------------------------------------------

CREATE TABLE account_metric (
    workspace_id  uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    account_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    metric        text NOT NULL,
    breakdown     text NOT NULL,
    ends_at       timestamptz NOT NULL,
    value         float8,
    note          text NOT NULL,
    source        text NOT NULL,
    read_at       timestamptz NOT NULL,
    PRIMARY KEY (account_id, metric, breakdown, ends_at)
);
COMMENT ON TABLE account_metric IS 'what was counted over the day that ended at ends_at; a value that is NULL is missing, not zero';
COMMENT ON COLUMN account_metric.breakdown IS 'empty for the whole, else dimension=value';
COMMENT ON COLUMN account_metric.note IS 'why there is no value: no_data | below_threshold | before_professional';
COMMENT ON COLUMN account_metric.source IS 'poll | profile';
COMMENT ON COLUMN account_metric.read_at IS 'when it came to be what it is';

CREATE TABLE media_metric (
    workspace_id  uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    account_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    media_ref     text NOT NULL,
    metric        text NOT NULL,
    breakdown     text NOT NULL,
    day           date NOT NULL,
    value         float8,
    note          text NOT NULL,
    source        text NOT NULL,
    read_at       timestamptz NOT NULL,
    PRIMARY KEY (account_id, media_ref, metric, breakdown, day)
);
COMMENT ON TABLE media_metric IS 'counted since the post is out: a row for each UTC day on which a value changed, as it was last read on it';
CREATE INDEX media_metric_day ON media_metric (account_id, day);

CREATE TABLE media_reading (
    workspace_id  uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    account_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    media_ref     text NOT NULL,
    kind          text NOT NULL,
    published_at  timestamptz NOT NULL,
    note          text NOT NULL,
    read_at       timestamptz NOT NULL,
    PRIMARY KEY (account_id, media_ref)
);
COMMENT ON TABLE media_reading IS 'the last reading of each post, also where nothing changed';
COMMENT ON COLUMN media_reading.note IS 'why the whole post has no figures, else empty';
CREATE INDEX media_reading_published ON media_reading (account_id, published_at);

CREATE TABLE insights_round (
    workspace_id  uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    account_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    name          text NOT NULL,
    cursor        text NOT NULL DEFAULT '',
    started_at    timestamptz,
    finished_at   timestamptz,
    next_at       timestamptz,
    lease_until   timestamptz,
    failures      int NOT NULL DEFAULT 0,
    problem       jsonb,
    refused       jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (account_id, name)
);
COMMENT ON TABLE insights_round IS 'one row for each kind of reading of an account: how far it is, and when it is due again (never: NULL)';
COMMENT ON COLUMN insights_round.started_at IS 'of the reading that is under way or was the last: its window hangs on it';
COMMENT ON COLUMN insights_round.refused IS 'metrics that the platform did not serve, by kind of post, and when';
CREATE INDEX insights_round_due ON insights_round (next_at) WHERE next_at IS NOT NULL;

-- Accounts that are connected already are read from now on.
INSERT INTO insights_round (workspace_id, account_id, name, next_at)
SELECT account.workspace_id, account.id, reading.name, now()
FROM account, unnest(ARRAY['posts.new', 'posts.week', 'posts.month', 'posts.older', 'stories', 'days', 'history', 'audience'])
     AS reading (name)
WHERE account.disconnected_at IS NULL;
