"""The organiser's first page: what to do next, then every review and every chain."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for

from review_app.database import reading
from review_app.services import chains, cycles
from review_app.services.chains import ChainSummary
from review_app.services.cycles import Cycle
from review_app.web.organiser.audience import blueprint
from review_app.web.organiser.journey import first_steps, next_step, steps_of
from review_app.web.steps import Step
from surveys.cycle import CycleState


@dataclass(frozen=True, slots=True)
class CycleLine:
    """One review in the list."""

    cycle: Cycle
    next_step: str


@dataclass(frozen=True, slots=True)
class Home:
    """The first page. ``current``: the review whose steps are shown; None when there is none under way."""

    current: Cycle | None
    steps: tuple[Step, ...]
    lines: tuple[CycleLine, ...]
    chains: tuple[ChainSummary, ...]
    draft_address: str


@blueprint.get("/organiser")
def home() -> str:
    """What to do next."""
    with reading() as session:
        found = cycles.for_organiser(session)
        summaries = chains.summaries(session)
    current = next((cycle for cycle in found if cycle.state is not CycleState.PUBLISHED), None)
    draft_address = _draft_address(summaries)
    view = Home(
        current=current,
        steps=_steps(current, draft_address, is_first=not found),
        lines=tuple(CycleLine(cycle, next_step(cycle)) for cycle in found),
        chains=summaries,
        draft_address=draft_address,
    )
    return render_template("organiser/home.html", view=view)


def _steps(current: Cycle | None, draft_address: str, *, is_first: bool) -> tuple[Step, ...]:
    if current is not None:
        return steps_of(current)
    return first_steps(draft_address) if is_first else ()


def _draft_address(summaries: tuple[ChainSummary, ...]) -> str:
    # With several chains the organiser chooses one on its own page.
    if len(summaries) == 1:
        return url_for("organiser.new_cycle", chain_id=summaries[0].id)
    return url_for("organiser.home", _anchor="chains") if summaries else ""
