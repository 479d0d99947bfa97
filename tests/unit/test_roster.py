"""A sheet is a chain, or a list of everything that is wrong with it."""

from __future__ import annotations

import contextlib
import csv
import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.chain import Chain, Role, Sector, Standing
from surveys.columns import role_of, sector_of, tier_of
from surveys.errors import ChainFaultsError, Fault
from surveys.roster import MOST_ROWS, Row, email_key, organisation_key, read_roster
from surveys.texts import clean_line

SAMPLE = Path(__file__).parents[2] / "review_app/demo/northern-bridge.csv"
HEADINGS = "organisation|role|tier|sector|contracts_with|services|contact_name|job_title|email"
PRIME = "Prime Ltd|prime|0|private|||Ann Lee|Director|ann@prime.example"
CRAFT = "Craft CIC|subcontractor|1|vcs|Prime Ltd||Bo Day|Manager|bo@craft.example"


def sheet(*lines: str, headings: str = HEADINGS) -> tuple[Row, ...]:
    return tuple(Row(number, tuple(line.split("|"))) for number, line in enumerate((headings, *lines), 1))


def accept(address: str) -> str | None:
    return None if "@" in address else "There is no @-sign."


def read(*lines: str, headings: str = HEADINGS) -> Chain:
    return read_roster(sheet(*lines, headings=headings), "Test chain", accept)


def faults(*lines: str, headings: str = HEADINGS) -> tuple[Fault, ...]:
    with pytest.raises(ChainFaultsError) as caught:
        read(*lines, headings=headings)
    return caught.value.faults


def places(*lines: str, headings: str = HEADINGS) -> list[str]:
    return [fault.place for fault in faults(*lines, headings=headings)]


def the_fault(*lines: str, headings: str = HEADINGS) -> Fault:
    (only,) = faults(*lines, headings=headings)
    return only


def sample_rows() -> Iterator[Row]:
    text = SAMPLE.read_text(encoding="utf-8")
    for number, cells in enumerate(csv.reader(io.StringIO(text)), 1):
        yield Row(number, tuple(cells))


# What is read


def test_the_sample_is_a_chain_of_22_parties_and_40_contacts() -> None:
    chain = read_roster(tuple(sample_rows()), "Northern Bridge", accept)
    assert len(chain.parties) == 22
    assert sum(len(party.contacts) for party in chain.parties) == 40
    assert chain.prime.name == "Northern Bridge Employment Ltd"
    assert chain.prime.buyers == ("department for skills and work",)
    assert [len([p for p in chain.parties if p.role is role]) for role in Role] == [1, 1, 8, 7, 5]
    debt = next(party for party in chain.parties if party.name == "Lighthouse Debt Advice")
    assert (debt.role, debt.sector, debt.tier) == (Role.SPECIALIST, Sector.VCS, 2)
    assert debt.buyers == (organisation_key("Tyne Steps"),)


def test_several_rows_of_an_organisation_are_one_party_in_the_order_of_the_sheet() -> None:
    chain = read(PRIME, CRAFT, "craft  cic|subcontractor||vcs|PRIME LTD|Skills|Cy Eve||cy@craft.example")
    assert [party.id for party in chain.parties] == ["prime ltd", "craft cic"]
    craft = chain.parties[1]
    assert craft.name == "Craft CIC"
    assert [contact.name for contact in craft.contacts] == ["Bo Day", "Cy Eve"]
    assert craft.contacts[0].id == "bo@craft.example"
    assert craft.services == "Skills"
    assert craft.tier == 1


def test_columns_may_stand_in_any_order_and_be_called_otherwise() -> None:
    chain = read(
        "x|bo@craft.example|Bo Day|VCSE|Prime Ltd|Sub-contractor|Craft CIC",
        "y|ann@prime.example|Ann Lee|Private Sector||Prime Contractor|Prime Ltd",
        headings="Notes|E-mail address|NAME|Sector|Contracts with|role|Organization Name",
    )
    assert [party.name for party in chain.parties] == ["Craft CIC", "Prime Ltd"]
    assert chain.parties[0].contacts[0].email == "bo@craft.example"
    assert chain.parties[0].services == ""
    assert chain.parties[0].contacts[0].job_title == ""


