"""The words beside the figures: scale words, sentences for gaps, and the findings that head a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from reports.grammar import day as day
from reports.grammar import either
from reports.grammar import listed as listed
from reports.grammar import lowered as lowered
from reports.grammar import number as number
from reports.grammar import period as period
from reports.grammar import sentence as sentence
from reports.language import _, ngettext
from reports.model import Displayed, End, Gap, GapVerdict, Shown


def scale_words(figure: Displayed, labels: Sequence[str]) -> str:
    """The nearest word of the scale: "usually", "rarely to sometimes", "usually or always"; "" when not shown.

    ``labels``: the labels of the points, lowest first. A figure halfway between two points gets both
    words, and a joined end names the point beyond it too.
    """
    if not isinstance(figure, Shown):
        return ""
    words = [lowered(label) for label in labels]
    point, rest = divmod(figure.tenths, 10)
    if rest == 5 and figure.end is End.NONE:
        return _("%(lower)s to %(higher)s", lower=words[point - 1], higher=words[point])
    nearest = point - 1 + (rest > 5)
    beyond = nearest + {End.OR_BELOW: -1, End.OR_ABOVE: 1, End.NONE: 0}[figure.end]
    if figure.end is End.NONE:
        return words[nearest]
    if beyond not in range(len(words)):
        return _("%(word)s or nearly so", word=words[nearest])
    return either([words[nearest], words[beyond]])


def in_words(figure: Displayed, labels: Sequence[str]) -> str:
    """The figure as a sentence says it: "usually (4.0)", "rarely or never (2.0 or below)"."""
    words = scale_words(figure, labels)
    return _("%(words)s (%(figure)s)", words=words, figure=figure.text) if words else figure.text


def difference(own: Displayed, everyone: Displayed, verdict: GapVerdict | None) -> str:
    """How far the own view is from everyone's: "1.5 higher", "at least 2.5 higher", "about the same".

    ``verdict`` None, or a figure that is not shown, says that nothing can be compared.
    """
    if verdict is None or not isinstance(own, Shown) or not isinstance(everyone, Shown):
        return _("cannot be compared")
    if verdict is GapVerdict.ABOUT_THE_SAME:
        return _("about the same")
    gap = points(abs(own.tenths - everyone.tenths))
    # By the gap rule an own figure beyond a joined end is "about the same": here it can only be further off.
    if everyone.end is End.NONE:
        is_higher = verdict is GapVerdict.SELF_HIGHER
        return _("%(points)s higher", points=gap) if is_higher else _("%(points)s lower", points=gap)
    if verdict is GapVerdict.SELF_HIGHER:
        return _("at least %(points)s higher", points=gap)
    return _("at least %(points)s lower", points=gap)


def points(tenths: int) -> str:
    """Tenths as people write them: "1.5"."""
    return f"{tenths // 10}.{tenths % 10}"


def gaps_finding(gaps: Sequence[Gap], own_name: str) -> str:
    """The finding of the widest gaps, as a title."""
    higher = sum(gap.verdict is GapVerdict.SELF_HIGHER for gap in gaps)
    lower = sum(gap.verdict is GapVerdict.SELF_LOWER for gap in gaps)
    if higher == len(gaps):
        return _(
            "In each of the widest gaps, %(name)s sees the practice more often than its partners do",
            name=own_name,
        )
    if lower == len(gaps):
        return _(
            "In each of the widest gaps, %(name)s sees the practice less often than its partners do",
            name=own_name,
        )
    if not higher and not lower:
        return _("On every statement, %(name)s and its partners see about the same", name=own_name)
    return _(
        "Where %(name)s and its partners are furthest apart: %(higher)s seen more often by %(name)s, "
        "%(lower)s less often",
        name=own_name,
        higher=number(higher),
        lower=number(lower),
    )


def elements_finding(verdicts: Sequence[GapVerdict | None], own_name: str) -> str:
    """The finding of the elements' own view beside everyone's, as a title."""
    total = len(verdicts)
    higher = verdicts.count(GapVerdict.SELF_HIGHER)
    lower = verdicts.count(GapVerdict.SELF_LOWER)
    if not any(verdicts):
        return _("How %(name)s and its partners see each element", name=own_name)
    if not higher and not lower:
        return _("%(name)s and its partners see each element about the same", name=own_name)
    values = {"name": own_name, "some": number(higher or lower), "total": number(total)}
    if higher == total:
        return ngettext(
            "%(name)s sees these practices more often than its partners do in the %(total)s element",
            "%(name)s sees these practices more often than its partners do in all %(total)s elements",
            total,
            **values,
        )
    if higher:
        return _(
            "%(name)s sees these practices more often than its partners do in %(some)s of %(total)s elements",
            **values,
        )
    if lower == total:
        return ngettext(
            "%(name)s sees these practices less often than its partners do in the %(total)s element",
            "%(name)s sees these practices less often than its partners do in all %(total)s elements",
            total,
            **values,
        )
    return _(
        "%(name)s sees these practices less often than its partners do in %(some)s of %(total)s elements",
        **values,
    )


def statements_finding(verdicts: Sequence[GapVerdict | None], own_name: str | None) -> str:
    """The finding of one element's statements, as a title. ``own_name`` None: the subject has no view of its own."""
    total = sum(verdict is not None for verdict in verdicts)
    if own_name is None or not total:
        return _("What each group says, statement by statement")
    higher = verdicts.count(GapVerdict.SELF_HIGHER)
    lower = verdicts.count(GapVerdict.SELF_LOWER)
    if not higher and not lower:
        return _("%(name)s and its partners see about the same on every statement", name=own_name)
    values = {"name": own_name, "some": number(max(higher, lower)), "total": number(total)}
    if higher == total:
        return ngettext(
            "%(name)s sees the practice more often than its partners do on the %(total)s statement",
            "%(name)s sees the practice more often than its partners do on all %(total)s statements",
            total,
            **values,
        )
    if lower == total:
        return ngettext(
            "%(name)s sees the practice less often than its partners do on the %(total)s statement",
            "%(name)s sees the practice less often than its partners do on all %(total)s statements",
            total,
            **values,
        )
    if higher >= lower:
        return _(
            "%(name)s sees the practice more often than its partners do on %(some)s of %(total)s statements",
            **values,
        )
    return _(
        "%(name)s sees the practice less often than its partners do on %(some)s of %(total)s statements",
        **values,
    )


