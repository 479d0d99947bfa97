"""What a report could show, in words: one sentence and one picture for each group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from review_app.services.previews import Preview
from review_app.web.words import counted, listed, people_of
from surveys.preflight import (
    Caution,
    CautionKind,
    Forecast,
    GroupOutlook,
    SubjectOutlook,
    Verdict,
)
from surveys.subjects import Subject

_PICTURES = {Verdict.RELEASED: "alone", Verdict.MERGED: "joined", Verdict.NOT_REPORTABLE: "none"}
_OF_GROUP = {
    Verdict.RELEASED: "Shown on its own",
    Verdict.MERGED: "Joined with others",
    Verdict.NOT_REPORTABLE: "Not shown",
}
_OF_REPORT = {
    Verdict.RELEASED: "There is a report",
    Verdict.MERGED: "There is a report",
    Verdict.NOT_REPORTABLE: "No report",
}
_RISING = (Verdict.NOT_REPORTABLE, Verdict.MERGED, Verdict.RELEASED)
_NOT_STEADY = "It also depends on how many of the other groups answer:"
_GROUP_IS = {
    Verdict.RELEASED: "it is shown on its own",
    Verdict.MERGED: "it is joined with others",
    Verdict.NOT_REPORTABLE: "it is not shown",
}
_REPORT_IS = {
    Verdict.RELEASED: "there is a report",
    Verdict.MERGED: "there is a report",
    Verdict.NOT_REPORTABLE: "there is none",
}
_LIKELIHOODS = {"about even": "but it could go either way", "unlikely": "but hard to say"}
_SHARES = {0.3: "3 in 10", 0.5: "half", 0.7: "7 in 10", 1.0: "everybody"}
_JOIN = (
    "Ask a second contact in each of its organisations, or give it the name of a similar group: then the two are"
    " counted as one. If you leave it, its answers are joined with others."
)
_KEEPS_COMPANY = (
    "It is large enough by itself, but a smaller group has to be joined with it. Once that group is mended, this one is"
    " shown on its own."
)
_MOST_GAPS = 10
_LETTERS = (
    "The steward prints a letter for each of them after the launch, and posts it."
    " Leave three working days for the post."
)
_MENDS = {
    CautionKind.NO_REPORT: (
        "Add contacts of more organisations to the chain, or leave this out of the review. Until then it cannot be"
        " launched."
    ),
    CautionKind.SMALL_GROUP: _JOIN,
    CautionKind.FEW_ORGANISATIONS: _JOIN,
    CautionKind.ONE_ORGANISATION_PREVAILS: "Ask more contacts of the other organisations.",
    CautionKind.MERGED_FIRST: "There is nothing to do: this protects those few people.",
}


@dataclass(frozen=True, slots=True)
class Chance:
    """What to expect at one response rate. ``picture``: "alone", "joined" or "none"."""

    rate: str
    picture: str
    words: str
    likelihood: str


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


def rate_in_words(share: float) -> str:
    """A response rate as people say it: "7 in 10", "half", "everybody"."""
    return _SHARES.get(share, f"{share:.0%}")


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
        Advice(caution.message, _MENDS[caution.kind], caution.kind is CautionKind.NO_REPORT)
        for caution in preview.preflight.cautions
    ]
    found += untranslated(preview)
    without_email = sum(not contact.email for contact in preview.contacts)
    if without_email:
        text = f"{counted(without_email, 'person has', 'people have')} no email address."
        found.append(Advice(text, _LETTERS, is_blocking=False))
    return tuple(sorted(found, key=lambda advice: not advice.is_blocking))


def untranslated(preview: Preview) -> list[Advice]:
    """What a review in English and Welsh lacks, the first of it one by one."""
    faults = preview.untranslated
    found = [Advice(fault.message, fault.mend, is_blocking=True) for fault in faults[:_MOST_GAPS]]
    if left := faults[_MOST_GAPS:]:
        more = f"{counted(len(left), 'more text has', 'more texts have')} no Welsh."
        found.append(Advice(more, "The questionnaire’s page “Welsh” lists them all.", is_blocking=True))
    return found


def _outlook(outlook: SubjectOutlook, titles: Mapping[str, str], cautions: tuple[Caution, ...]) -> Outlook:
    joined = [group.group.title for group in outlook.protected if group.group.id in outlook.joined]
    return Outlook(
        subject=f"A report on {titles[outlook.subject]}",
        report=OutlookRow(
            title="The report",
            who=people_of(outlook.people, outlook.organisations),
            sentence=_report_sentence(outlook),
            chances=tuple(_chance(forecast, _OF_REPORT) for forecast in outlook.forecasts),
            advice=_advice(outlook.subject, None, cautions),
        ),
        groups=tuple(_group_row(outlook, group, cautions) for group in outlook.protected),
        joined=_joined_sentence(joined),
        apart=tuple(
            f"{entry.group.title} ({counted(entry.people, 'person', 'people')})"
            for entry in outlook.attributed
        ),
    )


def _joined_sentence(titles: list[str]) -> str:
    if not titles:
        return ""
    return f"Even if everybody answers, {listed(titles)} are joined and shown as one."


def _group_row(report: SubjectOutlook, outlook: GroupOutlook, cautions: tuple[Caution, ...]) -> OutlookRow:
    advice = _advice(report.subject, outlook.group.id, cautions)
    if not advice and outlook.group.id in report.joined:
        advice = (_KEEPS_COMPANY,)
    return OutlookRow(
        title=outlook.group.title,
        who=people_of(outlook.people, outlook.organisations),
        sentence=_group_sentence(outlook),
        chances=tuple(_chance(forecast, _OF_GROUP) for forecast in outlook.forecasts),
        advice=advice,
    )


def _advice(subject: Subject, group_id: str | None, cautions: tuple[Caution, ...]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            _MENDS[caution.kind]
            for caution in cautions
            if caution.group_id == group_id and subject in caution.subjects
        )
    )


def _report_sentence(outlook: SubjectOutlook) -> str:
    """From which response on there is a report."""
    runs = _runs(outlook.forecasts)
    rate = runs[-1].rates[0]
    if not _is_rising(runs):
        return f"{_NOT_STEADY} {_run_by_run(runs, _REPORT_IS)}."
    if runs[-1].verdict is Verdict.NOT_REPORTABLE:
        return "There can be no report, even if everybody answers."
    if len(runs) == 1:
        return f"There is a report even if only {_who_answers(rate)}."
    return f"There is a report once {_who_answers(rate)}; with fewer answers nothing is shown."


def _group_sentence(outlook: GroupOutlook) -> str:
    """From which response on a group can be read by itself, and what becomes of its answers otherwise."""
    runs = _runs(outlook.forecasts)
    last, rate = runs[-1].verdict, runs[-1].rates[0]
    if not _is_rising(runs):
        return f"{_NOT_STEADY} {_run_by_run(runs, _GROUP_IS)}."
    if last is Verdict.NOT_REPORTABLE:
        return "It is not shown, even if everybody answers."
    if len(runs) == 1 and last is Verdict.MERGED:
        return "Its answers count, joined with others; it is never shown on its own."
    if len(runs) == 1:
        return f"It is shown on its own even if only {_who_answers(rate)}."
    if last is Verdict.MERGED:
        return (
            f"Its answers count once {_who_answers(rate)}, joined with others; with fewer answers they are not"
            " shown. It is never shown on its own."
        )
    below = "joined with others" if runs[-2].verdict is Verdict.MERGED else "not shown"
    lowest = (
        f", and with fewer than {rate_in_words(runs[1].rates[0])} it is not shown" if len(runs) > 2 else ""
    )
    return f"It is shown on its own once {_who_answers(rate)}; with fewer answers it is {below}{lowest}."


@dataclass(frozen=True, slots=True)
class _Run:
    """Rates one after the other that end in the same verdict."""

    verdict: Verdict
    rates: tuple[float, ...]


def _runs(forecasts: tuple[Forecast, ...]) -> tuple[_Run, ...]:
    return tuple(
        _Run(verdict, tuple(forecast.rate for forecast in run))
        for verdict, run in groupby(forecasts, key=lambda forecast: forecast.verdict)
    )


def _is_rising(runs: tuple[_Run, ...]) -> bool:
    """Whether more answers never show less. A group can lose its own line once a smaller one needs its company."""
    places = [_RISING.index(run.verdict) for run in runs]
    return places == sorted(places)


def _run_by_run(runs: tuple[_Run, ...], words: Mapping[Verdict, str]) -> str:
    return listed([f"{words[run.verdict]} if {_who_answers(*run.rates)}" for run in runs])


def _who_answers(*rates: float) -> str:
    verb = "answers" if rates[-1] == 1.0 else "answer"
    return f"{' or '.join(rate_in_words(rate) for rate in rates)} {verb}"


def _chance(forecast: Forecast, words: Mapping[Verdict, str]) -> Chance:
    return Chance(
        rate=rate_in_words(forecast.rate),
        picture=_PICTURES[forecast.verdict],
        words=words[forecast.verdict],
        likelihood=_LIKELIHOODS.get(forecast.likelihood, forecast.likelihood),
    )
