"""What one respondent is told about who will see what: the facts; the words are in the templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from review_app.services.answering import Respondent, Review
from review_app.web.respondent.wording import group_title, people, people_from
from surveys.cycle import KeyMode
from surveys.groups import DisclosurePolicy
from surveys.publication import CountedBy, PublicationRule


@dataclass(frozen=True, slots=True)
class Promise:
    """The facts that the promise to one respondent is made of.

    ``people`` and ``asked``: the group's size in words. ``from_others``: how many answers must be left when any one
    organisation is taken out. ``is_small``: even if everybody answers, the group cannot be shown alone.
    ``publishes_at``: when everybody gets the report, None: once the steward has checked the comments. ``is_open``: the
    commissioners get the reports on single partners; ``has_partner_reports``: this person is asked about some.
    """

    party_name: str
    prime_name: str
    steward_name: str
    group_title: str
    people: str
    asked: str
    is_attributed: bool
    is_alone: bool
    is_small: bool
    is_two_key: bool
    k: int
    organisations: int
    from_others: int
    comment_answers: int
    comment_group: int
    closes_at: datetime
    chain_name: str
    publishes_at: datetime | None
    is_open: bool
    has_partner_reports: bool
    counts_organisations: bool


def promise_to(respondent: Respondent, review: Review | None = None) -> Promise:
    """The promise to a respondent, by their group, the thresholds of their cycle and who holds its key.

    With ``review``: by the group in which the answers of that one review are counted.
    """
    group = respondent.group if review is None else review.group
    policy = DisclosurePolicy(k=respondent.k)
    asked, organisations = respondent.group_people, respondent.group_organisations
    return Promise(
        party_name=respondent.party_name,
        prime_name=respondent.prime_name,
        steward_name=respondent.steward_name,
        group_title=group.title if review is None else group_title(review),
        people=people(asked),
        asked=people_from(asked, organisations),
        is_attributed=group.is_attributed,
        is_alone=asked == 1,
        is_small=asked < policy.k or organisations < policy.min_organisations,
        is_two_key=respondent.key_mode is KeyMode.TWO_KEY,
        k=policy.k,
        organisations=policy.min_organisations,
        from_others=policy.min_without_any_organisation,
        comment_answers=policy.comment_answers,
        comment_group=policy.comment_group,
        closes_at=respondent.closes_at,
        chain_name=respondent.chain_name,
        publishes_at=respondent.publishes_at,
        is_open=respondent.publication is PublicationRule.OPEN,
        has_partner_reports=any(one.subject.is_partner for one in respondent.reviews),
        counts_organisations=respondent.counted_by is CountedBy.ORGANISATION,
    )
