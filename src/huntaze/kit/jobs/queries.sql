-- name: put_wake
-- worker: one waiting wake-up per key, the earliest time wins; the engine's trigger keeps quiet about updates, so we tell.
WITH put AS (
    INSERT INTO pgqueuer (priority, entrypoint, payload, execute_after, dedupe_key, attempts, status)
    VALUES (0, $1, $2, now() + $3::interval, $4, $5, 'queued')
    ON CONFLICT (dedupe_key) WHERE status = ANY (ARRAY['queued'::pgqueuer_status, 'picked'::pgqueuer_status])
        AND dedupe_key IS NOT NULL
    DO UPDATE SET execute_after = LEAST(pgqueuer.execute_after, excluded.execute_after)
    RETURNING xmax::text <> '0' AS moved
)
SELECT pg_notify('ch_pgqueuer', json_build_object('channel', 'ch_pgqueuer', 'operation', 'update',
    'sent_at', now(), 'table', 'pgqueuer', 'type', 'table_changed_event')::text)
FROM put WHERE moved;

-- name: free_key
-- worker: from here on a wake-up of the same key makes a job of its own instead of being taken for this one.
UPDATE pgqueuer SET dedupe_key = NULL WHERE id = $1;

-- name: say_present
-- worker: I am here, or still here.
INSERT INTO worker (id, host, pid, started_at, beat_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at;

-- name: say_gone
-- worker: I leave of my own accord.
UPDATE worker SET left_at = $2 WHERE id = $1;

-- name: workers_seen -> WorkersSeen
-- worker: how many have been heard of since $1, and when the last word came.
SELECT count(*) FILTER (WHERE beat_at > $1 AND left_at IS NULL)::int AS alive, max(beat_at) AS last_seen
FROM worker;

-- name: know_periodic
-- worker: a row for each periodic task; a task that now comes more often need not wait out its old interval.
INSERT INTO periodic (name, next_at)
SELECT task.name, now() FROM unnest($1::text[], $2::interval[]) AS task(name, every)
ON CONFLICT (name) DO UPDATE SET next_at = LEAST(
    periodic.next_at,
    now() + (SELECT every FROM unnest($1::text[], $2::interval[]) AS task(name, every) WHERE task.name = excluded.name)
);

-- name: take_periodic -> str
-- worker: what is due and nobody has; a lease that ran out was held by a worker that died, so that task is due too.
UPDATE periodic SET worker_id = $1, lease_until = now() + $2::interval, next_at = now() + task.every
FROM unnest($3::text[], $4::interval[]) AS task(name, every)
WHERE periodic.name = task.name
    AND (periodic.lease_until < now() OR (periodic.lease_until IS NULL AND periodic.next_at <= now()))
RETURNING periodic.name;

-- name: keep_periodic
-- worker: I still have these.
UPDATE periodic SET lease_until = now() + $2::interval WHERE worker_id = $1 AND name = ANY ($3::text[]);

-- name: release_periodic
-- worker: done; again at its time, or in $3 if that is sooner.
UPDATE periodic SET worker_id = NULL, lease_until = NULL, next_at = LEAST(next_at, now() + $3::interval)
WHERE worker_id = $1 AND name = $2;

-- name: forget_log
-- worker: the engine's log is for looking back a little, not an archive.
DELETE FROM pgqueuer_log WHERE created < now() - $1::interval;

-- name: forget_held
-- worker: jobs held after their last try, once nobody will look at them any more.
DELETE FROM pgqueuer WHERE status = 'failed' AND updated < now() - $1::interval;

-- name: forget_workers
-- worker: those not heard of since $1.
DELETE FROM worker WHERE beat_at < $1;
