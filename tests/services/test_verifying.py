from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from reports.bundle import (
    CERTIFICATE,
    INSTRUMENT,
    MANIFEST,
    REPORT,
    RULES,
    Evidence,
    bundle,
    manifest_of,
    packed,
    unpacked,
)
from reports.certificate import certify
from reports.concluding import conclude
from reports.errors import DocumentError
from reports.export import to_csv
from reports.language import ENGLISH
from reports.model import Report
from reports.release import assemble_all
from reports.render import pdf_environment, render_standalone_html
from reports.serial import digest, report_to_bytes
from reports.variants import Variant, document
from reports.verdicts import Verdict
from reports.verify import verify
from reports.xlsx import to_xlsx
from review_app.config import Settings
from review_app.layout import template_folder
from review_app.sealing_pdf import Seal, seal_of
from review_app.services.report_printing import assets
from review_app.verifying_pdf import certificate_of, read_seal
from tests.unit.test_partner_release import ASH, FACTS, ON_PARTNERS, ON_PRIME, release_of
from tests.unit.test_partner_release import INSTRUMENT as NINE

NOW = datetime.now(UTC)
PDF = "ash.pdf"


@dataclass(frozen=True, slots=True)
class Handed:
    """What an installation hands out: every report of a cycle, a signed PDF and a bundle of the main one."""

    reports: dict[str, Report]
    pdf: bytes
    bundle: bytes
    certificate: bytes

    def content(self, subject: str = "") -> bytes:
        return report_to_bytes(self.reports[subject])


def reports() -> dict[str, Report]:
    facts = replace(
        FACTS, instrument_id=NINE.id, instrument_version=NINE.version, instrument_title=NINE.title
    )
    made = assemble_all(facts, release_of([*ON_PRIME, *ON_PARTNERS]), {})
    return {subject: conclude(report, None) for subject, report in made.items()}


def pdf_of(report: Report, seal: Seal) -> bytes:
    content = document(
        report, digest(report), Variant.TWO_PAGES, ENGLISH, templates=template_folder(), assets=assets()
    )
    return seal.sign(content, digest(report))


def evidence(made: dict[str, Report], pdf: bytes, subject: str = "") -> Evidence:
    return Evidence(report_to_bytes(made[subject]), None, NINE, certify(made, software="test"), {PDF: pdf})


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Handed:
    seal = new_seal(tmp_path_factory.mktemp("one"))
    made = reports()
    pdf = pdf_of(made[""], seal)
    return Handed(made, pdf, bundle(evidence(made, pdf)), seal.certificate().pem.encode())


def verdict(content: bytes, *beside: bytes) -> Verdict:
    return verify([("it", content), *((str(place), one) for place, one in enumerate(beside))], read_seal)[0]


def wrong(content: bytes, *beside: bytes) -> list[str]:
    return [line.text for line in verdict(content, *beside).lines if not line.holds]


def test_what_is_handed_out_holds(handed):
    assert wrong(handed.bundle) == []
    assert wrong(handed.pdf) == []
    for subject in handed.reports:
        assert wrong(handed.content(subject)) == []


def test_a_bundle_says_what_was_looked_at_in_plain_sentences(handed):
    said = " ".join(line.text for line in verdict(handed.bundle).lines)
    assert "Nothing in it was changed" not in said
    assert "for everybody of a group whose people answer together" in said
    assert f"its fingerprint is {digest(handed.reports[''])}" in said
    assert "derived figures and conclusions follow from the figures that it shows" in said
    assert "The disclosure audit holds: 5 of five answers stay possible" in said
    assert "Nobody else vouches for it" in said
    assert "the signature covers every byte of it" in said


def test_the_same_evidence_is_the_same_bundle(handed):
    assert bundle(evidence(handed.reports, handed.pdf)) == handed.bundle


def test_the_certificate_is_made_again_where_all_reports_are_there(handed):
    others = [handed.content(subject) for subject in handed.reports if subject]
    assert wrong(handed.bundle, *others) == []
    files = unpacked(handed.bundle)
    files[CERTIFICATE] = files[CERTIFICATE].replace(b'"merged":0', b'"merged":1')
    assert wrong(repacked(files), *others) == [
        "The certificate of the audit is not what the audit finds in its reports."
    ]


