-- Events in the order of their conversations, those that failed, and people who asked to be forgotten.

-- webhooks ------------------------------------------------------------------------------------------------------

-- A drain takes events conversation by conversation; accounts stand together, so that their rows are written together.
CREATE INDEX intake_event_partition ON intake_event (platform, partition, id) WHERE state = 'pending';
CREATE INDEX intake_event_dead ON intake_event (id) WHERE state = 'dead';
COMMENT ON COLUMN intake_event.state IS 'pending | done | unhandled | dead | dismissed | erased';
COMMENT ON COLUMN intake_event.partition IS 'events of one conversation or post, worked on one after another; of one platform';
-- Every event is written twice: what the first version leaves in the indexes is swept before it is many.
ALTER TABLE intake_event SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 20000);

CREATE TABLE erasure (
    code         text PRIMARY KEY,
    platform     text NOT NULL,
    person_hash  bytea NOT NULL,
    person_ref   text NOT NULL,
    issued_at    timestamptz NOT NULL,
    asked_at     timestamptz NOT NULL,
    done_at      timestamptz,
    counts       jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE erasure IS 'global: people who asked a platform to have their data deleted here, and what became of it';
COMMENT ON COLUMN erasure.code IS 'what the person is told: it opens the page of the request and cannot be guessed';
COMMENT ON COLUMN erasure.person_hash IS 'under a key of ours, so that the same request is known again when nothing else is';
COMMENT ON COLUMN erasure.person_ref IS 'the id that the app knows the person by; empty once everything is erased';
COMMENT ON COLUMN erasure.issued_at IS 'when the platform says that it was asked; what was granted later is not meant';
COMMENT ON COLUMN erasure.counts IS 'erased rows by room';
CREATE UNIQUE INDEX erasure_request ON erasure (platform, person_hash, issued_at);
CREATE INDEX erasure_waiting ON erasure (asked_at) WHERE done_at IS NULL;