def test_an_exact_heading_wins_over_one_that_only_means_the_same() -> None:
    chain = read(
        "Prime Ltd|prime|private||Ann|Ann Lee|ann@prime.example",
        "Craft CIC|sub|vcs|Prime Ltd|Bo|Bo Day|bo@craft.example",
        headings="organisation|role|sector|contracts with|name|contact name|email",
    )
    assert chain.parties[0].contacts[0].name == "Ann Lee"


def test_titles_above_the_headings_and_blank_rows_are_tolerated() -> None:
    rows = (
        Row(1, ("Our supply chain",)),
        Row(2, ("", "")),
        *(Row(row.number + 3, row.cells) for row in sheet(PRIME, "  | ||", CRAFT)),
    )
    assert len(read_roster(rows, "Test chain", accept).parties) == 2


def test_faults_below_a_title_keep_the_numbers_of_the_sheet() -> None:
    rows = (Row(1, ("Title",)), *(Row(row.number + 6, row.cells) for row in sheet(PRIME, CRAFT + "@")))
    with pytest.raises(ChainFaultsError) as caught:
        read_roster(rows, "Test chain", lambda address: "Bad." if address.endswith("@") else None)
    assert [fault.place for fault in caught.value.faults] == ["row 9, column email"]


def test_headings_below_the_twentieth_row_are_not_looked_for() -> None:
    rows = tuple(Row(row.number + 20, row.cells) for row in sheet(PRIME, CRAFT))
    with pytest.raises(ChainFaultsError) as caught:
        read_roster(rows, "Test chain", accept)
    assert caught.value.faults[0].place == "file"
    assert "contracts_with" in caught.value.faults[0].mend


def test_a_row_that_holds_only_a_contact_continues_the_organisation_above() -> None:
    chain = read(PRIME, CRAFT, "||||||Cy Eve|Clerk|cy@craft.example", "||||||Di Fox||di@craft.example")
    assert [len(party.contacts) for party in chain.parties] == [1, 3]


def test_a_contact_below_a_blank_row_belongs_to_nobody() -> None:
    assert places(PRIME, CRAFT, "", "||||||Cy Eve||cy@craft.example") == ["row 5, column organisation"]


def test_a_role_without_an_organisation_is_a_fault() -> None:
    assert places(PRIME, CRAFT, "|specialist||vcs|Prime Ltd||Cy Eve||cy@c.example") == [
        "row 4, column organisation"
    ]


def test_a_later_row_may_leave_out_what_the_first_one_says() -> None:
    chain = read(PRIME, CRAFT, "Craft CIC||||||Cy Eve||cy@craft.example")
    assert chain.parties[1].role is Role.SUBCONTRACTOR
    assert len(chain.parties[1].contacts) == 2


def test_several_buyers_are_separated_by_semicolons() -> None:
    chain = read(PRIME, CRAFT, "Debt Aid|specialist|2|vcs|Prime Ltd; Craft CIC ;||Cy Eve||cy@debt.example")
    assert chain.parties[2].buyers == ("prime ltd", "craft cic")


def test_names_are_kept_composed_and_without_stray_spaces_or_invisible_letters() -> None:
    decomposed = unicodedata.normalize("NFD", "Zoë  Núñez")
    chain = read(PRIME, f"Craft\u200b CIC|sub|1|vcs|Prime Ltd||\u00a0{decomposed}\t||bo@craft.example")
    assert chain.parties[1].name == "Craft CIC"
    assert chain.parties[1].contacts[0].name == "Zoë Núñez"


def test_text_that_looks_like_a_formula_stays_text() -> None:
    chain = read(PRIME, "=2+5|sub|1|vcs|Prime Ltd|@SUM(A1)|+Bo|-Boss|bo@craft.example")
    assert chain.parties[1].name == "=2+5"
    assert chain.parties[1].services == "@SUM(A1)"
    assert chain.parties[1].contacts[0].name == "+Bo"


