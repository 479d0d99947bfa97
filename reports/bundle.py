"""The evidence bundle of a report: everything that it takes to check the report, in one file that needs nothing else.

A zip file that holds its contents as they are: the same contents always give the same bytes, so that what was added,
changed or taken away by chance shows. From who means to deceive only the signed PDFs, and the fingerprint, protect.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from reports.certificate import Certificate, certificate_to_bytes
from reports.errors import MalformedDocumentError
from reports.rule_data import rules_to_bytes
from reports.schema import PUBLISHED_VERSIONS, name_of, published_schema
from reports.serial import report_from_bytes
from reports.sheets import FIRST_MOMENT
from surveys import library
from surveys.instrument import Instrument

REPORT, PREVIOUS, INSTRUMENT = "report.json", "previous-report.json", "questionnaire.yaml"
RULES, CERTIFICATE, MANIFEST, README = "rules.json", "certificate.json", "manifest.json", "read-me.txt"
MANIFEST_VERSION = 1
MOST_FILES, MOST_BYTES = 40, 200_000_000
_WHAT = {
    REPORT: "The report: every figure that it shows, in canonical form. Its SHA-256 is the report's fingerprint.",
    PREVIOUS: "The last report on the same subject, from which the figures of the last review come.",
    INSTRUMENT: "The questionnaire, in exactly the version that people answered.",
    RULES: "The rules: who may be shown, how figures are rounded, from where on something is a finding.",
    CERTIFICATE: "What the disclosure audit found in all the reports of the review.",
    **{
        name_of(version): "What the report's JSON looks like (JSON Schema 2020-12)."
        for version in PUBLISHED_VERSIONS
    },
    README: "How to check the report.",
}
_PDF = "The report as it was handed out, signed."
_READ_ME = f"""How to check this report

1. With Roundtable (no server and no network is needed):

       roundtable report verify THIS-FILE.zip

   It compares every file with {MANIFEST}, computes every derived figure again from those that the report shows,
   runs the disclosure audit again, and says who signed each PDF. A bundle without a signed PDF only agrees with
   itself: give the fingerprint that is printed on your report as well, with --fingerprint.

2. By hand: the SHA-256 of {REPORT} is the fingerprint that is printed in the report and stands in each PDF.

       sha256sum {REPORT}

   Each figure of all partners together, of an element or of a principle is arithmetic on the figures of the groups in
   {REPORT}, by the rules in {RULES}.

What is not shown is null, whatever the reason.
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a bundle is made of. ``report`` and ``previous`` are canonical bytes; ``pdfs`` by their names."""

    report: bytes
    previous: bytes | None
    instrument: Instrument
    certificate: Certificate
    pdfs: Mapping[str, bytes]


def bundle(evidence: Evidence) -> bytes:
    """The file: the same evidence gives the same bytes."""
    report = report_from_bytes(evidence.report)
    # What was written before there was a schema is described by the first one as well as by any.
    version = max(report.schema_version, PUBLISHED_VERSIONS[0])
    files = {
        REPORT: evidence.report,
        INSTRUMENT: library.to_yaml(evidence.instrument).encode(),
        RULES: rules_to_bytes(report),
        CERTIFICATE: certificate_to_bytes(evidence.certificate),
        name_of(version): published_schema(version),
        README: _READ_ME.encode(),
        **({PREVIOUS: evidence.previous} if evidence.previous is not None else {}),
        **evidence.pdfs,
    }
    return packed({**files, MANIFEST: manifest_of(files)})


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """The manifest of named contents: of each, what it is, how long, and its SHA-256."""
    listed = {
        name: {
            "what": _WHAT.get(name, _PDF),
            "bytes": len(content),
            "sha256": sha256(content).hexdigest(),
        }
        for name, content in files.items()
        if name != MANIFEST
    }
    whole = {"manifest_version": MANIFEST_VERSION, "files": listed}
    return (json.dumps(whole, sort_keys=True, ensure_ascii=False, indent=2) + "\n").encode()


def packed(files: Mapping[str, bytes], order: Sequence[str] | None = None) -> bytes:
    """A zip file of named contents, sorted unless an order is given, as they are and without a time."""
    target = BytesIO()
    with ZipFile(target, "w") as made:
        for name in order or sorted(files):
            entry = ZipInfo(name, FIRST_MOMENT)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            # Not compressed: what a compressor gives depends on its version.
            entry.compress_type = ZIP_STORED
            made.writestr(entry, files[name])
    return target.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a bundle. Raises MalformedDocumentError for what is none, or is far too large."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise MalformedDocumentError("bundle", "holds more than an evidence bundle ever does")
            found = {entry.filename: archive.read(entry) for entry in entries}
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise MalformedDocumentError("bundle", "is no whole zip file") from error
    if len(found) != len(entries):
        raise MalformedDocumentError("bundle", "holds two files of one name")
    if REPORT not in found or MANIFEST not in found:
        raise MalformedDocumentError("bundle", f"holds no {REPORT} with its {MANIFEST}")
    return found
