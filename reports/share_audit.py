"""The audit of the displayed shares: whether a band leaves both answers possible, for everyone and to any insider."""

from __future__ import annotations

from collections.abc import Iterator

from reports.display import bands_of
from reports.model import WHOLE, ExperienceItem, ReportExperience, ShownShare
from reports.solver import NO_OR_YES, Disclosure, least_feasible
from surveys.groups import DisclosurePolicy

# From here on more answers only make a band say less of each, so that only the largest number is tried beside these.
TRIED_ONE_BY_ONE = 40


def share_faults(experience: ReportExperience, policy: DisclosurePolicy) -> Iterator[str]:
    """What may not be published of an experience, in words; nothing when all may. Raises SolverError."""
    shown = [(item, item.share) for item in experience.items if isinstance(item.share, ShownShare)]
    answers = experience.answers
    if bool(shown) != (answers is not None):
        yield "The review itself: says or hides how many answered, against the rules."
    elif answers is not None and answers < policy.k:
        yield f"The review itself: fewer than {policy.k} people are shown."
    elif answers is not None and answers > experience.asked:
        yield "The review itself: more people answered than were asked."
    for item, share in shown:
        yield from _item_faults(item, share, answers or 0, policy)


def yes_behind(share: ShownShare, n: int) -> tuple[int, int]:
    """The fewest and the most of ``n`` who can have said yes, as a reader infers from a displayed share.

    Worked out from what the band says, and not by the code that chose it. The fewest are more than the most when no
    number fits.
    """
    fitting = [yes for yes in range(n + 1) if _says(share, WHOLE * yes, n)]
    return (min(fitting), max(fitting)) if fitting else (1, 0)


def _says(share: ShownShare, hundredfold: int, n: int) -> bool:
    if share.low == 0 or share.high in {WHOLE, share.low}:
        return share.low * n <= hundredfold <= share.high * n
    return share.low * n < hundredfold < share.high * n


def _item_faults(
    item: ExperienceItem, share: ShownShare, answers: int, policy: DisclosurePolicy
) -> Iterator[str]:
    tried = {*range(policy.k, min(answers, TRIED_ONE_BY_ONE) + 1), max(answers, policy.k)}
    possible = [n for n in sorted(tried) if n <= answers and _is_in_table(share, n)]
    start = f"The review itself, “{item.question}”: the share"
    if not possible:
        yield f"{start} is not one that its number of answers may be shown as."
    for n in possible or [answers]:
        low, high = yes_behind(share, n)
        least = least_feasible((Disclosure(frozenset(range(n)), low, high),), n, NO_OR_YES)
        if least.outsider < len(NO_OR_YES):
            yield f"{start} lets an outsider know the answer of somebody."
        elif least.insider < len(NO_OR_YES):
            yield f"{start} lets an insider know the answer of somebody else."


def _is_in_table(share: ShownShare, n: int) -> bool:
    limit = bands_of(n).limit
    low, high = yes_behind(share, n)
    return low <= high and (share.low, share.high) in {
        (0, limit),
        (limit, WHOLE - limit),
        (WHOLE - limit, WHOLE),
    }