def test_cells_missing_at_the_end_of_a_row_are_blank() -> None:
    assert places(PRIME, CRAFT, "Short Ltd|specialist||vcs|Prime Ltd") == [
        "row 4, column contact_name",
        "row 4, column email",
    ]


@pytest.mark.parametrize(
    ("cell", "role"),
    [
        ("Commissioner", Role.COMMISSIONER),
        ("PRIME", Role.PRIME),
        ("Prime contractor", Role.PRIME),
        ("prime provider", Role.PRIME),
        ("Sub-contractor", Role.SUBCONTRACTOR),
        ("sub contractor", Role.SUBCONTRACTOR),
        ("specialist provider", Role.SPECIALIST),
        ("spot provider", Role.SPOT_PROVIDER),
        ("Spot-provider", Role.SPOT_PROVIDER),
        ("SPOT_PROVIDER", Role.SPOT_PROVIDER),
        ("spot purchase provider", Role.SPOT_PROVIDER),
        ("ｐｒｉｍｅ", Role.PRIME),
        ("primate", None),
        ("", None),
    ],
)
def test_roles_are_known_by_their_usual_spellings(cell: str, role: Role | None) -> None:
    assert role_of(cell) is role


@pytest.mark.parametrize(
    ("cell", "sector"),
    [
        ("public", Sector.PUBLIC),
        ("State", Sector.PUBLIC),
        ("private sector", Sector.PRIVATE),
        ("VCSE", Sector.VCS),
        ("Voluntary", Sector.VCS),
        ("Voluntary & Community", Sector.VCS),
        ("charity", Sector.VCS),
        ("Third sector", Sector.VCS),
        ("other", None),
    ],
)
def test_sectors_are_known_by_their_usual_spellings(cell: str, sector: Sector | None) -> None:
    assert sector_of(cell) is sector


@pytest.mark.parametrize(
    ("cell", "tier"),
    [
        ("0", 0),
        ("2", 2),
        ("2.0", 2),
        ("Tier 3", 3),
        ("tier-1", 1),
        ("10", None),
        ("-1", None),
        ("two", None),
        ("²", 2),
    ],
)
def test_tiers_are_small_numbers(cell: str, tier: int | None) -> None:
    assert tier_of(cell) == tier


