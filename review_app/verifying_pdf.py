"""Who signed a PDF, whether anything was changed since, and which report it shows. It needs the PDF alone."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from reports.errors import MalformedDocumentError
from reports.pdf import REPORT_KEY
from reports.verdicts import Line, SealFound, Signer
from review_app.sealing_pdf import FIELD, SigningCertificate, described

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

_REASON = re.compile(r"Report ([0-9a-f]{64}); file before signing ([0-9a-f]{64})")
# Others are known to be forged.
_SOUND_DIGESTS = frozenset({"sha256", "sha384", "sha512"})


def read_seal(content: bytes, *, expected: str = "") -> SealFound:
    """What a PDF says of itself. ``expected``: the fingerprint of the certificate that it has to be signed with.

    Raises MalformedDocumentError for what cannot be read as a PDF.
    """
    # Only here, because the library takes long to load.
    from pyhanko.pdf_utils.reader import PdfFileReader

    # It logs whole tracebacks of what it finds wrong, which is said in plain words below.
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    try:
        reader = PdfFileReader(io.BytesIO(content))
        stated = _stated(reader)
        signatures = list(reader.embedded_signatures)
    except Exception as error:
        # A file that was tampered with makes the reader fail in ways that it does not list.
        raise MalformedDocumentError("PDF", "cannot be read as one") from error
    if not signatures:
        return SealFound(stated, (Line(holds=False, text="It is not signed: anybody can have changed it."),))
    try:
        certificate = described(signatures[0].signer_cert.dump())
        lines = tuple(_lines(signatures, certificate, stated, content, expected))
        return SealFound(stated, lines, Signer(certificate.subject, certificate.fingerprint))
    except Exception as error:
        raise MalformedDocumentError("PDF", "has a signature that cannot be read") from error


def certificate_of(content: bytes) -> SigningCertificate:
    """The certificate in a PEM or DER file. Raises ValueError where there is none."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    if content.lstrip().startswith(b"-----BEGIN"):
        content = x509.load_pem_x509_certificate(content).public_bytes(Encoding.DER)
    return described(content)


def _stated(reader: PdfFileReader) -> str:
    """The report that the PDF's own metadata name; "" for none."""
    # A trailer is no mapping that could be asked with a default.
    information: Any = {}
    with suppress(KeyError):
        information = reader.trailer["/Info"]
    found = str(information.get(f"/{REPORT_KEY}", ""))
    return found if re.fullmatch("[0-9a-f]{64}", found) else ""


def _lines(
    signatures: list[EmbeddedPdfSignature],
    certificate: SigningCertificate,
    stated: str,
    content: bytes,
    expected: str,
) -> Iterator[Line]:
    signature = signatures[0]
    yield Line(holds=True, text=_who(certificate, signature.self_reported_timestamp))
    if expected:
        is_expected = certificate.fingerprint == expected
        text = "This is not the certificate that it has to be signed with: somebody else made or replaced the file."
        yield Line(is_expected, "This is the certificate that you gave." if is_expected else text)
    signed_at = signature.self_reported_timestamp
    if signed_at and not certificate.valid_from <= signed_at <= certificate.valid_until:
        yield Line(holds=False, text="The certificate was not valid when it was signed.")
    yield _changed(signatures, content)
    reason = _REASON.fullmatch(str(signature.sig_object.get("/Reason", "")))
    unsigned = content[: _unsigned_length(content)]
    if reason is None or reason[1] != stated or reason[2] != sha256(unsigned).hexdigest():
        yield Line(holds=False, text="Its signature is about another report or another file.")


def _who(certificate: SigningCertificate, signed_at: datetime | None) -> str:
    when = f" on {signed_at:%Y-%m-%d at %H:%M UTC}, by its own clock" if signed_at else ""
    if certificate.is_own:
        return (
            f"Signed{when}, with a certificate that an installation made for itself, in the name of "
            f"{certificate.subject}, fingerprint {certificate.fingerprint}. Nobody else vouches for it: compare the "
            "fingerprint with the one on the installation's page /signing. It is only as good as the place that you "
            "got that fingerprint from."
        )
    return (
        f"Signed{when}, in the name of {certificate.subject}, fingerprint {certificate.fingerprint}. It names "
        f"{certificate.issuer} as its issuer; whether that is true, and whether you trust that issuer, was not checked."
    )


def _changed(signatures: list[EmbeddedPdfSignature], content: bytes) -> Line:
    """Whether the signature is genuine and covers every byte of the file."""
    from pyhanko.sign.validation import SignatureCoverageLevel
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    signature = signatures[0]
    digest = signature.compute_digest()
    is_intact, is_valid = validate_sig_integrity(signature.signer_info, signature.signer_cert, "data", digest)
    is_sound = signature.md_algorithm in _SOUND_DIGESTS
    covers_all = signature.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_FILE
    is_ours = len(signatures) == 1 and signature.field_name == FIELD and _is_filled_up(signature, content)
    is_ours = is_ours and _is_plain(signature)
    if is_intact and is_valid and is_sound and covers_all and is_ours:
        return Line(holds=True, text="It has not been changed since: the signature covers every byte of it.")
    return Line(holds=False, text="It was changed after it was signed, or the signature is not genuine.")


def _is_filled_up(signature: EmbeddedPdfSignature, content: bytes) -> bool:
    """Whether the room that the signature has in the file holds it and noughts, and nothing else."""
    _, start, end, _ = (int(number) for number in signature.byte_range)
    room = content[start:end]
    held: bytes = bytes.fromhex(room[1:-1].decode("ascii"))
    # Its outermost element holds a name of eleven bytes and one more element; their heads say how long they are.
    length = 4 + int.from_bytes(held[2:4], "big")
    inner = 4 + 11 + 4 + int.from_bytes(held[17:19], "big")
    is_tight = held[:2] == b"\x30\x82" and held[15:17] == b"\xa0\x82" and length == inner
    return (
        is_tight
        and not held[length:].strip(b"\0")
        and room == b"<" + held.hex().upper().encode("ascii") + b">"
    )


def _is_plain(signature: EmbeddedPdfSignature) -> bool:
    """Whether what a signature says of itself without signing it is what ours say: there is nothing else to say."""
    data, info = signature.signed_data, signature.signer_info
    algorithms = [*data["digest_algorithms"], info["digest_algorithm"]]
    return data["version"].native == info["version"].native == "v1" and all(
        one["algorithm"].native in _SOUND_DIGESTS and one["parameters"].dump() in {b"", b"\x05\x00"}
        for one in algorithms
    )


def _unsigned_length(content: bytes) -> int:
    """Where the file ended before it was signed: after the first end-of-file mark."""
    mark = b"%%EOF"
    place = content.find(mark) + len(mark)
    return place + (1 if content[place : place + 1] == b"\n" else 0)
