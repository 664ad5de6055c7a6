"""Work that happens later, on any of several machines: wake-ups in the caller's transaction, workers that answer.

A job only wakes. What is due is decided from the rooms' own rows with a handed `now`, so a lost, late or doubled
wake-up costs nothing but time: handlers take their row by lease or compare-and-set, and a periodic sweep finds due
rows without a job.
"""

from huntaze.kit.jobs.presence import WorkersSeen, workers_seen
from huntaze.kit.jobs.queue import LONGEST_DELAY, Jobs
from huntaze.kit.jobs.task import Payload, RetryLater, Task, WorkerTimings
from huntaze.kit.jobs.worker import Worker

__all__ = [
    "LONGEST_DELAY",
    "Jobs",
    "Payload",
    "RetryLater",
    "Task",
    "Worker",
    "WorkerTimings",
    "WorkersSeen",
    "workers_seen",
]