# What is refused, by row and column


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        (
            "Debt Aid|adviser|2|vcs|Prime Ltd||Cy||cy@d.example",
            "row 4, column role",
            "“adviser” is not a known role.",
        ),
        (
            "Debt Aid|specialist|2|odd|Prime Ltd||Cy||cy@d.example",
            "row 4, column sector",
            "“odd” is not a known sector.",
        ),
        (
            "Debt Aid|specialist|x|vcs|Prime Ltd||Cy||cy@d.example",
            "row 4, column tier",
            "“x” is not a known tier.",
        ),
        ("Debt Aid||2|vcs|Prime Ltd||Cy||cy@d.example", "row 4, column role", "The role is missing."),
        (
            "Debt Aid|specialist|2||Prime Ltd||Cy||cy@d.example",
            "row 4, column sector",
            "The sector is missing.",
        ),
        (
            "|specialist|2|vcs|Prime Ltd||Cy||cy@d.example",
            "row 4, column organisation",
            "The organisation is missing.",
        ),
        (
            "Debt Aid|specialist|2|vcs|Prime Ltd||||cy@d.example",
            "row 4, column contact_name",
            "The contact_name is missing.",
        ),
        ("Debt Aid|specialist|2|vcs|Prime Ltd||Cy||", "row 4, column email", "The email is missing."),
        (
            "Debt Aid|specialist|2|vcs|Prime Ltd||Cy||cy.d.example",
            "row 4, column email",
            "There is no @-sign.",
        ),
        (
            "Debt Aid|specialist|2|vcs|Prime Ltd||Cy||BO@craft.example",
            "row 4, column email",
            "Rows 3 and 4 have the same address.",
        ),
        (
            "Debt Aid|specialist|2|vcs|||Cy||cy@d.example",
            "row 4, column contracts_with",
            "contracts with nobody",
        ),
        (
            "Debt Aid|specialist|2|vcs|Debt Aid||Cy||cy@d.example",
            "row 4, column contracts_with",
            "contract with itself",
        ),
        (
            "Debt Aid|specialist|2|vcs|Nobody Inc||Cy||cy@d.example",
            "row 4, column contracts_with",
            "“Nobody Inc” is not an organisation in this sheet",
        ),
        (
            "Debt Aid|prime|2|vcs|||Cy||cy@d.example",
            "row 4, column role",
            "“Debt Aid” is a second prime beside “Prime Ltd”.",
        ),
        (
            "Craft CIC|specialist|1|vcs|Prime Ltd||Cy||cy@d.example",
            "row 4, column role",
            "“specialist” contradicts row 3",
        ),
        ("Craft CIC|sub|2|vcs|Prime Ltd||Cy||cy@d.example", "row 4, column tier", "“2” contradicts row 3"),
        (
            "Craft CIC|sub|1|private|Prime Ltd||Cy||cy@d.example",
            "row 4, column sector",
            "“private” contradicts row 3",
        ),
        (
            f"Debt Aid|specialist|2|vcs|Prime Ltd|{'x' * 201}|Cy||cy@d.example",
            "row 4, column services",
            "longer than 200",
        ),
        (
            f"Debt Aid|specialist|2|vcs|Prime Ltd||{'x' * 201}||cy@d.example",
            "row 4, column contact_name",
            "longer than 200",
        ),
        (
            f"{'x' * 201}|specialist|2|vcs|Prime Ltd||Cy||cy@d.example",
            "row 4, column organisation",
            "longer than 200",
        ),
        (
            f"Debt Aid|specialist|2|vcs|Prime Ltd||Cy||{'x' * 250}@d.example",
            "row 4, column email",
            "longer than 254",
        ),
        (
            f"Debt Aid|specialist|2|vcs|{';Prime Ltd' * 21}||Cy||cy@d.example",
            "row 4, column contracts_with",
            "More than 20 buyers",
        ),
        (
            f"Debt Aid|specialist|2|vcs|Prime Ltd||e{chr(0x301) * 40}||cy@d.example",
            "row 4, column contact_name",
            "far too many accents",
        ),
    ],
)
def test_a_fault_is_told_by_row_and_column(line: str, place: str, words: str) -> None:
    fault = the_fault(PRIME, CRAFT, line)
    assert fault.place == place
    assert words in fault.message
    assert fault.mend


def test_rows_of_one_organisation_that_name_other_buyers_contradict() -> None:
    other = "Debt Aid|specialist|2|vcs|Craft CIC||Cy||cy@d.example"
    fault = the_fault(PRIME, CRAFT, other, "Debt Aid|specialist|2|vcs|Prime Ltd||Di||di@d.example")
    assert fault.place == "row 5, column contracts_with"
    assert "where the same organisation has “Craft CIC”" in fault.message


def test_the_same_buyers_in_another_order_do_not_contradict() -> None:
    lines = ("Debt Aid|specialist|2|vcs|Craft CIC;Prime Ltd||Cy||cy@d.example",
             "Debt Aid|specialist|2|vcs|PRIME LTD ; craft cic||Di||di@d.example")  # fmt: skip
    assert read(PRIME, CRAFT, *lines).parties[2].buyers == ("craft cic", "prime ltd")


def test_a_misspelt_buyer_is_told_with_the_nearest_name_on_every_row() -> None:
    lines = [f"Debt Aid|specialist|2|vcs|Craft CIV||P{n}||p{n}@d.example" for n in range(2)]
    found = faults(PRIME, CRAFT, *lines)
    assert [fault.place for fault in found] == [f"row {n}, column contracts_with" for n in (4, 5)]
    assert all("Did you mean “Craft CIC”?" in fault.mend for fault in found)


