"""The webhook intake's figures are a part of the main job."""

from bench.intake.rate import FIGURES as FIGURES
