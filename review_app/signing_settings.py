"""What an installation decides about the signature of its PDFs. Read with the other settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

SIGNING_NAMES = ("SIGNING_FILE", "SIGNING_PASSPHRASE")
_MAKE = "Export the certificate with its private key as a PKCS#12 file (.p12 or .pfx)."


@dataclass(frozen=True, slots=True)
class SigningSettings:
    """``file``: a PKCS#12 file of the organisation's own; None where the installation signs with one that it made."""

    file: Path | None
    passphrase: str | None

    def __repr__(self) -> str:
        # The passphrase must never reach a log through a traceback.
        return f"SigningSettings(file={self.file})"


def read_signing(
    get: Callable[[str], str | None], fault: Callable[[str, str], None], now: datetime
) -> SigningSettings:
    """The settings; whatever keeps the file from signing is a fault."""
    file, passphrase = get("SIGNING_FILE"), get("SIGNING_PASSPHRASE")
    if file is None:
        if passphrase is not None:
            fault("SIGNING_PASSPHRASE", "is set without ROUNDTABLE_SIGNING_FILE. Set both, or neither.")
        return SigningSettings(None, None)
    found = SigningSettings(Path(file).absolute(), passphrase)
    problem = _problem_of(Path(file).absolute(), passphrase, now)
    if problem:
        fault("SIGNING_FILE", problem)
    return found


def _problem_of(file: Path, passphrase: str | None, now: datetime) -> str:
    """What keeps the file from signing, with its mend; "" for nothing."""
    # Only here, because most installations have no such file and need not wait for the library.
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        content = file.read_bytes()
        key, certificate, _ = pkcs12.load_key_and_certificates(
            content, passphrase.encode() if passphrase else None
        )
    except OSError as error:
        return f"cannot be read ({error.strerror}). Name a file that this process may read."
    except ValueError:
        return f"cannot be opened with ROUNDTABLE_SIGNING_PASSPHRASE, or is no PKCS#12 file. {_MAKE}"
    if key is None or certificate is None:
        return f"holds no private key with its certificate. {_MAKE}"
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        return "holds a key that PDF programs cannot check. Use an RSA or an elliptic-curve key."
    return _fault_of(certificate, now)


def _fault_of(certificate: Certificate, now: datetime) -> str:
    from cryptography.x509 import ExtensionNotFound, KeyUsage

    if certificate.not_valid_after_utc <= now:
        return "holds a certificate that has expired. Get a new one from whoever issued it."
    if certificate.not_valid_before_utc > now:
        return "holds a certificate that is not valid yet. Wait until it is, or correct this machine's clock."
    try:
        usage = certificate.extensions.get_extension_for_class(KeyUsage).value
    except ExtensionNotFound:
        return ""
    if not (usage.digital_signature or usage.content_commitment):
        return "holds a certificate that is not for signatures. Ask for one for signing documents."
    return ""