def test_a_sheet_without_a_prime_is_refused() -> None:
    fault = the_fault(PRIME.replace("prime|0", "commissioner|0"), CRAFT)
    assert fault.place == "column role"
    assert fault.message == "No row has the role prime."


def test_a_prime_below_one_of_its_partners_is_refused() -> None:
    other = "Debt Aid|specialist|2|vcs|Craft CIC||Cy||cy@d.example"
    commissioner = "Office|commissioner||public|||Di||di@office.example"
    above = CRAFT.replace("Prime Ltd", "Office")
    fault = the_fault(PRIME.replace("private||", "private|Craft CIC|"), above, other, commissioner)
    assert fault.place == "row 2, column contracts_with"
    assert "which is no commissioner" in fault.message


def test_a_loop_of_contracts_is_named_from_its_first_row() -> None:
    lines = (
        "A|sub|1|vcs|C||A||a@a.example",
        "B|sub|1|vcs|A||B||b@b.example",
        "C|sub|1|vcs|B||C||c@c.example",
    )
    fault = the_fault(PRIME, CRAFT, *lines)
    assert fault.place == "row 4, column contracts_with"
    assert "A → C → B → A." in fault.message


def test_every_loop_is_told_once() -> None:
    lines = (
        "A|sub|1|vcs|B||A||a@a.example",
        "B|sub|1|vcs|A||B||b@b.example",
        "C|sub|1|vcs|D||C||c@c.example",
        "D|sub|1|vcs|C;A||D||d@d.example",
    )
    assert places(PRIME, *lines) == ["row 3, column contracts_with", "row 5, column contracts_with"]


def test_two_ways_to_one_buyer_are_no_loop() -> None:
    read(
        PRIME,
        "A|sub|1|vcs|Prime Ltd||A||a@a.example",
        "B|sub|1|vcs|Prime Ltd||B||b@b.example",
        "C|sub|1|vcs|A;B||C||c@c.example",
    )


def test_a_chain_of_one_party_is_refused() -> None:
    fault = the_fault(PRIME)
    assert fault.place == "file"
    assert "two organisations at least" in fault.message


@pytest.mark.parametrize(
    "column", ["organisation", "role", "sector", "contracts_with", "contact_name", "email"]
)
def test_a_missing_compulsory_column_is_named(column: str) -> None:
    found = faults(PRIME, CRAFT, headings=HEADINGS.replace(column, "something"))
    assert [fault.place for fault in found] == [f"row 1, column {column}"]
    assert found[0].message == f"There is no column {column} among the headings."


@pytest.mark.parametrize("column", ["tier", "services", "job_title"])
def test_an_optional_column_may_be_missing(column: str) -> None:
    assert len(read(PRIME, CRAFT, headings=HEADINGS.replace(column, "something")).parties) == 2


def test_two_columns_that_mean_the_same_are_named_by_their_letters() -> None:
    fault = the_fault(PRIME, CRAFT, headings=HEADINGS.replace("email", "mail|e-mail address"))
    assert fault.place == "row 1, column email"
    assert "columns I and J" in fault.message


def test_a_sheet_without_headings_is_refused() -> None:
    fault = the_fault(PRIME, CRAFT, headings="a|b|c")
    assert fault.place == "file"
    assert "No row of headings" in fault.message


def test_an_empty_sheet_is_refused() -> None:
    with pytest.raises(ChainFaultsError, match="No row of headings"):
        read_roster((), "Test chain", accept)


def test_more_rows_than_the_limit_are_refused_at_once() -> None:
    lines = [f"O{n}|nonsense||vcs|Prime Ltd||P||p{n}@o.example" for n in range(MOST_ROWS)]
    fault = the_fault(PRIME, *lines)
    assert fault.place == "file"
    assert "more than 5,000 rows" in fault.message


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 201, "x" * 5_000, "e" + "\u0301" * 100])
def test_a_chain_needs_a_usable_name(name: str) -> None:
    with pytest.raises(ChainFaultsError, match="name of the chain"):
        read_roster(sheet(PRIME, CRAFT), name, accept)