def test_a_change_of_any_byte_of_a_bundle_is_found(handed):
    places = random.sample(range(len(handed.bundle)), 150)
    assert [place for place in places if verdict(flipped(handed.bundle, place)).holds] == []


def test_a_change_of_any_byte_of_a_pdf_is_found(handed):
    start = handed.pdf.index(b"/Contents <")
    places = {*random.sample(range(len(handed.pdf)), 100), *random.sample(range(start, len(handed.pdf)), 150)}
    assert [place for place in places if verdict(flipped(handed.pdf, place)).holds] == []


def test_what_is_added_to_a_pdf_is_found(handed):
    changed = handed.pdf + b"\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    assert wrong(changed) or not verdict(changed).is_known


def test_an_unsigned_pdf_is_told(handed):
    unsigned = handed.pdf[: handed.pdf.index(b"%%EOF") + 6]
    assert wrong(unsigned) == ["It is not signed: anybody can have changed it."]


@pytest.mark.parametrize("name", [REPORT, RULES, INSTRUMENT, CERTIFICATE, PDF])
def test_a_file_that_is_missing_or_exchanged_is_found_though_the_manifest_was_made_again(handed, name):
    files = unpacked(handed.bundle)
    del files[name]
    assert name == PDF or not verdict(repacked(files)).holds
    files = unpacked(handed.bundle)
    files[name] = files[name][:-1] + b" "
    assert not verdict(repacked(files)).holds


def test_a_displayed_figure_that_was_changed_is_found_though_the_manifest_was_made_again(handed):
    files = unpacked(handed.bundle)
    value = json.loads(files[REPORT])
    part = next(part for part in value["parts"] if part["received"])
    id_ = next(group["id"] for group in part["groups"] if group["answers"])
    part["sections"][0]["items"][0]["values"][id_] = {"tenths": 35, "step": 5, "end": "none"}
    files[REPORT] = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    said = " ".join(wrong(repacked(files)))
    assert "everyone is" in said
    assert "about other reports" in said
    assert "It belongs to another report" in said


def test_a_report_that_was_edited_into_another_form_is_told(handed):
    assert wrong(json.dumps(json.loads(handed.content()), indent=1).encode()) == [
        "It is not written in canonical form: it was edited."
    ]


def test_an_average_over_partners_is_computed_again_from_all_of_them(handed):
    content = bundle(evidence(handed.reports, handed.pdf, ASH))
    assert "It belongs to another report" in " ".join(wrong(content))
    beside = [handed.content(subject) for subject in handed.reports]
    assert [text for text in wrong(content, *beside) if "belongs" not in text] == []


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\x00\xff", b"%PDF-1.7\n", b"PK\x03\x04", b"{}", b'{"schema_version":9}', b"[" * 5000],
)
def test_what_is_none_of_these_is_told_and_breaks_nothing(content):
    found = verdict(content)
    assert not found.holds
    assert found.is_known is content.startswith((b"%PDF", b"PK", b"{"))
    assert found.lines[0].text.startswith("This cannot be read: ")


def test_a_bundle_with_names_that_lead_elsewhere_or_far_too_many_files_is_refused(handed, tmp_path):
    files = unpacked(handed.bundle)
    assert not verdict(repacked({**files, "../../etc/passwd": b"x"}, keep=True)).holds
    with pytest.raises(DocumentError, match="more than an evidence bundle"):
        unpacked(packed({f"{number}": b"" for number in range(60)}))
    bomb = tmp_path / "bomb.zip"
    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        archive.writestr(REPORT, b"0" * 250_000_000)
    with pytest.raises(DocumentError, match="more than an evidence bundle"):
        unpacked(bomb.read_bytes())


def test_another_certificate_than_the_expected_one_is_told(handed, tmp_path):
    other = pdf_of(handed.reports[""], new_seal(tmp_path))
    known = verify([("it", handed.pdf)], lambda one: read_seal(one, expected=fingerprint(handed)))[0]
    assert known.holds
    forged = verify([("it", other)], lambda one: read_seal(one, expected=fingerprint(handed)))[0]
    assert [line.text for line in forged.lines if not line.holds] == [
        "This is not the certificate that it has to be signed with: somebody else made or replaced the file."
    ]


