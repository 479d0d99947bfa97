"""The words beside the figures: scale words, sentences for gaps, and the findings that head a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from reports.model import Displayed, End, Gap, GapVerdict, Shown

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SMALL_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def scale_words(figure: Displayed, labels: Sequence[str]) -> str:
    """The nearest word of the scale: "usually", "rarely to sometimes", "usually or always"; "" when not shown.

    ``labels``: the labels of the points, lowest first. A figure halfway between two points gets both
    words, and a joined end names the point beyond it too.
    """
    if not isinstance(figure, Shown):
        return ""
    words = [_lowered(label) for label in labels]
    point, rest = divmod(figure.tenths, 10)
    if rest == 5 and figure.end is End.NONE:
        return f"{words[point - 1]} to {words[point]}"
    nearest = point - 1 + (rest > 5)
    if figure.end is End.OR_BELOW:
        return f"{words[nearest]} or {words[nearest - 1]}" if nearest else f"{words[0]} or nearly so"
    if figure.end is End.OR_ABOVE:
        is_last = nearest == len(words) - 1
        return f"{words[nearest]} or nearly so" if is_last else f"{words[nearest]} or {words[nearest + 1]}"
    return words[nearest]


def in_words(figure: Displayed, labels: Sequence[str]) -> str:
    """The figure as a sentence says it: "usually (4.0)", "rarely or never (2.0 or below)"."""
    words = scale_words(figure, labels)
    return f"{words} ({figure.text})" if words else figure.text


def difference(own: Displayed, everyone: Displayed, verdict: GapVerdict | None) -> str:
    """How far the own view is from everyone's: "1.5 higher", "at least 2.5 higher", "about the same".

    ``verdict`` None, or a figure that is not shown, says that nothing can be compared.
    """
    if verdict is None or not isinstance(own, Shown) or not isinstance(everyone, Shown):
        return "cannot be compared"
    if verdict is GapVerdict.ABOUT_THE_SAME:
        return "about the same"
    tenths = abs(own.tenths - everyone.tenths)
    # By the gap rule an own figure beyond a joined end is "about the same": here it can only be further off.
    bound = "" if everyone.end is End.NONE else "at least "
    way = "higher" if verdict is GapVerdict.SELF_HIGHER else "lower"
    return f"{bound}{tenths // 10}.{tenths % 10} {way}"


def gap_sentence(gap: Gap, own_name: str, labels: Sequence[str]) -> str:
    """What the two sides say about one statement."""
    return (
        f"{own_name} says {in_words(gap.own, labels)}; "
        f"all partners together say {in_words(gap.everyone, labels)}."
    )


def gaps_finding(gaps: Sequence[Gap], own_name: str) -> str:
    """The finding of the widest gaps, as a title."""
    higher = sum(gap.verdict is GapVerdict.SELF_HIGHER for gap in gaps)
    lower = sum(gap.verdict is GapVerdict.SELF_LOWER for gap in gaps)
    if higher == len(gaps):
        return f"In each of the widest gaps, {own_name} sees the practice more often than its partners do"
    if lower == len(gaps):
        return f"In each of the widest gaps, {own_name} sees the practice less often than its partners do"
    if not higher and not lower:
        return f"On every statement, {own_name} and its partners see about the same"
    return (
        f"Where {own_name} and its partners are furthest apart: "
        f"{number(higher)} seen more often by {own_name}, {number(lower)} less often"
    )


def elements_finding(verdicts: Sequence[GapVerdict | None], own_name: str) -> str:
    """The finding of the elements' own view beside everyone's, as a title."""
    total = len(verdicts)
    higher = verdicts.count(GapVerdict.SELF_HIGHER)
    lower = verdicts.count(GapVerdict.SELF_LOWER)
    if not any(verdicts):
        return f"How {own_name} and its partners see each element"
    if not higher and not lower:
        return f"{own_name} and its partners see each element about the same"
    if higher:
        return f"{own_name} sees these practices more often than its partners do in {_share(higher, total, 'element')}"
    return f"{own_name} sees these practices less often than its partners do in {_share(lower, total, 'element')}"


def statements_finding(verdicts: Sequence[GapVerdict | None], own_name: str | None) -> str:
    """The finding of one element's statements, as a title. ``own_name`` None: the subject has no view of its own."""
    compared = [verdict for verdict in verdicts if verdict is not None]
    if own_name is None or not compared:
        return "What each group says, statement by statement"
    higher = compared.count(GapVerdict.SELF_HIGHER)
    lower = compared.count(GapVerdict.SELF_LOWER)
    if not higher and not lower:
        return f"{own_name} and its partners see about the same on every statement"
    way, most = ("more", higher) if higher >= lower else ("less", lower)
    share = _share(most, len(compared), "statement")
    return f"{own_name} sees the practice {way} often than its partners do on {share}"


def extremes_finding(named: Iterable[tuple[str, Displayed]]) -> str:
    """Which of several named figures of everyone is the lowest and which the highest, as a title.

    A figure that several share is not named.
    """
    shown = [(name, figure.tenths) for name, figure in named if isinstance(figure, Shown)]
    if len(shown) > 1 and len({tenths for _, tenths in shown}) == 1:
        return "All partners together answer the same on every element"
    found = [
        f"{place} on {_lowered(names[0])}"
        for place, pick in (("lowest", min), ("highest", max))
        if len(names := _names_at(shown, pick)) == 1 and len(shown) > 1
    ]
    return (
        f"All partners together answer {listed(found)}" if found else "What each group says on each element"
    )


def number(count: int) -> str:
    """A count as people write it: words up to ten, digits above."""
    return _SMALL_NUMBERS[count] if count < len(_SMALL_NUMBERS) else f"{count:,}"


def counted(count: int, one: str, many: str) -> str:
    """A count with its noun: "one figure", "12 figures"."""
    return f"{number(count)} {one if count == 1 else many}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def in_a_row(labels: Sequence[str]) -> str:
    """The words of the scale in a sentence: "never, rarely, sometimes, usually or always"."""
    words = [_lowered(label) for label in labels]
    return " or ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def day(iso: str) -> str:
    """A day as people write it: "23 October 2026"."""
    value = date.fromisoformat(iso)
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def period(first: str, last: str) -> str:
    """Two ISO days as people write them: "1 May 2026 to 22 May 2026"; one day alone, where they are the same."""
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def sentence(text: str) -> str:
    """The text with a capital letter at its start."""
    return text[:1].upper() + text[1:]


def _share(count: int, total: int, noun: str) -> str:
    if total == 1:
        return f"the one {noun}"
    return f"all {number(total)} {noun}s" if count == total else f"{number(count)} of {number(total)} {noun}s"


def _names_at(shown: Sequence[tuple[str, int]], pick: Callable[[Iterable[int]], int]) -> list[str]:
    wanted = pick((tenths for _, tenths in shown)) if shown else 0
    return [name for name, tenths in shown if tenths == wanted]


def _lowered(text: str) -> str:
    # An abbreviation ("IT ...") keeps its capitals.
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