def test_all_faults_are_told_at_once_in_the_order_of_the_rows() -> None:
    found = places(
        "Office|comissioner||public|||Di||di@office.example",
        "Craft CIC|sub|z|vcs|Primo||Bo||bo@craft.example",
        "Craft CIC|sub||private|Primo||||Bo@Craft.example",
        "Loop|sub|1|vcs|Loop||Lo||lo.example",
    )
    assert found == [
        "column role",
        "row 2, column role",
        "row 3, column tier",
        "row 3, column contracts_with",
        "row 4, column sector",
        "row 4, column contracts_with",
        "row 4, column contact_name",
        "row 4, column email",
        "row 5, column contracts_with",
        "row 5, column email",
    ]


def test_no_message_quotes_more_than_sixty_characters_of_a_cell() -> None:
    long = "x" * 150
    lines = (
        f"{long}|{long}|{long}|{long}|{long}y|{long}|Cy|{long}|cy@d.example",
        f"{long}y|sub|1|vcs|{long}z||Di||di@d.example",
        f"{long}z|sub|1|vcs|{long}y||Ed||ed@d.example",
        f"{long}z|prime|1|vcs|{long}z||Fi||fi@d.example",
    )
    for fault in faults(PRIME, CRAFT, *lines):
        assert "x" * 61 not in str(fault)


# One address, one organisation


@pytest.mark.parametrize(
    "twin",
    [
        "JO@Bell.Example",
        " jo @ bell.example ",
        "ｊｏ@bell.example",
        "jo@ｂｅｌｌ．example",
        "jo\u200b@bell.example",
        "jo@bell\u3002example",
        "\ufeffjo@bell.example\u00a0",
        "j\u00ado@bell.example",
    ],
)
def test_twins_of_an_address_are_one_address(twin: str) -> None:
    assert email_key(twin) == email_key("jo@bell.example")
    doubled = the_fault(
        PRIME, CRAFT, "A|sub|1|vcs|Prime Ltd||A||jo@bell.example", f"B|sub|1|vcs|Prime Ltd||B||{twin}"
    )
    assert doubled.message == "Rows 4 and 5 have the same address."
    assert doubled.place == "row 5, column email"


def test_composed_and_decomposed_accents_are_one_address() -> None:
    assert email_key("zoe\u0308@bell.example") == email_key("zo\u00eb@bell.example")


def test_a_domain_in_letters_and_in_its_plain_form_are_one_address() -> None:
    assert email_key("jo@bücher.example") == email_key("JO@XN--bcher-kva.example")


def test_other_addresses_stay_other_addresses() -> None:
    addresses = [
        "jo@bell.example",
        "jo.@bell.example",
        "jo+1@bell.example",
        "jo@bell.test",
        "joe@bell.example",
    ]
    assert len({email_key(address) for address in addresses}) == len(addresses)


def test_an_endless_address_is_compared_by_its_beginning_alone() -> None:
    # Unicode's normal form of a long run of accents takes time that grows with its square.
    endless = "a" + "\u0301\u0327" * 500_000
    assert email_key(endless) == email_key(endless[:1000])


@settings(max_examples=300)
@given(st.text(max_size=30))
def test_keys_are_stable_and_do_not_depend_on_cleaning(text: str) -> None:
    for key in (email_key, organisation_key):
        assert key(key(text)) == key(text)
        assert key(clean_line(text)) == key(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert organisation_key(text) or not clean_line(text)


# Nothing but ChainFaultsError, and soon

_CELLS = st.one_of(
    st.text(max_size=20),
    st.text(alphabet=st.characters(), max_size=40),
    st.sampled_from(
        ["prime", "sub", "vcs", "private", "Prime Ltd", "A", "B", "A;B", "", "a@b.example", "=1", "\0"]
    ),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(_CELLS, max_size=11), max_size=12), st.text(max_size=20))
