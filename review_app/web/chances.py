"""From which response on a group or a report is shown: a sentence for all rates, and a chance for each.

"Everybody" takes another verb than a share, so each sentence stands twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from flask_babel import gettext as _

from review_app.languages import N_
from review_app.web.words import listed
from surveys.preflight import Forecast, GroupOutlook, Likelihood, SubjectOutlook, Verdict

OF_GROUP = {
    Verdict.RELEASED: N_("Shown on its own"),
    Verdict.MERGED: N_("Joined with others"),
    Verdict.NOT_REPORTABLE: N_("Not shown"),
}
OF_REPORT = {
    Verdict.RELEASED: N_("There is a report"),
    Verdict.MERGED: N_("There is a report"),
    Verdict.NOT_REPORTABLE: N_("No report"),
}
_PICTURES = {Verdict.RELEASED: "alone", Verdict.MERGED: "joined", Verdict.NOT_REPORTABLE: "none"}
_RISING = (Verdict.NOT_REPORTABLE, Verdict.MERGED, Verdict.RELEASED)
_LIKELIHOODS = {
    Likelihood.ALMOST_CERTAINLY: N_("almost certainly"),
    Likelihood.PROBABLY: N_("probably"),
    Likelihood.ABOUT_EVEN: N_("but it could go either way"),
    Likelihood.UNLIKELY: N_("but hard to say"),
}
_EVERYBODY = 1.0
_SHARES = {0.3: N_("3 in 10"), 0.5: N_("half"), 0.7: N_("7 in 10"), _EVERYBODY: N_("everybody")}
_NOT_STEADY = N_("It also depends on how many of the other groups answer: %(cases)s.")


class _Once(NamedTuple):
    """A sentence about the rate from which on something holds."""

    share: str
    everybody: str

    def said(self, rate: float, **more: str) -> str:
        if rate == _EVERYBODY:
            return _(self.everybody, **more)
        return _(self.share, share=rate_in_words(rate), **more)


class _Case(NamedTuple):
    """What holds at some rates: shares alone, everybody alone, or shares and everybody."""

    shares: str
    everybody: str
    both: str

    def said(self, rates: tuple[float, ...]) -> str:
        below = [rate_in_words(rate) for rate in rates if rate != _EVERYBODY]
        if not below:
            return _(self.everybody)
        shares = below[0]
        for share in below[1:]:
            shares = _("%(shares)s or %(last)s", shares=shares, last=share)
        return _(self.both if _EVERYBODY in rates else self.shares, shares=shares)


_IF = _Once(N_("If %(share)s answer"), N_("If everybody answers"))
_REPORT_ONCE = _Once(
    N_("There is a report once %(share)s answer; with fewer answers nothing is shown."),
    N_("There is a report once everybody answers; with fewer answers nothing is shown."),
)
_COUNTS_ONCE = _Once(
    N_(
        "Its answers count once %(share)s answer, joined with others; with fewer answers they are not shown."
        " It is never shown on its own."
    ),
    N_(
        "Its answers count once everybody answers, joined with others; with fewer answers they are not shown."
        " It is never shown on its own."
    ),
)
_ALONE_ELSE_JOINED = _Once(
    N_("It is shown on its own once %(share)s answer; with fewer answers it is joined with others."),
    N_("It is shown on its own once everybody answers; with fewer answers it is joined with others."),
)
_ALONE_ELSE_NOT = _Once(
    N_("It is shown on its own once %(share)s answer; with fewer answers it is not shown."),
    N_("It is shown on its own once everybody answers; with fewer answers it is not shown."),
)
_ALONE_ELSE_JOINED_OR_NOT = _Once(
    N_(
        "It is shown on its own once %(share)s answer; with fewer answers it is joined with others, and with fewer than"
        " %(lowest)s it is not shown."
    ),
    N_(
        "It is shown on its own once everybody answers; with fewer answers it is joined with others, and with fewer"
        " than %(lowest)s it is not shown."
    ),
)
_GROUP_CASES = {
    Verdict.RELEASED: _Case(
        N_("it is shown on its own if %(shares)s answer"),
        N_("it is shown on its own if everybody answers"),
        N_("it is shown on its own if %(shares)s or everybody answers"),
    ),
    Verdict.MERGED: _Case(
        N_("it is joined with others if %(shares)s answer"),
        N_("it is joined with others if everybody answers"),
        N_("it is joined with others if %(shares)s or everybody answers"),
    ),
    Verdict.NOT_REPORTABLE: _Case(
        N_("it is not shown if %(shares)s answer"),
        N_("it is not shown if everybody answers"),
        N_("it is not shown if %(shares)s or everybody answers"),
    ),
}
_A_REPORT = _Case(
    N_("there is a report if %(shares)s answer"),
    N_("there is a report if everybody answers"),
    N_("there is a report if %(shares)s or everybody answers"),
)
_REPORT_CASES = {
    Verdict.RELEASED: _A_REPORT,
    Verdict.MERGED: _A_REPORT,
    Verdict.NOT_REPORTABLE: _Case(
        N_("there is none if %(shares)s answer"),
        N_("there is none if everybody answers"),
        N_("there is none if %(shares)s or everybody answers"),
    ),
}


@dataclass(frozen=True, slots=True)
class Chance:
    """What to expect at one response rate. ``response``: "If half answer"; ``picture``: "alone", "joined" or "none"."""

    response: str
    picture: str
    words: str
    likelihood: str


@dataclass(frozen=True, slots=True)
class _Run:
    """Rates one after the other that end in the same verdict."""

    verdict: Verdict
    rates: tuple[float, ...]


def rate_in_words(share: float) -> str:
    """A response rate as people say it: "7 in 10", "half", "everybody"."""
    return _(_SHARES[share]) if share in _SHARES else f"{share:.0%}"


def chance(forecast: Forecast, words: Mapping[Verdict, str]) -> Chance:
    """The chance at one rate. ``words``: ``OF_GROUP`` or ``OF_REPORT``."""
    return Chance(
        response=_IF.said(forecast.rate),
        picture=_PICTURES[forecast.verdict],
        words=_(words[forecast.verdict]),
        likelihood=_(_LIKELIHOODS[forecast.likelihood]),
    )


def report_sentence(outlook: SubjectOutlook) -> str:
    """From which response on there is a report."""
    runs = _runs(outlook.forecasts)
    rate = runs[-1].rates[0]
    if not _is_rising(runs):
        return _run_by_run(runs, _REPORT_CASES)
    if runs[-1].verdict is Verdict.NOT_REPORTABLE:
        return _("There can be no report, even if everybody answers.")
    if len(runs) == 1:
        return _("There is a report even if only %(share)s answer.", share=rate_in_words(rate))
    return _REPORT_ONCE.said(rate)


def group_sentence(outlook: GroupOutlook) -> str:
    """From which response on a group can be read by itself, and what becomes of its answers otherwise."""
    runs = _runs(outlook.forecasts)
    last, rate = runs[-1].verdict, runs[-1].rates[0]
    if not _is_rising(runs):
        return _run_by_run(runs, _GROUP_CASES)
    if last is Verdict.NOT_REPORTABLE:
        return _("It is not shown, even if everybody answers.")
    if len(runs) == 1 and last is Verdict.MERGED:
        return _("Its answers count, joined with others; it is never shown on its own.")
    if last is Verdict.MERGED:
        return _COUNTS_ONCE.said(rate)
    return _alone(runs, rate)


def _alone(runs: tuple[_Run, ...], rate: float) -> str:
    """From which response on a group stands alone that does so at last."""
    if len(runs) == 1:
        return _("It is shown on its own even if only %(share)s answer.", share=rate_in_words(rate))
    if len(runs) == 2:
        return (_ALONE_ELSE_JOINED if runs[0].verdict is Verdict.MERGED else _ALONE_ELSE_NOT).said(rate)
    lowest = rate_in_words(runs[1].rates[0])
    return _ALONE_ELSE_JOINED_OR_NOT.said(rate, lowest=lowest)


def _runs(forecasts: tuple[Forecast, ...]) -> tuple[_Run, ...]:
    return tuple(
        _Run(verdict, tuple(forecast.rate for forecast in run))
        for verdict, run in groupby(forecasts, key=lambda forecast: forecast.verdict)
    )


def _is_rising(runs: tuple[_Run, ...]) -> bool:
    """Whether more answers never show less. A group can lose its own line once a smaller one needs its company."""
    places = [_RISING.index(run.verdict) for run in runs]
    return places == sorted(places)


def _run_by_run(runs: tuple[_Run, ...], cases: Mapping[Verdict, _Case]) -> str:
    return _(_NOT_STEADY, cases=listed([cases[run.verdict].said(run.rates) for run in runs]))
