"""Chains for the tests of their map: a large one, a small one with everything in it, and random ones."""

from __future__ import annotations

from hypothesis import strategies as st

from surveys.chain import Chain, Contact, Party, Role, Sector, Standing

_KINDS = (
    "Skills Trust",
    "Works",
    "Training Ltd",
    "Enterprise Partnership",
    "Community Employment Project CIC",
)
HOSTILE = '<script>alert(1)</script> & "Sons" {{ 7 * 7 }}'


def party(id_: str, role: Role, *buyers: str, name: str = "", people: int = 1, **more: object) -> Party:
    """A party of a chain, its id as its name unless told."""
    contacts = tuple(
        Contact(f"{id_}-{n}", f"Person {n}", "", f"{id_}-{n}@chain.example") for n in range(people)
    )
    fields = {"sector": Sector.PRIVATE, "tier": None, "services": "", **more}
    return Party(id=id_, name=name or id_, role=role, buyers=buyers, contacts=contacts, **fields)  # type: ignore[arg-type]


def small_chain() -> Chain:
    """Five parties: a specialist with two buyers, and a potential partner whose name is hostile."""
    return Chain(
        "small",
        "Small",
        (
            party("dep", Role.COMMISSIONER, name="Wexcombe Council", sector=Sector.PUBLIC),
            party("prime", Role.PRIME, "dep", name="Alder Works Ltd", people=3),
            party("first", Role.SUBCONTRACTOR, "prime", name="Fellside", sector=Sector.VCS, tier=1, people=2),
            party("bid", Role.SUBCONTRACTOR, "prime", name=HOSTILE, standing=Standing.POTENTIAL),
            party("second", Role.SPECIALIST, "first", "prime", name="Lantern Debt Advice", tier=2),
        ),
    )


def large_chain() -> Chain:
    """A hundred and twenty parties: 40 subcontractors, 60 specialists, 18 spot providers; some with two buyers."""
    firsts = [
        party(
            f"t{n}",
            Role.SUBCONTRACTOR,
            "prime",
            name=f"Town {n} {_KINDS[n % 5]}",
            sector=list(Sector)[n % 3],
            people=3,
        )
        for n in range(40)
    ]
    specialists = [
        party(
            f"s{n}",
            Role.SPECIALIST,
            *dict.fromkeys((f"t{n * 7 % 23}", f"t{n * 5 % 30 if n % 11 == 0 else n * 7 % 23}")),
            name=f"Specialist of Place {n}",
            sector=Sector.VCS,
            people=4,
        )
        for n in range(60)
    ]
    spots = [
        party(f"x{n}", Role.SPOT_PROVIDER, "prime" if n % 3 else f"t{n}", name=f"Express Cards {n}", people=2)
        for n in range(18)
    ]
    head = (
        party(
            "dep", Role.COMMISSIONER, name="Department for Skills and Work", sector=Sector.PUBLIC, people=2
        ),
        party("prime", Role.PRIME, "dep", name="Northern Bridge Employment Ltd", people=4),
    )
    return Chain("large", "Large", (*head, *firsts, *specialists, *spots))


@st.composite
def chains(draw: st.DrawFn, most: int = 150) -> Chain:
    """A chain of up to so many parties in any order, each paid by up to three others, without loops."""
    count = draw(st.integers(0, most - 2))
    random = draw(st.randoms(use_true_random=False))
    parties = [
        party("dep", Role.COMMISSIONER),
        party("prime", Role.PRIME, *(["dep"] if random.random() < 0.8 else [])),
    ]
    width = draw(st.integers(1, 40))
    for number in range(count):
        near = [one.id for one in parties[-width:]]
        buyers = random.sample(near, min(len(near), random.choice([0, 1, 1, 1, 1, 2, 3])))
        role = random.choice([Role.SUBCONTRACTOR, Role.SPECIALIST, Role.SPOT_PROVIDER, Role.COMMISSIONER])
        standing = random.choice([Standing.PRESENT, Standing.PRESENT, Standing.PAST])
        parties.append(
            party(f"p{number}", role, *buyers, standing=standing, sector=random.choice(list(Sector)))
        )
    random.shuffle(parties)
    return Chain("random", "Random", tuple(parties))