def test_no_text_in_any_cell_raises_anything_else(lines: list[list[str]], name: str) -> None:
    rows = (*sheet(), *(Row(number, tuple(cells)) for number, cells in enumerate(lines, 2)))
    with contextlib.suppress(ChainFaultsError):
        assert read_roster(rows, name, accept).prime.contacts


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(_CELLS, max_size=11), max_size=12))
def test_no_text_in_place_of_headings_raises_anything_else(lines: list[list[str]]) -> None:
    rows = tuple(Row(number, tuple(cells)) for number, cells in enumerate(lines, 1))
    with pytest.raises(ChainFaultsError):
        read_roster(rows, "Test chain", accept)


@pytest.mark.parametrize(
    "line",
    [
        # A line of contracts as long as the sheet, a knot of loops, and names that are all alike and all wrong.
        "O{n}|sub|1|vcs|O{next}||P||p{n}@o.example",
        "O{n}|sub|1|vcs|O{next};O{far};O{n}||P||p{n}@o.example",
        "{n}{long}|sub|1|vcs|{long}{n}||P||p{n}@o.example",
    ],
)
def test_the_largest_sheet_is_judged_whole(line: str) -> None:
    count = MOST_ROWS - 1
    lines = [line.format(n=n, next=(n + 1) % count, far=n * 37 % count, long="ab" * 60) for n in range(count)]
    assert faults(PRIME, *lines)


# Standing


STANDING_HEADINGS = HEADINGS + "|status"


@pytest.mark.parametrize(
    ("cell", "standing"),
    [
        ("", Standing.PRESENT),
        ("present", Standing.PRESENT),
        ("Current", Standing.PRESENT),
        ("Past", Standing.PAST),
        ("former", Standing.PAST),
        ("potential", Standing.POTENTIAL),
        ("Bid", Standing.POTENTIAL),
        ("bid, no work", Standing.POTENTIAL),
    ],
)
def test_a_standing_is_read_by_its_usual_spellings(cell: str, standing: Standing) -> None:
    assert read(f"{PRIME}|", f"{CRAFT}|{cell}", headings=STANDING_HEADINGS).parties[1].standing is standing
    assert read(PRIME, CRAFT).parties[1].standing is Standing.PRESENT


@pytest.mark.parametrize("cell", ["past", "potential"])
def test_who_bid_or_has_left_may_name_a_buyer_or_none(cell: str) -> None:
    alone = CRAFT.replace("|Prime Ltd|", "||")
    assert read(f"{PRIME}|", f"{alone}|{cell}", headings=STANDING_HEADINGS).parties[1].buyers == ()
    assert read(f"{PRIME}|", f"{CRAFT}|{cell}", headings=STANDING_HEADINGS).parties[1].buyers == (
        "prime ltd",
    )
    assert (
        the_fault(f"{PRIME}|", f"{alone}|present", headings=STANDING_HEADINGS).place
        == "row 3, column contracts_with"
    )


def test_what_is_no_standing_is_told_and_so_is_a_prime_that_is_not_there() -> None:
    fault = the_fault(f"{PRIME}|", f"{CRAFT}|sleeping", headings=STANDING_HEADINGS)
    assert fault.place == "row 3, column standing" and "present, past, potential" in fault.mend
    fault = the_fault(f"{PRIME}|past", f"{CRAFT}|", headings=STANDING_HEADINGS)
    assert fault.place == "row 2, column standing"


def test_two_standings_of_one_organisation_contradict_each_other() -> None:
    second = CRAFT.replace("bo@", "cy@")
    fault = the_fault(f"{PRIME}|", f"{CRAFT}|past", f"{second}|potential", headings=STANDING_HEADINGS)
    assert fault.place == "row 4, column standing"


def test_a_name_whose_key_is_far_longer_than_itself_is_refused() -> None:
    found = faults(PRIME, CRAFT, CRAFT.replace("Craft CIC", "\ufdfa" * 60).replace("bo@", "cy@"))
    assert [fault.place for fault in found] == ["row 4, column organisation"]
    assert "longer than 200" in found[0].message