def extremes_finding(named: Iterable[tuple[str, Displayed]]) -> str:
    """Which of several named figures of everyone is the lowest and which the highest, as a title.

    A figure that several share is not named.
    """
    shown = [(name, figure.tenths) for name, figure in named if isinstance(figure, Shown)]
    if len(shown) > 1 and len({tenths for _name, tenths in shown}) == 1:
        return _("All partners together answer the same on every element")
    lowest, highest = (_only_at(shown, pick) for pick in (min, max))
    if lowest and highest:
        return _(
            "All partners together answer lowest on %(lowest)s and highest on %(highest)s",
            lowest=lowest,
            highest=highest,
        )
    if lowest:
        return _("All partners together answer lowest on %(lowest)s", lowest=lowest)
    if highest:
        return _("All partners together answer highest on %(highest)s", highest=highest)
    return _("What each group says on each element")


def counted(count: int, one: str, many: str) -> str:
    """A count with its noun: "one figure", "12 figures". For English alone: what readers see takes ``ngettext``."""
    return f"{number(count)} {one if count == 1 else many}"


def in_a_row(labels: Sequence[str]) -> str:
    """The words of the scale in a sentence: "never, rarely, sometimes, usually or always"."""
    return either([lowered(label) for label in labels])


def _only_at(shown: Sequence[tuple[str, int]], pick: Callable[[Iterable[int]], int]) -> str:
    """The one name at the lowest or the highest figure, as it stands in a sentence; "" where several share it."""
    if len(shown) < 2:
        return ""
    wanted = pick(tenths for _name, tenths in shown)
    names = [name for name, tenths in shown if tenths == wanted]
    return lowered(names[0]) if len(names) == 1 else ""
