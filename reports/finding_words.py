"""Findings in plain words: how each kind is headed, what each finding says, by which rule, and what else there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reports.agreement import SPLIT_FROM, ends_of, is_split
from reports.conclusions import Finding, FindingKind
from reports.grammar import lowered, number, sentence
from reports.language import N_, _, ngettext
from reports.model import WHOLE, DisplayedShare, Item, NotShown, Part, Shown, ShownDistribution
from reports.sides import other_view_of
from reports.strengths import CONCERN_BELOW, STRENGTH_FROM, WIDE_TENTHS, is_unseen
from reports.wording import in_words, points

HEADINGS: Mapping[FindingKind, str] = {
    FindingKind.STRENGTH: N_("Strengths"),
    FindingKind.CONCERN: N_("Concerns"),
    FindingKind.BLIND_SPOT: N_("Blind spots"),
    FindingKind.HIDDEN_STRENGTH: N_("Hidden strengths"),
    FindingKind.NOT_SEEN: N_("What partners could not see"),
    FindingKind.SPLIT: N_("Where a group is divided"),
    FindingKind.BETTER: N_("Better than the last time"),
    FindingKind.WORSE: N_("Worse than the last time"),
}


@dataclass(frozen=True, slots=True)
class Voices:
    """Who speaks in a part: the subject by its name, and beside it all partners together or one organisation.

    ``other``: the name of the one organisation; "" for all partners together. ``labels``: the points of the scale.
    """

    subject: str
    other: str
    labels: Sequence[str]


def voices_of(part: Part, name: str, labels: Sequence[str]) -> Voices:
    """The voices of a part whose subject is called by this name."""
    other = other_view_of(part)
    return Voices(name, other.title if other else "", labels)


def said(finding: Finding, item: Item, titles: Mapping[str, str], voices: Voices) -> str:
    """The sentence of a finding, with the figures that it rests on. ``titles``: of the groups, by their ids."""
    if finding.kind in {FindingKind.BLIND_SPOT, FindingKind.HIDDEN_STRENGTH}:
        return _both_sides(finding, voices)
    if finding.kind in {FindingKind.BETTER, FindingKind.WORSE}:
        return _then_and_now(finding, voices)
    if finding.kind is FindingKind.NOT_SEEN:
        return _unseen(finding, voices)
    if finding.kind is FindingKind.SPLIT:
        return " ".join(_divided(item, titles, voices))
    return _what_others_say(finding, voices)


def rule(kind: FindingKind, voices: Voices) -> str:
    """The printed rule of a kind of findings."""
    return (
        _ONE_VOICE_RULES[kind](voices.other) if voices.other and kind in _ONE_VOICE_RULES else _RULES[kind]()
    )


def nothing_found(kind: FindingKind, voices: Voices) -> str:
    """What is said where the rule picks nothing; "" of changes, which are counted."""
    return _NOTHING[kind](voices.subject) if kind in _NOTHING else ""


def more_found(kind: FindingKind, more: int) -> str:
    """How many strengths or concerns more may be equal to the last one that is listed; "" for none."""
    if not more or kind not in _MAY_BE_EQUAL:
        return ""
    return ngettext(
        "One more statement may be equal to the last one here.",
        "%(number)s more statements may be equal to the last one here.",
        more,
        number=sentence(number(more)),
    )


def all_found(kind: FindingKind, listed: int, more: int, statements: int) -> str:
    """Of how many statements it is so, where more of them are than the list has; "" otherwise, and of what may be."""
    if not more or kind in _MAY_BE_EQUAL:
        return ""
    return _(
        "So on %(all)s of %(statements)s statements, of which %(listed)s are listed.",
        all=listed + more,
        statements=statements,
        listed=number(listed),
    )


_MAY_BE_EQUAL = frozenset({FindingKind.STRENGTH, FindingKind.CONCERN})


def share_in_words(share: DisplayedShare) -> str:
    """A share as people say it: "7 in 10 or more", "3 in 10 or fewer", "more than 3 and fewer than 7 in 10"."""
    if isinstance(share, NotShown):
        return share.text
    low, high = share.low // 10, share.high // 10
    if share.high == WHOLE:
        return _("%(low)s in 10 or more", low=low)
    if not share.low:
        return _("%(high)s in 10 or fewer", high=high)
    return _("more than %(low)s and fewer than %(high)s in 10", low=low, high=high)


def _what_others_say(finding: Finding, voices: Voices) -> str:
    figure = in_words(finding.everyone, voices.labels)
    if voices.other:
        return _("%(name)s says %(figure)s.", name=voices.other, figure=figure)
    if is_unseen(finding.not_seen):
        return _(
            "Those partners who could see it say %(figure)s; %(share)s could not.",
            figure=figure,
            share=share_in_words(finding.not_seen),
        )
    return _("All partners together say %(figure)s.", figure=figure)


def _both_sides(finding: Finding, voices: Voices) -> str:
    own, others = in_words(finding.own, voices.labels), in_words(finding.everyone, voices.labels)
    if voices.other:
        return _(
            "%(name)s says %(own)s of itself; %(other)s says %(others)s.",
            name=voices.subject,
            own=own,
            other=voices.other,
            others=others,
        )
    return _(
        "%(name)s says %(own)s; all partners together say %(others)s.",
        name=voices.subject,
        own=own,
        others=others,
    )


def _then_and_now(finding: Finding, voices: Voices) -> str:
    now, before = in_words(finding.everyone, voices.labels), in_words(finding.before, voices.labels)
    if voices.other:
        return _(
            "%(name)s says %(now)s; the last time it said %(before)s.",
            name=voices.other,
            now=now,
            before=before,
        )
    return _("All partners together say %(now)s; the last time they said %(before)s.", now=now, before=before)


def _unseen(finding: Finding, voices: Voices) -> str:
    share = sentence(share_in_words(finding.not_seen))
    if isinstance(finding.everyone, Shown):
        figure = in_words(finding.everyone, voices.labels)
        return _("%(share)s could not see it; those who could say %(figure)s.", share=share, figure=figure)
    return _("%(share)s could not see it; what those say who could is not shown.", share=share)


def _divided(item: Item, titles: Mapping[str, str], voices: Voices) -> list[str]:
    labels = [lowered(label) for label in voices.labels]
    sentences = []
    for id_, distribution in sorted(
        item.distributions.items(), key=lambda pair: list(titles).index(pair[0]) if pair[0] in titles else 0
    ):
        if not isinstance(distribution, ShownDistribution) or not is_split(distribution):
            continue
        low, high = ends_of(distribution)
        sentences.append(
            _(
                "%(group)s: at least %(high)s in 10 say %(usually)s or %(always)s, at least %(low)s in 10 say "
                "%(never)s or %(rarely)s.",
                group=titles.get(id_, id_),
                high=high // 10,
                low=low // 10,
                usually=labels[-2],
                always=labels[-1],
                never=labels[0],
                rarely=labels[1],
            )
        )
    return sentences


_RULES: Mapping[FindingKind, Callable[[], str]] = {
    FindingKind.STRENGTH: lambda: _(
        "The highest figures, %(limit)s or more, unless half could not see it.", limit=points(STRENGTH_FROM)
    ),
    FindingKind.CONCERN: lambda: _("The lowest figures, below %(limit)s.", limit=points(CONCERN_BELOW)),
    FindingKind.BLIND_SPOT: lambda: _(
        "Its own figure is higher by %(points)s and by two steps at least.",
        points=points(WIDE_TENTHS),
    ),
    FindingKind.HIDDEN_STRENGTH: lambda: _(
        "Its own figure is lower by %(points)s and by two steps at least.",
        points=points(WIDE_TENTHS),
    ),
    FindingKind.NOT_SEEN: lambda: _(
        "Half or more could not see it. What partners cannot see cannot be trusted."
    ),
    FindingKind.SPLIT: lambda: _(
        "At least %(share)s in 10 of one group stand at either end.", share=SPLIT_FROM // 10
    ),
    FindingKind.BETTER: lambda: _("At least one step higher than the last time."),
    FindingKind.WORSE: lambda: _("At least one step lower than the last time."),
}
_ONE_VOICE_RULES: Mapping[FindingKind, Callable[[str], str]] = {
    FindingKind.STRENGTH: lambda other: _(
        "The highest figures that %(name)s gives, %(limit)s or more.", name=other, limit=points(STRENGTH_FROM)
    ),
    FindingKind.CONCERN: lambda other: _(
        "The lowest figures that %(name)s gives, below %(limit)s.", name=other, limit=points(CONCERN_BELOW)
    ),
    FindingKind.BLIND_SPOT: lambda other: _(
        "Its own figure is higher than the one that %(name)s gives by %(points)s at least.",
        name=other,
        points=points(WIDE_TENTHS),
    ),
    FindingKind.HIDDEN_STRENGTH: lambda other: _(
        "Its own figure is lower than the one that %(name)s gives by %(points)s at least.",
        name=other,
        points=points(WIDE_TENTHS),
    ),
}
_NOTHING: Mapping[FindingKind, Callable[[str], str]] = {
    FindingKind.STRENGTH: lambda _name: _(
        "No strengths: no statement has a figure of %(limit)s or more.", limit=points(STRENGTH_FROM)
    ),
    FindingKind.CONCERN: lambda _name: _(
        "No concerns: no statement has a figure below %(limit)s.", limit=points(CONCERN_BELOW)
    ),
    FindingKind.BLIND_SPOT: lambda name: _(
        "No blind spots: on no statement does %(name)s see itself %(points)s or more above the others.",
        name=name,
        points=points(WIDE_TENTHS),
    ),
    FindingKind.HIDDEN_STRENGTH: lambda name: _(
        "No hidden strengths: on no statement does %(name)s see itself %(points)s or more below the others.",
        name=name,
        points=points(WIDE_TENTHS),
    ),
    FindingKind.NOT_SEEN: lambda _name: _(
        "Nothing out of sight: of no statement is it shown that half of those who answered could not see it."
    ),
    FindingKind.SPLIT: lambda _name: _("No group is divided so far that it can be told."),
}