def test_the_command_works_without_server_database_or_settings(handed, tmp_path):
    for name, content in (
        ("good.zip", handed.bundle),
        ("bad.zip", flipped(handed.bundle, 2000)),
        ("no.txt", b"no"),
    ):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "report.pdf").write_bytes(handed.pdf)
    (tmp_path / "signing.pem").write_bytes(handed.certificate)
    good = called(tmp_path, "good.zip", "report.pdf", "--certificate", "signing.pem")
    assert (good.returncode, good.stderr) == (0, "")
    assert "good.zip: holds, signed by CN=Roundtable at 127.0.0.1\n" in good.stdout
    assert "report.pdf: holds, signed by CN=Roundtable at 127.0.0.1\n" in good.stdout
    signed = (
        f"is as it was signed by CN=Roundtable at 127.0.0.1 (fingerprint {fingerprint(handed)}), with the"
    )
    assert f"{signed} certificate that you gave.\n" in good.stdout
    bad = called(tmp_path, "bad.zip", "good.zip")
    assert (bad.returncode, bad.stderr) == (1, "")
    assert "bad.zip: DOES NOT HOLD" in bad.stdout and "\n  NO   " in bad.stdout
    assert called(tmp_path, "no.txt").returncode == 2
    assert called(tmp_path, "no.txt", "bad.zip").returncode == 1
    assert called(tmp_path, "good.zip", "--certificate", "no.txt").returncode == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "bad.zip", "good.zip", "no.txt", "report.pdf", "signing.pem",
    ]  # fmt: skip


def forged(content: bytes) -> bytes:
    """A report in which somebody changed one word that no figure depends on, and kept its form."""
    value = json.loads(content)
    value["facts"]["title"] = "Another title"
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def forged_bundle(content: bytes) -> bytes:
    """The bundle of somebody who changes the report, makes all else agree, and leaves the PDFs out."""
    files = unpacked(content)
    old, new = files[REPORT], forged(files[REPORT])
    before, after = (sha256(one).hexdigest().encode() for one in (old, new))
    del files[PDF]
    return repacked({**files, REPORT: new, CERTIFICATE: files[CERTIFICATE].replace(before, after)})


@pytest.mark.parametrize("make", [forged, forged_bundle])
def test_what_was_forged_with_care_is_only_said_to_agree_with_itself(handed, tmp_path, make):
    content = make(handed.content() if make is forged else handed.bundle)
    (tmp_path / "it").write_bytes(content)
    (tmp_path / "report.pdf").write_bytes(handed.pdf)
    (tmp_path / "signing.pem").write_bytes(handed.certificate)
    found = called(tmp_path, "it")
    assert (found.returncode, found.stderr) == (0, "")
    new = sha256(forged(handed.content())).hexdigest()
    assert found.stdout.startswith("it: agrees with itself, but nobody signed it\n")
    assert found.stdout.endswith(
        "  so   It agrees with itself, but nobody signed it: whoever changed it could have made it agree. Compare its "
        f"fingerprint {new} with the one printed on your report, or give it with --fingerprint.\n"
    )
    for claim in ("holds,", "all of it holds", "was changed", "has not been changed", "Signed"):
        assert claim not in found.stdout
    true = digest(handed.reports[""])
    for given in (true, true[:12].upper()):
        told = called(tmp_path, "it", "--fingerprint", given)
        assert (told.returncode, told.stderr) == (1, "")
        assert "it: DOES NOT HOLD" in told.stdout
        assert f"NO   Its fingerprint is not the one that you gave: it is {new}." in told.stdout
    # The genuine PDF beside it is about another report, and whoever demands a signature gets none.
    assert "it: agrees with itself, but nobody signed it" in called(tmp_path, "it", "report.pdf").stdout
    demanded = called(tmp_path, "it", "report.pdf", "--certificate", "signing.pem")
    assert demanded.returncode == 1
    assert "give its PDF as well" in demanded.stdout


def test_a_report_without_its_pdf_is_known_by_its_fingerprint(handed, tmp_path):
    (tmp_path / "report.json").write_bytes(handed.content())
    true = digest(handed.reports[""])
    printed = f"{true[:30].upper()} {true[30:]}"
    whole = called(tmp_path, "report.json", "--fingerprint", printed)
    assert whole.returncode == 0
    assert whole.stdout.startswith("report.json: holds, and has the fingerprint that you gave\n")
    assert "is the one whose fingerprint you gave, to the last letter. Nobody signed it" in whole.stdout
    start = called(tmp_path, "report.json", "--fingerprint", true[:12])
    assert start.returncode == 0
    assert "begins with the 12 digits that you gave; all 64 would be surer" in start.stdout


