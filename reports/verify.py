"""Whether reports, evidence bundles and PDFs are what they say: hashes, derived figures, audit, signatures.

It needs the files alone: no server, no database, no settings. What it finds is said in plain sentences.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from typing import Any

from reports.averages import without_averages
from reports.bundle import CERTIFICATE, INSTRUMENT, MANIFEST, REPORT, RULES, manifest_of, packed, unpacked
from reports.certificate import certify
from reports.errors import DocumentError, SolverError
from reports.exhibits import certificate_fault, instrument_fault
from reports.model import GroupKind, Report
from reports.recompute import average_faults, derived_figures, figure_faults
from reports.reconclude import conclusion_faults
from reports.rule_data import rules_to_bytes
from reports.serial import report_from_bytes, report_to_bytes
from reports.unproven import told_apart
from reports.verdicts import Line, SealFound, Signer, Verdict

_PDF_START, _ZIP_START = b"%PDF", b"PK\x03\x04"


ReadSeal = Callable[[bytes], SealFound]


@dataclass(frozen=True, slots=True)
class _Known:
    """A report that is among the files, read and as plain JSON. ``subject``: as its certificate calls it."""

    content: bytes
    digest: str
    report: Report
    raw: Mapping[str, Any]

    @property
    def subject(self) -> str:
        return next((part.subject for part in self.report.parts if part.is_on_partner), "")


def verify(
    files: Sequence[tuple[str, bytes]],
    read_seal: ReadSeal,
    *,
    fingerprints: Sequence[str] = (),
    must_be_signed: bool = False,
) -> tuple[Verdict, ...]:
    """A verdict on each named file; reports and PDFs that lie among the others are used to check these.

    ``read_seal``: reads the signature of a PDF; raises DocumentError for what is none. ``fingerprints``: starts of the
    digests that the reports have to have, in small letters; each file has to fit one of them, where there are any.
    ``must_be_signed``: a report is faulty where no PDF among the files names it with a signature that holds.
    """
    read_seal = cache(read_seal)
    known = {one.digest: one for name, content in files for one in _reports_in(content)}
    signers: dict[str, set[Signer]] = {}
    for seal in (seal for name, content in files for seal in _seals_in(content, read_seal)):
        if seal.signer and seal.holds:
            signers.setdefault(seal.digest, set()).add(seal.signer)
    found = (_verdict(name, content, known, read_seal) for name, content in files)
    signed = (_signed(one, signers, must_be_signed=must_be_signed) for one in found)
    return tuple(_compared(one, fingerprints) for one in signed)


def _signed(found: Verdict, signers: Mapping[str, Collection[Signer]], *, must_be_signed: bool) -> Verdict:
    """The verdict with who signed its report."""
    by = tuple(sorted(signers.get(found.digest, ())))
    signed = replace(found, signers=by, has_given_certificate=must_be_signed)
    if not must_be_signed or signed.signers or not found.digest:
        return signed
    text = "None of these files is a PDF of it that is signed as it has to be: give its PDF as well."
    return replace(signed, lines=(*found.lines, Line(holds=False, text=text)))


def _compared(found: Verdict, fingerprints: Sequence[str]) -> Verdict:
    """The verdict after the fingerprints that were given, too."""
    if not fingerprints or not found.digest:
        return found
    fitting = [one for one in fingerprints if found.digest.startswith(one)]
    given = max(fitting, key=len, default="")
    text = (
        "Its fingerprint begins as you gave it."
        if given
        else f"Its fingerprint is not the one that you gave: it is {found.digest}."
    )
    return replace(found, given=given, lines=(*found.lines, Line(bool(given), text)))


def _verdict(name: str, content: bytes, known: Mapping[str, _Known], read_seal: ReadSeal) -> Verdict:
    try:
        if content.startswith(_PDF_START):
            lines = tuple(_pdf_lines(content, known, read_seal))
            return Verdict(name, lines, digest=read_seal(content).digest)
        if content.startswith(_ZIP_START):
            digest = sha256(unpacked(content)[REPORT]).hexdigest()
            return Verdict(name, tuple(_bundle_lines(content, known, read_seal)), digest=digest)
        one = _read(content)
        return Verdict(name, tuple(_report_lines(one, known)), digest=one.digest)
    except DocumentError as error:
        if unproven := told_apart(content):
            return Verdict(name, (Line(holds=False, text=unproven),), is_known=False)
        is_known = content.lstrip().startswith((_PDF_START, _ZIP_START, b"{"))
        return Verdict(name, (Line(holds=False, text=f"This cannot be read: {error}."),), is_known)


def _seals_in(content: bytes, read_seal: ReadSeal) -> Iterator[SealFound]:
    """What the PDFs in a file say of themselves, as far as they can be read."""
    found = [content] if content.startswith(_PDF_START) else []
    if content.startswith(_ZIP_START):
        with suppress(DocumentError):
            found = [inner for name, inner in unpacked(content).items() if name.endswith(".pdf")]
    for one in found:
        with suppress(DocumentError):
            yield read_seal(one)


def _reports_in(content: bytes) -> Iterator[_Known]:
    """The reports in a file, as far as they can be read; what cannot is said when its own turn comes."""
    found = [content]
    if content.startswith(_ZIP_START):
        try:
            found = [inner for name, inner in unpacked(content).items() if name.endswith(".json")]
        except DocumentError:
            return
    for one in found:
        try:
            yield _read(one)
        except DocumentError:
            continue


def _read(content: bytes) -> _Known:
    report = report_from_bytes(content)
    return _Known(content, sha256(content).hexdigest(), report, json.loads(content))


def _report_lines(one: _Known, known: Mapping[str, _Known]) -> Iterator[Line]:
    yield Line(holds=True, text=f"{_titled(one)}; its fingerprint is {one.digest}.")
    is_canonical = report_to_bytes(one.report) == one.content
    yield Line(
        is_canonical,
        "It is written in canonical form."
        if is_canonical
        else "It is not written in canonical form: it was edited.",
    )
    yield from _figure_lines(one, known)
    yield from _audit_lines(one, known)


def _titled(one: _Known) -> str:
    facts = one.report.facts
    about = next((part.title for part in one.report.parts if part.is_on_partner), facts.prime_name)
    return f"A report on {about} in {facts.chain_name}: “{facts.title}”, closed on {facts.closed_on}"


def _figure_lines(one: _Known, known: Mapping[str, _Known]) -> Iterator[Line]:
    previous = one.report.previous
    last = known.get(previous.digest) if previous else None
    faults = [*figure_faults(one.raw), *conclusion_faults(one.raw, last.raw if last else None)]
    yield from (Line(holds=False, text=fault) for fault in faults)
    if not faults:
        count = f"{derived_figures(one.raw):,}"
        text = f"All {count} derived figures and conclusions follow from the figures that it shows."
        yield Line(holds=True, text=text)
    if previous and last is None:
        text = (
            f"It compares itself with the report {previous.digest}, which is not among these files: the figures of "
            "that review are taken as they stand."
        )
        yield Line(holds=True, text=text)


def _audit_lines(one: _Known, known: Mapping[str, _Known]) -> Iterator[Line]:
    reference = one.report.facts.reference
    main = next(
        (
            other
            for other in known.values()
            if not other.subject and other.report.facts.reference == reference
        ),
        None,
    )
    alone, repeated = without_averages(one.report.parts[:1]), one.report.parts[1:]
    if one.subject and repeated and main is None:
        yield Line(
            holds=True,
            text="What its suppliers say can be compared only with the main report, which is not among these files.",
        )
        audited = {one.subject: replace(one.report, parts=alone)}
    else:
        kept = (*alone, *repeated) if one.subject else one.report.parts
        audited = {**({"": main.report} if main else {}), one.subject: replace(one.report, parts=kept)}
    try:
        found = certify(audited, software="")
    except SolverError:
        yield Line(holds=False, text="The disclosure audit gave no answer.")
        return
    yield from (Line(holds=False, text=f"The disclosure audit: {finding}") for finding in found.findings)
    if not found.findings:
        text = (
            f"The disclosure audit holds: {found.least_outsider} of five answers stay possible to an outsider, "
            f"{found.least_insider} to one insider, at the least, for everybody of a group whose people answer "
            "together."
        )
        yield Line(holds=True, text=text)
    if not one.report.audit.holds:
        yield Line(holds=False, text="It says of itself that its audit did not hold.")


def _bundle_lines(content: bytes, known: Mapping[str, _Known], read_seal: ReadSeal) -> Iterator[Line]:
    files = unpacked(content)
    is_whole = files[MANIFEST] == manifest_of(files) and content == packed(files)
    yield Line(
        is_whole,
        f"Its {len(files)} files are those that its manifest states, to the last byte; nobody signed the manifest."
        if is_whole
        else f"It was changed: {_what_changed(files)}.",
    )
    one = _read(files[REPORT])
    yield from _report_lines(one, known)
    yield from _exhibit_lines(files, one, known)
    pdfs = sorted(name for name in files if name.endswith(".pdf"))
    if not pdfs:
        yield Line(holds=True, text="It holds no signed PDF: none was made yet, or somebody took them out.")
    for name in pdfs:
        for line in _pdf_lines(files[name], known, read_seal, of=one.digest):
            yield Line(line.holds, f"{name}: {line.text}")


def _what_changed(files: Mapping[str, bytes]) -> str:
    try:
        stated = json.loads(files[MANIFEST])["files"]
        differing = sorted(
            name
            for name in {*stated, *files} - {MANIFEST}
            if name not in files
            or name not in stated
            or stated[name]["sha256"] != sha256(files[name]).hexdigest()
        )
    except (ValueError, KeyError, TypeError):
        return "its manifest cannot be read"
    return (
        f"not as its manifest states: {', '.join(differing)}"
        if differing
        else "the archive itself was edited"
    )


def _exhibit_lines(files: Mapping[str, bytes], one: _Known, known: Mapping[str, _Known]) -> Iterator[Line]:
    if (content := files.get(RULES)) is not None:
        is_same = content == rules_to_bytes(one.report)
        text = "The rules are those by which this version makes reports."
        yield Line(
            is_same,
            text if is_same else "The rules are others than those by which this version makes reports.",
        )
    if (content := files.get(INSTRUMENT)) is not None:
        fault = instrument_fault(content, one.report)
        text = fault or "The questionnaire is the one that the report names, and asks what the report shows."
        yield Line(not fault, text)
    if (content := files.get(CERTIFICATE)) is not None:
        among = {digest: other.report for digest, other in known.items()}
        fault = certificate_fault(content, one.subject, one.digest, among)
        if not fault:
            yield from _average_lines(content, one, known)
        yield Line(
            not fault, fault or "The certificate of the audit names this report and says that it holds."
        )
    for name in (RULES, INSTRUMENT, CERTIFICATE):
        if name not in files:
            yield Line(holds=False, text=f"It holds no {name}.")


def _average_lines(certificate: bytes, one: _Known, known: Mapping[str, _Known]) -> Iterator[Line]:
    """The averages over partners, which only the reports on all of them give."""
    if not any(group.kind is GroupKind.AVERAGE for part in one.report.parts for group in part.groups):
        return
    named = json.loads(certificate)["reports"]
    missing = [digest for digest in named.values() if digest not in known]
    if missing:
        text = (
            "Its averages over all partners can be computed again only from the reports on all of them, of which "
            f"{len(missing)} are not among these files."
        )
        yield Line(holds=True, text=text)
        return
    faults = list(average_faults(one.raw, [known[digest].raw for digest in named.values()]))
    yield from (Line(holds=False, text=fault) for fault in faults)
    if not faults:
        yield Line(holds=True, text="Its averages over all partners follow from the reports on them.")


def _pdf_lines(
    content: bytes, known: Mapping[str, _Known], read_seal: ReadSeal, of: str = ""
) -> Iterator[Line]:
    """``of``: the digest of the report that it has to belong to; "" where it may be any."""
    found = read_seal(content)
    yield from found.lines
    if not found.digest:
        yield Line(holds=False, text="It names no report that it belongs to.")
    elif of and found.digest != of:
        yield Line(holds=False, text=f"It belongs to another report: {found.digest}.")
    else:
        where = "among these files" if found.digest in known else "not among these files"
        yield Line(holds=True, text=f"It belongs to the report {found.digest}, which is {where}.")
