"""What a report concludes from its displayed values, as frozen values: findings, indications, trends, replies.

Nothing here is counted from answers: each can be recomputed by any reader from the figures that stand beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reports.errors import MalformedDocumentError
from reports.figures import Displayed, DisplayedShare
from surveys.improvement import ActionState
from surveys.publication import HoldReason


class FindingKind(StrEnum):
    """What a finding says of one statement. Each kind has a printed rule in ``reports.findings``."""

    STRENGTH = "strength"
    CONCERN = "concern"
    BLIND_SPOT = "blind_spot"
    HIDDEN_STRENGTH = "hidden_strength"
    NOT_SEEN = "not_seen"
    SPLIT = "split"
    BETTER = "better"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands out, with the figures it rests on.

    ``id``: what a reply and an action refer to, unique in its report: "strength:prime:contracts-open".
    ``subject``: the part that it is about. ``everyone`` is the figure of all partners together; of one partner, that
    of the organisation whose view is shown beside its own. ``own``, ``before`` and ``not_seen`` are shown where it
    rests on them: the own view, everyone's figure in the last cycle, the share that could not see it.
    """

    id: str
    kind: FindingKind
    subject: str
    section_id: str
    question_id: str
    everyone: Displayed
    own: Displayed
    before: Displayed
    not_seen: DisplayedShare


class Grade(StrEnum):
    """An indication on the words of the Merlin Standard; a self-assessment, and no accreditation.

    ``SATISFACTORY_OR_BETTER``, ``GOOD_OR_BETTER``: a joined end leaves open which. ``CANNOT_TELL``: too little is
    shown, or the ends leave everything open.
    """

    NOT_YET = "not_yet_satisfactory"
    SATISFACTORY = "satisfactory"
    GOOD = "good"
    EXCELLENT = "excellent"
    SATISFACTORY_OR_BETTER = "satisfactory_or_better"
    GOOD_OR_BETTER = "good_or_better"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Indication:
    """The grade of one principle of the Code. ``shown`` of ``asked`` statements have a figure of everyone.

    ``everyone``: the plain mean of those figures, to a tenth.
    """

    principle: str
    everyone: Displayed
    shown: int
    asked: int
    grade: Grade


@dataclass(frozen=True, slots=True)
class Previous:
    """The last published report of the same chain, with which this one is compared. ``digest``: SHA-256 in hex.

    ``too_few``: the subjects on which so few answered then that nothing can be said of a change.
    """

    reference: str
    title: str
    closed_on: str
    digest: str
    too_few: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the organisation that a finding is about says to it: it changes no figure.

    ``by``: whose reply it is. ``promise``: what it says it will do, "" for nothing; ``replied_on``: ISO day.
    ``held_for``: why the steward held it back, None of one that is shown; then text and promise are "".
    """

    finding_id: str
    by: str
    text: str
    promise: str
    replied_on: str
    held_for: HoldReason | None = None

    def __post_init__(self) -> None:
        """Raises MalformedDocumentError for a reply that is held back and there to be read all the same."""
        if self.held_for is not None and (self.text or self.promise):
            raise MalformedDocumentError("Reply", "is held back and has a text")


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised in a reply to the last report. ``wording``: the statement that it was about."""

    wording: str
    by: str
    text: str
    promised_on: str


class ActionVerdict(StrEnum):
    """What became of the statement that an action was to move. ``TOO_FEW``: answered, then or now, to tell it.

    ``CANNOT_TELL``: both figures are there and leave it open. ``NOT_COMPARABLE``: other words, other groups behind it,
    or no figure then or now.
    """

    BETTER = "better"
    WORSE = "worse"
    ABOUT_THE_SAME = "about_the_same"
    CANNOT_TELL = "cannot_tell"
    TOO_FEW = "too_few"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class AgreedAction:
    """An action that the chain agreed on an earlier report, beside the statement that it was to move.

    ``number``: what people call it by. ``state``: when this report was made. ``owners``: their organisations.
    ``before``, ``now``: the others' figures of that statement as they stand in this report, and no others.
    """

    number: int
    title: str
    state: ActionState
    owners: tuple[str, ...]
    subject: str
    question_id: str
    practices: tuple[str, ...]
    before: Displayed
    now: Displayed
    verdict: ActionVerdict
