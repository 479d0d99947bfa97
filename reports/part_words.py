"""What a part says in words: its heading, who answered, how each element is introduced."""

from __future__ import annotations

from collections.abc import Sequence

from reports.comparisons import Sides
from reports.language import _, ngettext
from reports.model import NOT_SHOWN, CycleFacts, Part, Report, ReportSection, Shown
from reports.uncertainty import uncertainty_of
from reports.wording import in_words
from surveys.publication import CountedBy
from surveys.subjects import Subject


def subject_name(part: Part, facts: CycleFacts) -> str:
    """What a part is about, by its name."""
    names = {Subject.PRIME: facts.prime_name, Subject.CHAIN: facts.chain_name}
    return names.get(Subject(part.subject), part.title)


def heading_of(part: Part, report: Report) -> str:
    """The heading of a part."""
    if part.subject == Subject.CHAIN:
        return _("How %(name)s works as a whole", name=report.facts.chain_name)
    if part.subject == Subject.BUYERS:
        partner = next((one.title for one in report.parts if one.is_on_partner), "")
        if partner:
            return _("How %(name)s works with its own subcontractors", name=partner)
        return _("How tier-1 partners work with their own subcontractors")
    return _("How %(name)s works with its partners", name=subject_name(part, report.facts))


def answered(part: Part, counted_by: CountedBy) -> str:
    """How many answered, of how many who were asked."""
    if part.is_on_partner:
        return _("Each view here is shown under the name of the organisation whose view it is.")
    values = {"asked": f"{part.asked:,}", "received": f"{part.received or 0:,}"}
    if part.received is None:
        return ngettext(
            "%(asked)s person was asked. No figure can be shown.",
            "%(asked)s people were asked. No figure can be shown.",
            part.asked,
            **values,
        )
    if counted_by is CountedBy.ORGANISATION:
        return _(
            "All partners together: %(received)s of the %(asked)s organisations that were asked answered, each with "
            "one voice.",
            **values,
        )
    return _("All partners together: %(received)s of the %(asked)s people who were asked answered.", **values)


def caution(part: Part) -> str:
    """Why the figures of a part are read with care; "" where many answered, or where every view is one voice."""
    return "" if part.is_on_partner else uncertainty_of(part).caution


def introduction(section: ReportSection, sides: Sides | None, name: str, labels: Sequence[str]) -> str:
    """What the two sides say on average over the statements of an element; "" when nothing is shown."""
    own = section.means.get(sides.own_id, NOT_SHOWN) if sides else NOT_SHOWN
    other = section.means.get(sides.other_id, NOT_SHOWN) if sides and sides.other_id else section.everyone
    said = {"name": name, "own": in_words(own, labels), "others": in_words(other, labels)}
    if sides and sides.other_id:
        said["other"] = sides.other_title
        if isinstance(own, Shown) and isinstance(other, Shown):
            return _(
                "On average over these statements, %(name)s says %(own)s of itself and %(other)s says %(others)s.",
                **said,
            )
        return ""
    if isinstance(own, Shown) and isinstance(other, Shown):
        return _(
            "On average over these statements, %(name)s says %(own)s and all partners together say %(others)s.",
            **said,
        )
    if isinstance(other, Shown):
        return _("On average over these statements, all partners together say %(others)s.", **said)
    return (
        _("On average over these statements, %(name)s says %(own)s.", **said)
        if isinstance(own, Shown)
        else ""
    )
