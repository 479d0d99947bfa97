from __future__ import annotations

import json
from dataclasses import replace

from reports.certificate import certificate_to_bytes, certify
from reports.release import assemble_all
from reports.serial import digest
from tests.unit.test_partner_release import FACTS, ON_PARTNERS, ON_PRIME, release_of


def reports():
    return assemble_all(FACTS, release_of([*ON_PRIME, *ON_PARTNERS]), {})


def test_the_certificate_names_every_report_by_its_digest_and_says_what_was_checked():
    made = reports()
    certificate = certify(made, software="1.0")
    assert certificate.holds
    assert certificate.findings == ()
    assert certificate.reports == {subject: digest(report) for subject, report in made.items()}
    assert certificate.figures["protected"] > 0
    assert (certificate.least_outsider, certificate.least_insider) == (5, 3)
    assert len(certificate.checks) > 3


def test_it_is_the_same_to_the_last_byte_when_it_is_made_again_in_any_order():
    made = reports()
    again = dict(reversed(made.items()))
    first, second = (certificate_to_bytes(certify(some, software="1.0")) for some in (made, again))
    assert first == second
    assert json.loads(first)["software"] == "1.0"


def test_a_result_of_the_audit_that_is_not_what_it_finds_is_told():
    made = {
        subject: replace(report, audit=replace(report.audit, least_insider=4))
        for subject, report in reports().items()
    }
    assert certify(made, software="1.0").findings == (
        "The reports say that their audit found something else than it finds.",
    )


def test_the_reports_on_one_partner_and_on_the_prime_can_be_certified_without_those_on_others():
    made = reports()
    some = {subject: made[subject] for subject in ("", "partner:ash")}
    certificate = certify(some, software="1.0")
    assert certificate.holds
    assert list(certificate.reports) == ["", "partner:ash"]


def test_a_report_with_other_facts_than_the_rest_is_told():
    made = reports()
    made["partner:ash"] = replace(made["partner:ash"], facts=replace(FACTS, k=7))
    assert any("other facts" in words for words in certify(made, software="1.0").findings)
