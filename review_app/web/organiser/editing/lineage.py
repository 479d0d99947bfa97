"""What became of an instrument since the version before it, in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.web import words
from surveys.instrument import Instrument
from surveys.lineage import Lineage


def lineage_words(lineage: Lineage, before: Instrument) -> tuple[str, ...]:
    """What a reader of a trend has to know: "22 statements are word for word as in version 1; 2 are reworded."."""
    if not lineage.is_scale_unchanged:
        return (
            _(
                "The answers are not the same as in version %(version)s, so no trend can compare the two versions.",
                version=before.version,
            ),
        )
    return (
        _("%(changes)s.", changes="; ".join(_changes(lineage, before))),
        _("A trend compares the statements that are word for word the same."),
    )


def _changes(lineage: Lineage, before: Instrument) -> list[str]:
    changes = [
        ngettext(
            "%(count)s statement is word for word as in version %(version)s",
            "%(count)s statements are word for word as in version %(version)s",
            lineage.unchanged,
            count=words.figure(lineage.unchanged),
            version=before.version,
        )
    ]
    if lineage.reworded:
        changes.append(ngettext("%(num)s reworded", "%(num)s reworded", lineage.reworded))
    if lineage.added:
        changes.append(ngettext("%(num)s new", "%(num)s new", lineage.added))
    if lineage.dropped:
        changes.append(ngettext("%(num)s left out", "%(num)s left out", lineage.dropped))
    return changes
