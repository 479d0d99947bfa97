"""What a report could show, in words: one sentence and one picture for each group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from review_app.languages import N_
from review_app.services.previews import Preview
from review_app.web.chances import OF_GROUP, OF_REPORT, Chance, chance, group_sentence, report_sentence
from review_app.web.words import figure, listed, people, people_of
from surveys.preflight import Caution, CautionKind, GroupOutlook, SubjectOutlook
from surveys.subjects import Subject

_JOIN = N_(
    "Ask a second contact in each of its organisations, or give it the name of a similar group: then the two are"
    " counted as one. If you leave it, its answers are joined with others."
)
_KEEPS_COMPANY = N_(
    "It is large enough by itself, but a smaller group has to be joined with it. Once that group is mended, this one is"
    " shown on its own."
)
_MOST_GAPS = 10
_LETTERS = N_(
    "The steward prints a letter for each of them after the launch, and posts it."
    " Leave three working days for the post."
)
_MENDS = {
    CautionKind.NO_REPORT: N_(
        "Add contacts of more organisations to the chain, or leave this out of the review. Until then it cannot be"
        " launched."
    ),
    CautionKind.SMALL_GROUP: _JOIN,
    CautionKind.FEW_ORGANISATIONS: _JOIN,
    CautionKind.ONE_ORGANISATION_PREVAILS: N_("Ask more contacts of the other organisations."),
    CautionKind.MERGED_FIRST: N_("There is nothing to do: this protects those few people."),
}


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """One group, or the report as a whole: a sentence, the chances at every rate, and what may be done about it."""

    title: str
    who: str
    sentence: str
    chances: tuple[Chance, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a report on one subject could show.

    ``joined``: what is joined even if everybody answers, as a sentence; "" when nothing is. ``apart``: who is shown
    under its own name, whoever answers.
    """

    subject: str
    report: OutlookRow
    groups: tuple[OutlookRow, ...]
    joined: str
    apart: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to know before the launch, and what may be done about it."""

    text: str
    mend: str
    is_blocking: bool


def outlooks(preview: Preview, titles: Mapping[str, str]) -> tuple[Outlook, ...]:
    """The outlook of every subject that pools answers; one partner's views are all shown under names."""
    cautions = preview.preflight.cautions
    return tuple(
        _outlook(outlook, titles, cautions)
        for outlook in preview.preflight.subjects
        if not outlook.subject.is_partner
    )


def warnings(preview: Preview) -> tuple[Advice, ...]:
    """What is to be known before the launch, what blocks it first."""
    found = [
        Advice(caution.message, _(_MENDS[caution.kind]), caution.kind is CautionKind.NO_REPORT)
        for caution in preview.preflight.cautions
    ]
    found += untranslated(preview)
    without_email = sum(not contact.email for contact in preview.contacts)
    if without_email:
        text = ngettext(
            "%(count)s person has no email address.",
            "%(count)s people have no email address.",
            without_email,
            count=figure(without_email),
        )
        found.append(Advice(text, _(_LETTERS), is_blocking=False))
    return tuple(sorted(found, key=lambda advice: not advice.is_blocking))


def untranslated(preview: Preview) -> list[Advice]:
    """What a review in English and Welsh lacks, the first of it one by one."""
    faults = preview.untranslated
    found = [Advice(fault.message, fault.mend, is_blocking=True) for fault in faults[:_MOST_GAPS]]
    if left := faults[_MOST_GAPS:]:
        more = ngettext(
            "%(count)s more text has no Welsh.",
            "%(count)s more texts have no Welsh.",
            len(left),
            count=figure(len(left)),
        )
        found.append(Advice(more, _("The questionnaire’s page “Welsh” lists them all."), is_blocking=True))
    return found


def _outlook(outlook: SubjectOutlook, titles: Mapping[str, str], cautions: tuple[Caution, ...]) -> Outlook:
    joined = [group.group.title for group in outlook.protected if group.group.id in outlook.joined]
    return Outlook(
        subject=_("A report on %(subject)s", subject=titles[outlook.subject]),
        report=OutlookRow(
            title=_("The report"),
            who=people_of(outlook.people, outlook.organisations),
            sentence=report_sentence(outlook),
            chances=tuple(chance(forecast, OF_REPORT) for forecast in outlook.forecasts),
            advice=_advice(outlook.subject, None, cautions),
        ),
        groups=tuple(_group_row(outlook, group, cautions) for group in outlook.protected),
        joined=_joined_sentence(joined),
        apart=tuple(
            _("%(group)s (%(people)s)", group=entry.group.title, people=people(entry.people))
            for entry in outlook.attributed
        ),
    )


def _joined_sentence(titles: list[str]) -> str:
    if not titles:
        return ""
    return _("Even if everybody answers, %(groups)s are joined and shown as one.", groups=listed(titles))


def _group_row(report: SubjectOutlook, outlook: GroupOutlook, cautions: tuple[Caution, ...]) -> OutlookRow:
    advice = _advice(report.subject, outlook.group.id, cautions)
    if not advice and outlook.group.id in report.joined:
        advice = (_(_KEEPS_COMPANY),)
    return OutlookRow(
        title=outlook.group.title,
        who=people_of(outlook.people, outlook.organisations),
        sentence=group_sentence(outlook),
        chances=tuple(chance(forecast, OF_GROUP) for forecast in outlook.forecasts),
        advice=advice,
    )


def _advice(subject: Subject, group_id: str | None, cautions: tuple[Caution, ...]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            _(_MENDS[caution.kind])
            for caution in cautions
            if caution.group_id == group_id and subject in caution.subjects
        )
    )
