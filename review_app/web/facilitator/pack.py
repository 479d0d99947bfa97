"""The pack of a workshop, to be fetched as PDFs: all of it, or each part alone."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later

from review_app.database import reading
from review_app.services import packs
from review_app.services.errors import NotFoundError
from review_app.services.packs import PackPart
from review_app.web import papers_page
from review_app.web.facilitator.audience import blueprint, led
from review_app.web.words import file_stem

WHOLE = "pack"
_TITLES = {
    WHOLE: (later("The whole pack"), later("All four parts in one file, each on pages of its own size.")),
    PackPart.SLIDES.value: (
        later("Slides"),
        later(
            "For a projector: how we work, one slide for each topic with its figures, and what happens next."
        ),
    ),
    PackPart.HANDOUTS.value: (
        later("Handouts"),
        later("A page for each topic, with its figures as a chart and a table, and room for notes."),
    ),
    PackPart.CARDS.value: (
        later("Cards"),
        later(
            "For a room without network: cards for notes, and ballots that name nobody once their stub is torn off."
        ),
    ),
    PackPart.SCRIPT.value: (
        later("Script"),
        later("For you: from minute to minute what to do and to say, and what to do when it goes otherwise."),
    ),
}


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of the pack."""

    href: str
    title: str
    hint: str


@blueprint.get("/workshops/<string:workshop_id>/pack")
def pack(workshop_id: str) -> str:
    """What the pack consists of."""
    found = led(workshop_id)
    files = tuple(
        PackFile(url_for("facilitator.pack_file", workshop_id=workshop_id, part=part), str(title), str(hint))
        for part, (title, hint) in _TITLES.items()
    )
    return render_template("facilitator/pack.html", workshop=found, files=files if found.topics else ())


@blueprint.get("/workshops/<string:workshop_id>/pack/<string:part>.pdf")
def pack_file(workshop_id: str, part: str) -> ResponseReturnValue:
    """One part of the pack as a PDF, or the whole of it."""
    found = led(workshop_id)
    if part not in _TITLES:
        raise NotFoundError(_("There is no such part of the pack."))
    parts = tuple(PackPart) if part == WHOLE else (PackPart(part),)
    with reading() as session:
        source = packs.source(session, found, parts)
    return papers_page.handed_out(
        source.html,
        source.styles,
        filename=f"{file_stem(found.title)}-{part}.pdf",
        title=str(_TITLES[part][0]),
        back=url_for("facilitator.pack", workshop_id=workshop_id),
        waiting="facilitator/paper_waits.html",
    )
