"""How much Huntaze adds to what the platform needs is held here too: being careful must not make it slow."""

from bench.main_job.publish import FIGURES as FIGURES
