"""What the columns, roles, sectors and standings of a chain's spreadsheet may be called, and where its headings are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from surveys.chain import Role, Sector, Standing

HEADINGS_WITHIN = 20
LONGEST_HEADING = 100


class Column(StrEnum):
    """A column that is read, by its canonical heading; in the order in which faults of one row are told."""

    ORGANISATION = "organisation"
    ROLE = "role"
    TIER = "tier"
    SECTOR = "sector"
    STANDING = "standing"
    CONTRACTS_WITH = "contracts_with"
    SERVICES = "services"
    CONTACT_NAME = "contact_name"
    JOB_TITLE = "job_title"
    EMAIL = "email"
    POSTAL_ADDRESS = "postal_address"


OPTIONAL = frozenset({Column.TIER, Column.STANDING, Column.SERVICES, Column.JOB_TITLE, Column.POSTAL_ADDRESS})
COMPULSORY = tuple(column for column in Column if column not in OPTIONAL)
# A row that holds these three is the row of headings; a title above it never does.
TELLING = frozenset({Column.ORGANISATION, Column.ROLE, Column.EMAIL})


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands in the sheet: the sheet's own number for it (from 1) and the text of its cells."""

    number: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything but spaces."""
        return not any(cell.strip() for cell in self.cells)


_Key = TypeVar("_Key", bound=StrEnum)


def _index(words: Mapping[_Key, str]) -> dict[str, _Key]:
    return {word: key for key, spellings in words.items() for word in (squash(key.value), *spellings.split())}


def squash(text: str) -> str:
    """The letters and digits of a text without case: "E-mail address" gives "emailaddress"; "" when far too long."""
    if len(text) > LONGEST_HEADING:
        return ""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in folded if letter.isalnum())


_COLUMNS = _index(
    {
        Column.ORGANISATION: "organization organisationname organizationname nameoforganisation nameoforganization"
        " organisations organizations org orgname company companyname provider providername party partyname"
        " partner partnername",
        Column.ROLE: "roles roleinchain roleinthechain roleinsupplychain roleinthesupplychain organisationrole"
        " organizationrole partyrole typeofprovider providertype",
        Column.TIER: "tiers tiernumber supplychaintier tierinchain tierinthechain",
        Column.SECTOR: "sectors sectortype typeofsector organisationsector organizationsector",
        Column.STANDING: "standings status currentstatus partnerstatus organisationstatus organizationstatus"
        " standinginchain standinginthechain",
        Column.CONTRACTS_WITH: "contractwith contractswith contractedto contractedwith contractedby contractor"
        " contractholder buyer buyers buyername commissionedby paidby subcontractorof subcontractedby"
        " subcontractedto contractswithbuyer",
        Column.SERVICES: "service servicesprovided serviceprovided servicedescription description provision"
        " typeofservice whattheydo",
        Column.CONTACT_NAME: "contact contacts contactperson nameofcontact name fullname person personname"
        " contactfullname maincontact",
        Column.JOB_TITLE: "job jobrole position jobposition contacttitle contactjobtitle contactrole post",
        Column.EMAIL: "emails emailaddress emailaddresses contactemail contactemailaddress emailofcontact mail"
        " mailaddress workemail",
        Column.POSTAL_ADDRESS: "postaladdresses address addresses contactaddress contactpostaladdress mailingaddress"
        " postaddress letteraddress addressforletters workaddress streetaddress fulladdress",
    }
)

_ROLES = _index(
    {
        Role.COMMISSIONER: "commissioners commissioningbody commissioningauthority contractingauthority authority"
        " funder client",
        Role.PRIME: "primes primecontractor primeprovider theprime leadcontractor leadprovider maincontractor",
        Role.SUBCONTRACTOR: "subcontractors sub subs subcontractedprovider subcontractingprovider"
        " subprime deliverypartner endtoendprovider endtoendsubcontractor",
        Role.SPECIALIST: "specialists specialistprovider specialistsubcontractor specialistpartner"
        " specialistorganisation",
        Role.SPOT_PROVIDER: "spotproviders spot spotpurchase spotpurchaseprovider spotpurchasedprovider"
        " spotpurchasing spotsupplier adhocprovider",
    }
)

_SECTORS = _index(
    {
        Sector.PUBLIC: "publicsector publicbody state statesector statutory statutorysector government governmental"
        " localauthority localgovernment centralgovernment council",
        Sector.PRIVATE: "privatesector privatecompany commercial business forprofit",
        Sector.VCS: "vcse vcfs vcfse vcsector vcsesector vcssector voluntary voluntarysector community"
        " communitysector voluntarycommunity voluntaryandcommunity voluntarycommunitysector"
        " voluntaryandcommunitysector voluntarycommunityandsocialenterprise voluntarycommunitysocialenterprise"
        " charity charities charitable charitysector registeredcharity third thirdsector socialenterprise cic"
        " notforprofit nonprofit civilsociety",
    }
)

_STANDINGS = _index(
    {
        Standing.PRESENT: "current currently active live working contracted now",
        Standing.PAST: "former formerly previous previously ended left expired inactive notanymore",
        Standing.POTENTIAL: "bid bids bidder bidnowork bidbutnowork bidgotnowork prospective prospect candidate"
        " tendered unsuccessful unsuccessfulbidder future notyet",
    }
)


_TIER = re.compile(r"(?:tier[\s:_-]*)?([0-9])(?:\.0)?", re.IGNORECASE)


def role_of(cell: str) -> Role | None:
    """The role that a cell names, by any of its usual spellings; None when it is no role."""
    return _ROLES.get(squash(cell))


def sector_of(cell: str) -> Sector | None:
    """The sector that a cell names, by any of its usual spellings; None when it is no sector."""
    return _SECTORS.get(squash(cell))


def standing_of(cell: str) -> Standing | None:
    """The standing that a cell names, by any of its usual spellings; None when it is none."""
    return _STANDINGS.get(squash(cell))


def tier_of(cell: str) -> int | None:
    """The tier from 0 to 9 that a cell names ("2", "Tier 2", "2.0"); None when it is no tier."""
    found = _TIER.fullmatch(unicodedata.normalize("NFKC", cell[:LONGEST_HEADING]).strip())
    return int(found[1]) if found else None


def columns_of(cells: Sequence[str]) -> dict[Column, tuple[int, ...]]:
    """Where each column stands in a row of headings (positions from 0), left to right.

    Several positions when several headings mean one column and none, or more than one, is its
    canonical heading: a sheet may have "Name" beside "contact_name".
    """
    found: dict[Column, list[int]] = {}
    for position, cell in enumerate(cells):
        column = _COLUMNS.get(squash(cell))
        if column is not None:
            found.setdefault(column, []).append(position)
    return {column: _canonical(column, positions, cells) for column, positions in found.items()}


def _canonical(column: Column, positions: list[int], cells: Sequence[str]) -> tuple[int, ...]:
    exact = [position for position in positions if squash(cells[position]) == squash(column.value)]
    return tuple(exact if len(exact) == 1 else positions)


def find_headings(rows: Sequence[Row]) -> Row | None:
    """The row of headings: the first of the first twenty that names organisation, role and email; None without one."""
    return next((row for row in _top(rows) if columns_of(row.cells).keys() >= TELLING), None)


def likeliest_headings(rows: Sequence[Row]) -> Row | None:
    """The row among the first twenty that names the most columns; None when none of them names two."""
    best = max(_top(rows), key=lambda row: len(columns_of(row.cells)), default=None)
    return best if best is not None and len(columns_of(best.cells)) > 1 else None


def _top(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows[:HEADINGS_WITHIN] if row.number <= HEADINGS_WITHIN]


def letters_of(position: int) -> str:
    """The letters that a spreadsheet program shows above a column: 0 gives "A", 26 gives "AA"."""
    first, last = divmod(position, 26)
    return (letters_of(first - 1) if first else "") + chr(ord("A") + last)
