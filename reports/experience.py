"""What people said about the review itself: counted over everybody of a protected group, shown as bands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reports.display import show_share
from reports.language import N_
from reports.model import NOT_SHOWN, DisplayedShare, ExperienceItem, ReportExperience
from surveys.experience import QUESTIONS, Aspect
from surveys.groups import DisclosurePolicy, is_safe

TITLE = N_("The review itself")
EVERYONE_TITLE = "Everyone who answered"


@dataclass(frozen=True, slots=True)
class OpenedExperience:
    """What one person of a protected group said, opened: yes (True) or no, by aspect."""

    organisation_id: str
    answers: Mapping[Aspect, bool]

    def __repr__(self) -> str:
        # A traceback or a log that prints it must not print what somebody said.
        return "OpenedExperience(…)"


def build_experience(
    said: Sequence[OpenedExperience], *, asked: int, policy: DisclosurePolicy
) -> ReportExperience:
    """The displayed shares, in the order of the questions. ``asked``: how many people of protected groups were asked.

    Everybody is one cell: it never falls into groups that could be subtracted from each other.
    """
    items = tuple(
        ExperienceItem(aspect.value, question, _share(said, aspect, policy))
        for aspect, question in QUESTIONS.items()
    )
    answered = Counter(one.organisation_id for one in said if one.answers)
    built = ReportExperience(asked, answered.total(), items)
    is_shown = is_safe(answered, policy) and any(item.share != NOT_SHOWN for item in items)
    return built if is_shown else without_shares(built)


def without_shares(experience: ReportExperience) -> ReportExperience:
    """The same when nothing may be shown: what was asked, and no number of answers."""
    items = tuple(replace(item, share=NOT_SHOWN) for item in experience.items)
    return replace(experience, answers=None, items=items)


def _share(said: Sequence[OpenedExperience], aspect: Aspect, policy: DisclosurePolicy) -> DisplayedShare:
    given = [(one.organisation_id, one.answers[aspect]) for one in said if aspect in one.answers]
    by_organisation = Counter(organisation_id for organisation_id, _ in given)
    return show_share(sum(is_yes for _, is_yes in given), len(given), by_organisation, policy)
