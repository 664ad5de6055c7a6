-- How often the platforms may be asked, as they last told it, and how much each account may still publish.

-- accounts ------------------------------------------------------------------------------------------------------

CREATE TABLE budget (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    account_id   uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    scope        text NOT NULL,
    percent      float8 NOT NULL,
    regain_at    timestamptz,
    refusals     int NOT NULL DEFAULT 0,
    told_at      timestamptz NOT NULL,
    PRIMARY KEY (account_id, scope)
);
COMMENT ON COLUMN budget.scope IS 'account | sign_in | messages';
COMMENT ON COLUMN budget.refusals IS 'blocks one after another: each is waited for longer, where the platform names no time';

CREATE TABLE app_budget (
    platform     text NOT NULL,
    app_id       text NOT NULL,
    percent      float8 NOT NULL,
    regain_at    timestamptz,
    refusals     int NOT NULL DEFAULT 0,
    told_at      timestamptz NOT NULL,
    PRIMARY KEY (platform, app_id)
);
COMMENT ON TABLE app_budget IS 'global: the calls of a developer app, which all its accounts share';

CREATE TABLE publishing_quota (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    account_id   uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    used         int NOT NULL,
    total        int,
    period       interval NOT NULL,
    told_at      timestamptz NOT NULL
);

-- What is told of a Page concerns the accounts behind it.
CREATE INDEX account_page ON account (platform, page_ref) WHERE disconnected_at IS NULL AND page_ref <> '';
