"""Small instruments, groups and random ballots for the tests of counting and releasing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from hypothesis import strategies as st

from reports.aggregate import OpenedBallot
from reports.comparison import Comparison
from reports.release import Release, build_release
from surveys.chain import Role, Sector
from surveys.groups import DisclosurePolicy
from surveys.instrument import Instrument, MerlinElement, OptOut, Point, Question, Scale, Section, Voice
from surveys.matrix import Group, PartyKind
from surveys.publication import CountedBy
from surveys.subjects import Subject

POLICY = DisclosurePolicy()
NAMES = {"prime": "Alder Ltd", "chain": "The North"}
PARTNER, OWN = Voice.PARTNER_ON_PRIME, Voice.PRIME_ON_ITSELF
COMMISSIONER, SPOT, ANYONE = Voice.COMMISSIONER_ON_PRIME, Voice.SPOT_PROVIDER_ON_PRIME, Voice.ANYONE_ON_CHAIN


def _question(id_: str, *voices: Voice) -> Question:
    return Question(
        id_,
        ("P2a.1",),
        MerlinElement.CONTRACT,
        "",
        {voice: f"{voice.value}: {{prime}} in {{chain}} does {id_}." for voice in voices},
    )


INSTRUMENT = Instrument(
    "small",
    1,
    "Small",
    "For tests.",
    Scale(
        tuple(Point(value, str(value)) for value in range(1, 6)),
        {opt_out: opt_out.value for opt_out in OptOut},
    ),
    {voice: voice.value for voice in Voice},
    (
        Section(
            "2a",
            "Openness",
            "Being open",
            "",
            "",
            (
                _question("q1", OWN, PARTNER, COMMISSIONER, SPOT, ANYONE),
                _question("q2", OWN, PARTNER, ANYONE),
                _question("q3", OWN, COMMISSIONER),
            ),
        ),
        Section(
            "2c", "Payment", "Paying fairly", "", "", (_question("q4", PARTNER, OWN), _question("q5", SPOT))
        ),
        Section("4a", "Review", "Reviewing", "", "", (_question("q6", ANYONE),)),
    ),
)

PRIME = Group("prime", "Alder Ltd", True, frozenset({PartyKind(Role.PRIME, Sector.PRIVATE)}))
COMMISSIONERS = Group(
    "commissioners", "Commissioners", False, frozenset({PartyKind(Role.COMMISSIONER, Sector.PUBLIC)})
)
SOLE_COMMISSIONER = Group("sole", "The Department", True, COMMISSIONERS.kinds)
VOLUNTARY = Group("vcs", "Voluntary", False, frozenset({PartyKind(Role.SUBCONTRACTOR, Sector.VCS)}))
PRIVATE = Group("private", "Private", False, frozenset({PartyKind(Role.SUBCONTRACTOR, Sector.PRIVATE)}))
SPECIALISTS = Group("specialists", "Specialists", False, frozenset({PartyKind(Role.SPECIALIST, Sector.VCS)}))
SPOT_PROVIDERS = Group(
    "spot", "Spot providers", False, frozenset({PartyKind(Role.SPOT_PROVIDER, Sector.PRIVATE)})
)
# Not in the order of a report, on purpose.
GROUPS = (COMMISSIONERS, VOLUNTARY, PRIME, PRIVATE, SPECIALISTS, SPOT_PROVIDERS)
PROTECTED = tuple(group for group in GROUPS if not group.is_attributed)
QUESTIONS = tuple(question.id for question in INSTRUMENT.questions())


def ballots_of(
    group: Group, organisations: Sequence[int], rating: int = 3, subject: Subject = Subject.PRIME
) -> list[OpenedBallot]:
    """One ballot per person, all with one rating; ``organisations`` says how many people each sends."""
    return [
        OpenedBallot(subject, group.id, f"{group.id}-{number}", dict.fromkeys(QUESTIONS, rating))
        for number, people in enumerate(organisations)
        for _ in range(people)
    ]


def release_of(
    ballots: Sequence[OpenedBallot],
    groups: Sequence[Group] = GROUPS,
    subjects: Sequence[Subject] = (Subject.PRIME,),
    merge_first: Mapping[Subject, frozenset[str]] | None = None,
    policy: DisclosurePolicy = POLICY,
    *,
    counted_by: CountedBy = CountedBy.PERSON,
    comparison: Comparison | None = None,
) -> Release:
    """The release of ballots on the small instrument, when every group was asked thirty reviews."""
    return build_release(
        ballots,
        instrument=INSTRUMENT,
        groups=groups,
        names=NAMES,
        asked={(subject, group.id): 30 for subject in subjects for group in groups},
        policy=policy,
        merge_first=merge_first or {},
        experience=None,
        counted_by=counted_by,
        comparison=comparison,
    )


@st.composite
def chains_of_ballots(draw: st.DrawFn, smallest: int = 3, largest: int = 40) -> list[OpenedBallot]:
    """The ballots of a chain of 3 to 40 protected raters and perhaps the prime, with opt-outs and gaps."""
    bias = draw(st.integers(1, 5))
    rater = st.tuples(st.sampled_from(PROTECTED), st.integers(1, 5))
    raters = draw(st.lists(rater, min_size=smallest, max_size=largest))
    people = [(group, f"{group.id}-{number}") for group, number in raters]
    people += [(PRIME, "alder")] * draw(st.integers(0, 1))
    # One seed instead of a drawn value per answer: hypothesis is slow with thousands of them.
    random = Random(draw(st.integers(0, 2**32)))
    choices = [1, 2, 3, 4, 5, *[bias] * 10, OptOut.NOT_SEEN, None]
    return [
        OpenedBallot(
            subject,
            group.id,
            organisation,
            {id_: value for id_ in QUESTIONS if (value := random.choice(choices)) is not None},
        )
        for group, organisation in people
        for subject in (Subject.PRIME, Subject.CHAIN)
        if random.random() < 0.9
    ]
