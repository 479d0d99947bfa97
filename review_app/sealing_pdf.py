"""The signature of PDFs: the installation's certificate, signing, and reading who signed and what was altered since.

By default an installation signs with a certificate that it makes for itself, once, in the key folder. Nobody else
vouches for it: a reader compares its fingerprint with the one on the page ``/signing``.
"""

from __future__ import annotations

import io
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from review_app.config import Settings

if TYPE_CHECKING:
    from cryptography.x509 import KeyUsage
    from pyhanko.sign.signers import SimpleSigner

OWN_FILE = "signing.p12"
FIELD = "Signature"
_FIELD_IN_WORDS = "Signature of the Roundtable that made this report"
_YEARS = 10


class SealError(Exception):
    """The PDF cannot be signed; the message names the mend."""


@dataclass(frozen=True, slots=True)
class SigningCertificate:
    """Who signs. ``fingerprint``: SHA-256 in hex, in pairs; ``is_own``: made by the installation for itself."""

    subject: str
    issuer: str
    fingerprint: str
    valid_from: datetime
    valid_until: datetime
    is_own: bool
    pem: str


@dataclass(frozen=True, slots=True)
class Seal:
    """What signs: a PKCS#12 file, and its passphrase where it has one."""

    file: Path
    passphrase: bytes | None

    def __repr__(self) -> str:
        # The passphrase must never reach a log through a traceback.
        return f"Seal({self.file})"

    def sign(self, content: bytes, digest: str) -> bytes:
        """The PDF with a signature that nobody sees, appended to its bytes. ``digest``: of the report that it shows.

        Raises SealError.
        """
        # Only here, because the library takes long to load and most processes never sign.
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import fields, signers

        field = fields.SigFieldSpec(
            FIELD,
            # Without these a PDF/UA would not be one any more.
            readable_field_name=_FIELD_IN_WORDS,
            invis_sig_settings=fields.InvisSigSettings(
                set_hidden_flag=True, set_print_flag=False, box_out_of_bounds=True
            ),
        )
        said = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            reason=f"Report {digest}; file before signing {sha256(content).hexdigest()}",
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            subfilter=fields.SigSeedSubFilter.PADES,
        )
        signer = signers.PdfSigner(said, self._signer(), new_field_spec=field)
        # In a thread of its own: the library runs an event loop, and this thread may have one already.
        with ThreadPoolExecutor(max_workers=1) as alone:
            made = alone.submit(signer.sign_pdf, IncrementalPdfFileWriter(io.BytesIO(content)))
            signed: bytes = made.result().getvalue()
        return signed

    def certificate(self) -> SigningCertificate:
        """The certificate that readers find in each PDF. Raises SealError."""
        found = self._signer().signing_cert
        assert found is not None  # noqa: S101 - it was read together with its key
        return described(found.dump())

    def _signer(self) -> SimpleSigner:
        from pyhanko.sign.signers import SimpleSigner

        try:
            signer: SimpleSigner = SimpleSigner.load_pkcs12_data(
                self.file.read_bytes(), [], passphrase=self.passphrase
            )
        except (OSError, ValueError) as error:
            raise SealError(
                f"The signing certificate {self.file.name} cannot be read. Put it back, or take it away so that a new"
                " one is made; earlier PDFs keep the old signature."
            ) from error
        return signer


def seal_of(settings: Settings, now: datetime) -> Seal:
    """What this installation signs with; its own certificate is made now where there is none yet."""
    own = settings.signing
    if own.file is not None:
        return Seal(own.file, own.passphrase.encode() if own.passphrase else None)
    path = settings.keys_dir / OWN_FILE
    if not path.exists():
        _keep(path, _made(urlsplit(settings.base_url).hostname or "this installation", now))
    return Seal(path, None)


def described(content: bytes) -> SigningCertificate:
    """A certificate (DER) as people compare it. Raises ValueError where it is none."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    certificate = x509.load_der_x509_certificate(content)
    return SigningCertificate(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        fingerprint=in_pairs(sha256(content).hexdigest()),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        is_own=certificate.subject == certificate.issuer,
        pem=certificate.public_bytes(Encoding.PEM).decode("ascii"),
    )


def in_pairs(digest: str) -> str:
    """A fingerprint as certificates are compared: "5F 66 21 …"."""
    return " ".join(digest[place : place + 2].upper() for place in range(0, len(digest), 2))


def _made(hostname: str, now: datetime) -> bytes:
    """A certificate that its own key vouches for, with that key, as PKCS#12."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    named = f"Roundtable at {hostname}"[:64]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, named)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=366 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_for_signatures(), critical=True)
        .sign(key, hashes.SHA256())
    )
    # The key folder is what protects it, as it does the other keys.
    return pkcs12.serialize_key_and_certificates(b"Roundtable", key, made, None, NoEncryption())


def _for_signatures() -> KeyUsage:
    from cryptography.x509 import KeyUsage

    return KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _keep(path: Path, content: bytes) -> None:
    """Writes the file whole or not at all. Of two processes at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
