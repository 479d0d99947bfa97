"""Reviews of any number of people, for tests and benchmarks of mail and of the launch."""

from __future__ import annotations

from datetime import timedelta

from review_app import clock
from review_app.database import transaction
from review_app.services import accounts, approving, chains, cycles, launching
from review_app.services.accounts import AccountRole
from review_app.services.designs import Design
from review_app.state import state
from surveys import library
from surveys.chain import Chain, Contact, Party, Role, Sector
from surveys.cycle import KeyMode
from surveys.grouping import suggest_groups
from surveys.groups import DisclosurePolicy
from surveys.matrix import Plan
from surveys.subjects import USUAL

PEOPLE_OF_A_PARTY = 5


def large_chain(people: int) -> Chain:
    """A prime and its subcontractors, five people each."""
    parties = -(-people // PEOPLE_OF_A_PARTY)
    return Chain("new", f"Chain of {people}", tuple(_party(place, people) for place in range(parties)))


def approved(people: int) -> str:
    """The id of a review of a new large chain that its steward has approved, in one-host mode."""
    with transaction() as session:
        organiser, steward = (
            accounts.create(
                session,
                clock.now(),
                email=f"{role.value}@large.example",
                name="Somebody",
                role=role,
                password="a long enough password",
            )
            for role in (AccountRole.ORGANISER, AccountRole.STEWARD)
        )
        chain_id = chains.keep(session, clock.now(), large_chain(people))
        chain = chains.load(session, chain_id)
        design = Design(
            title="Large",
            instrument=library.latest(library.FIRST_CHOICE),
            plan=Plan(suggest_groups(chain, DisclosurePolicy()), USUAL),
            k=5,
            closes_at=clock.now() + timedelta(days=21),
            key_mode=KeyMode.ONE_HOST,
            steward_id=steward.id,
        )
        cycle_id = cycles.draft(
            session,
            clock.now(),
            chain_id=chain_id,
            organiser_id=organiser.id,
            design=design,
            shortest=timedelta(days=1),
        )
        approving.approve(session, cycle_id, steward.id, opening_key=None)
    return cycle_id


def launch(cycle_id: str) -> None:
    """Launches it."""
    with transaction() as session:
        launching.launch(session, clock.now(), cycle_id, keys=state().keys, shortest=timedelta(days=1))


def _party(place: int, people: int) -> Party:
    first = place * PEOPLE_OF_A_PARTY
    return Party(
        str(place),
        f"Organisation {place}",
        Role.SUBCONTRACTOR if place else Role.PRIME,
        Sector.VCS if place % 2 else Sector.PRIVATE,
        None,
        "",
        ("0",) if place else (),
        tuple(
            Contact(str(number), f"Person {number}", "", f"p{number}@organisation{place}.example")
            for number in range(first, min(first + PEOPLE_OF_A_PARTY, people))
        ),
    )