def test_a_report_beside_its_signed_pdf_is_signed(handed):
    found = verdict(handed.content(), handed.pdf)
    assert found.heading == "holds, signed with a certificate in the name of CN=Roundtable at 127.0.0.1"
    assert "Anybody can make a certificate in that name: compare its fingerprint" in found.conclusion
    unsigned = handed.pdf[: handed.pdf.index(b"%%EOF") + 6]
    for pdf in (unsigned, flipped(handed.pdf, len(handed.pdf) // 2)):
        assert verdict(handed.content(), pdf).heading == "agrees with itself, but nobody signed it"
    other = next(subject for subject in handed.reports if subject)
    assert not verdict(handed.content(other), handed.pdf).signers


def test_each_of_several_files_has_to_have_one_of_the_fingerprints(handed, tmp_path):
    first, second = (digest(report) for report in list(handed.reports.values())[:2])
    contents = [handed.content(subject) for subject in handed.reports][:2]
    for name, content in zip(("one", "two"), contents, strict=True):
        (tmp_path / name).write_bytes(content)
    assert called(tmp_path, "one", "two", "--fingerprint", first).returncode == 1
    assert not called(tmp_path, "one", "two", "--fingerprint", first, "--fingerprint", second).returncode


@pytest.mark.parametrize("given", ["0123456789a", "0123456789ag", "0" * 65])
def test_a_fingerprint_that_is_none_is_told_with_the_mend(handed, tmp_path, given):
    (tmp_path / "report.json").write_bytes(handed.content())
    found = called(tmp_path, "report.json", "--fingerprint", given)
    assert (found.returncode, found.stdout) == (2, "")
    assert "give 12 to 64 digits (0 to 9 and a to f)" in found.stderr


def test_files_of_a_report_without_proof_are_told_apart_from_forged_ones(handed, tmp_path):
    report, name = handed.reports[""], digest(handed.reports[""])
    page = render_standalone_html(report, name, pdf_environment(template_folder(), ENGLISH), assets())
    files = {"XLSX": to_xlsx(report, name), "CSV": to_csv(report), "HTML": page.encode()}
    for kind, content in files.items():
        (tmp_path / kind).write_bytes(content)
        found = called(tmp_path, kind)
        assert (found.returncode, found.stderr) == (2, "")
        assert found.stdout == (
            f"{kind}: cannot be checked\n       This kind of file ({kind}) carries no proof and cannot be checked. "
            "Check the PDF, the JSON or the evidence bundle of the same report.\n"
        )
    batch = packed({"a.pdf": handed.pdf, "b.pdf": handed.pdf})
    assert "Unpack it, and check the PDFs in it." in verdict(batch).lines[0].text
    # A bundle does not become a workbook by a file more.
    assert verdict(repacked({**unpacked(handed.bundle), "[Content_Types].xml": b""}, keep=True)).is_known


def test_what_a_file_says_cannot_pass_for_a_line_of_the_verdict(handed, tmp_path):
    value = json.loads(handed.content())
    value["facts"]["title"] = "x\n  yes  Signed by the Crown\x1b[2J"
    content = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    (tmp_path / "report.json").write_bytes(content)
    found = called(tmp_path, "report.json").stdout
    assert "\x1b" not in found
    assert not any(line.startswith("  yes  Signed") for line in found.splitlines())


def called(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ROUNDTABLE_")}
    return subprocess.run(
        [sys.executable, "-m", "review_app", "report", "verify", *arguments],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=False,
        text=True,
    )


def repacked(files: dict[str, bytes], *, keep: bool = False) -> bytes:
    """The bundle of somebody who makes its manifest again, unless it is kept."""
    return packed(files if keep else {**files, MANIFEST: manifest_of(files)})


def flipped(content: bytes, place: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1
    return bytes(changed)


def fingerprint(handed: Handed) -> str:
    return certificate_of(handed.certificate).fingerprint


def new_seal(folder: Path) -> Seal:
    """What another installation signs with."""
    environ = {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(folder / "data"),
        "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
        "ROUNDTABLE_SECRET_KEY": "s" * 40,
    }
    return seal_of(Settings.from_env(environ), NOW)
