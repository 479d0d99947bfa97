"""The pages of the organiser: questionnaires, chains, reviews from the draft to the report, and their mail."""

from __future__ import annotations

from review_app.web.organiser import chains, coverage, drafting, editing, home, library, running
from review_app.web.organiser.audience import blueprint

__all__ = ["blueprint", "chains", "coverage", "drafting", "editing", "home", "library", "running"]
