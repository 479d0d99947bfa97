"""Link secrets, verifiers, ballot ids and seals. The only module that knows cryptography.

Words: K is a cycle's link key, SK and PK its opening and sealing keys, s the secret in one emailed link.
Everything random is made by ``new_*`` functions; the rest is deterministic but for the nonces of the seals.
Source: anonymity rules, "Storage". HMAC-SHA256 from the standard library; X25519 sealed boxes,
XSalsa20-Poly1305 and Argon2id from libsodium through PyNaCl.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass

from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from surveys.errors import BrokenSealError, TooLargeToSealError, WrongPassphraseError

KEY_BYTES = 32
SECRET_BYTES = 20
SEAL_OVERHEAD = SealedBox(PrivateKey.generate().public_key).encrypt(b"").__len__()
_LENGTH_BYTES = 4
_STEP = 1024
# Telephones make dashes of hyphens, and some people put dots between the groups.
_GAPS = re.compile(r"[\s.·‐-―−-]")
_KEY_FILE_MAGIC = b"ROUNDTABLE-STEWARD-KEY-1\n"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A cycle's opening key (SK, secret) and sealing key (PK), 32 bytes each."""

    opening: bytes
    sealing: bytes

    def __repr__(self) -> str:
        return "KeyPair(…)"


def new_link_key() -> bytes:
    """A fresh K."""
    return secrets.token_bytes(KEY_BYTES)


def new_reading_key() -> bytes:
    """A fresh reading key: the links to the reports of one cycle are derived from it."""
    return secrets.token_bytes(KEY_BYTES)


def new_key_pair() -> KeyPair:
    """A fresh SK and PK."""
    private = PrivateKey.generate()
    return KeyPair(bytes(private), bytes(private.public_key))


def sealing_key_of(opening_key: bytes) -> bytes:
    """The PK that belongs to an SK."""
    return bytes(PrivateKey(opening_key).public_key)


def link_secret(link_key: bytes, invitation_id: str, number: int) -> bytes:
    """s of an invitation: 160 bits, never stored. ``number``: how often the steward has replaced its link."""
    # The first link is derived as it was before links could be replaced: reviews were open then.
    replaced = (str(number),) if number else ()
    return _mac(link_key, "invitation", invitation_id, *replaced)[:SECRET_BYTES]


def reader_secret(reading_key: bytes, reader_id: str) -> bytes:
    """The secret in the link to somebody's reports: 160 bits, never stored. A cycle has a reading key of its own."""
    return _mac(reading_key, "reader", reader_id)[:SECRET_BYTES]


def new_workshop_key() -> bytes:
    """A fresh workshop key: the links to a workshop and the seals of its notes and dots are derived from it."""
    return secrets.token_bytes(KEY_BYTES)


def new_action_key() -> bytes:
    """A fresh action key: the links of those who own or verify the actions of one chain are derived from it."""
    return secrets.token_bytes(KEY_BYTES)


def seat_secret(workshop_key: bytes, seat_id: str, number: int) -> bytes:
    """The secret in somebody's link to a workshop: 160 bits, never stored. ``number``: how often it was replaced."""
    return _mac(workshop_key, "seat", seat_id, str(number))[:SECRET_BYTES]


def note_id(secret: bytes, topic_id: str, slot: int) -> bytes:
    """The id of one person's note of a topic until it is revealed; ``secret``: of their seat. 32 bytes."""
    return _mac(secret, "note", topic_id, str(slot))


def dots_id(workshop_key: bytes, topic_id: str, party_id: str) -> bytes:
    """The id of the dots that an organisation gave in one vote, until it is closed. 32 bytes."""
    return _mac(workshop_key, "dots", topic_id, party_id)


def workshop_seal(workshop_key: bytes) -> bytes:
    """The key that seals what is written and voted in a workshop. 32 bytes."""
    return _mac(workshop_key, "seal")


def action_secret(action_key: bytes, person_id: str, number: int) -> bytes:
    """The secret in the link to somebody's actions: 160 bits, never stored. ``number``: how often it was replaced."""
    return _mac(action_key, "actions", person_id, str(number))[:SECRET_BYTES]


def verifier(secret: bytes) -> bytes:
    """What an invitation keeps of s: finds it, gives nothing back. 32 bytes."""
    return _mac(secret, "verify")


def ballot_id(secret: bytes, assignment_id: str) -> bytes:
    """The id of a person's ballot on one assignment. 32 bytes."""
    return _mac(secret, "ballot", assignment_id)


def draft_id(secret: bytes, assignment_id: str) -> bytes:
    """The id of a person's draft on one assignment. 32 bytes."""
    return _mac(secret, "draft", assignment_id)


def experience_id(secret: bytes) -> bytes:
    """The id of what a person says about the review itself. 32 bytes."""
    return _mac(secret, "experience")


def review_reference(secret: bytes, assignment_id: str) -> str:
    """What an assignment is called in a respondent's addresses, in hex: the database alone cannot tell whose it is."""
    return _mac(secret, "reference", assignment_id).hex()[:20]


def request_id(secret: bytes, slot: int) -> str:
    """The id of a person's request to the steward, in hex. Without the link nobody can tell whose it is."""
    return _mac(secret, "request", str(slot)).hex()[:22]


def request_key(link_key: bytes) -> bytes:
    """The key that seals what a cycle's respondents ask of its steward. 32 bytes."""
    return _mac(link_key, "requests")


def silence_id(link_key: bytes, invitation_id: str, number: int) -> str:
    """What says, in hex, that nothing more is mailed to the owner of a link. Without K it names nobody."""
    return _mac(link_key, "silence", invitation_id, str(number)).hex()[:22]


def message_token(link_key: bytes, invitation_id: str, kind: str, number: int) -> str:
    """The stable local part of a mail's Message-ID, in hex."""
    return _mac(link_key, "mail", invitation_id, kind, str(number)).hex()[:40]


def notice_token(mail_id: str, kind: str) -> str:
    """The stable local part of the Message-ID of a mail that carries no link, in hex. It gives no id away."""
    return hashlib.sha256(f"notice\0{mail_id}\0{kind}".encode()).hexdigest()[:40]


def padded_size(largest: int) -> int:
    """The one size that every sealed value of a cycle is padded to, for values of up to ``largest`` bytes."""
    return -(-(largest + _LENGTH_BYTES) // _STEP) * _STEP


def seal_draft(secret: bytes, assignment_id: str, value: bytes, size: int) -> bytes:
    """A draft, readable with s alone. Shape: size + 40 bytes, whatever the value. Raises TooLargeToSealError."""
    return bytes(SecretBox(_mac(secret, "draft-key", assignment_id)).encrypt(_pad(value, size)))


def open_draft(secret: bytes, assignment_id: str, blob: bytes) -> bytes:
    """The value of a draft. Raises BrokenSealError."""
    try:
        return _unpad(SecretBox(_mac(secret, "draft-key", assignment_id)).decrypt(blob))
    except (CryptoError, ValueError):
        raise BrokenSealError("The draft cannot be opened with this link.") from None


def seal_ballot(sealing_key: bytes, value: bytes, size: int) -> bytes:
    """A ballot, readable with SK alone. Shape: size + SEAL_OVERHEAD bytes. Raises TooLargeToSealError."""
    return bytes(SealedBox(PublicKey(sealing_key)).encrypt(_pad(value, size)))


def open_ballot(opening_key: bytes, blob: bytes) -> bytes:
    """The value of a ballot. Raises BrokenSealError."""
    try:
        return _unpad(SealedBox(PrivateKey(opening_key)).decrypt(blob))
    except (CryptoError, ValueError):
        raise BrokenSealError("A ballot cannot be opened with this key.") from None


def seal_box(key: bytes, value: bytes, size: int) -> bytes:
    """A value under a symmetric key. Shape: size + 40 bytes, whatever the value. Raises TooLargeToSealError."""
    return bytes(SecretBox(key).encrypt(_pad(value, size)))


def open_box(key: bytes, blob: bytes) -> bytes:
    """The value of ``seal_box``. Raises BrokenSealError."""
    try:
        return _unpad(SecretBox(key).decrypt(blob))
    except (CryptoError, ValueError):
        raise BrokenSealError("The sealed value cannot be opened.") from None


def seal_key_file(opening_key: bytes, passphrase: str) -> bytes:
    """The steward's key file: SK sealed with a passphrase (Argon2id, moderate limits)."""
    salt = secrets.token_bytes(pwhash.argon2id.SALTBYTES)
    sealed = SecretBox(_passphrase_key(passphrase, salt)).encrypt(opening_key)
    return _KEY_FILE_MAGIC + base64.encodebytes(salt + bytes(sealed))


def open_key_file(data: bytes, passphrase: str) -> bytes:
    """SK from the steward's key file. Raises WrongPassphraseError, also when the file is no key file.

    Other line ends, or a mark that an editor puts first, do not matter: a mail or an editor may have changed them.
    """
    data = b"\n".join(data.removeprefix(codecs.BOM_UTF8).split()) + b"\n"
    refusal = "This key file and this passphrase do not belong together, or the file is damaged."
    if not data.startswith(_KEY_FILE_MAGIC) or len(data) > 1000:
        raise WrongPassphraseError("This is not a Roundtable key file.")
    try:
        raw = base64.decodebytes(data[len(_KEY_FILE_MAGIC) :])
        salt, sealed = raw[: pwhash.argon2id.SALTBYTES], raw[pwhash.argon2id.SALTBYTES :]
        opening_key = SecretBox(_passphrase_key(passphrase, salt)).decrypt(sealed)
    except (CryptoError, ValueError):
        raise WrongPassphraseError(refusal) from None
    if len(opening_key) != KEY_BYTES:
        raise WrongPassphraseError(refusal)
    return opening_key


def code_of(secret: bytes) -> str:
    """s as a code that a person can type: 32 letters and digits in groups of four, none of them 0, 1, 8 or 9."""
    letters = base64.b32encode(secret).decode()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def secret_of(code: str) -> bytes | None:
    """s from a typed or linked code, whatever its case, spaces, hyphens and dashes; None when it cannot be one."""
    letters = _GAPS.sub("", code).upper()
    letters = letters.replace("0", "O").replace("1", "I").replace("8", "B")
    if len(letters) != SECRET_BYTES * 8 // 5:
        return None
    try:
        return base64.b32decode(letters)
    except ValueError:
        return None


def box_key(application_secret: str, purpose: str) -> bytes:
    """A 32-byte key for one purpose of the application, such as the respondents' cookie."""
    return _mac(application_secret.encode(), "application", purpose)


def seal_text(key: bytes, value: bytes) -> str:
    """A short value sealed under a symmetric key, as URL-safe text."""
    return base64.urlsafe_b64encode(bytes(SecretBox(key).encrypt(value))).decode()


def open_text(key: bytes, text: str) -> bytes:
    """The value of ``seal_text``. Raises BrokenSealError."""
    try:
        return SecretBox(key).decrypt(base64.urlsafe_b64decode(text.encode()))
    except (CryptoError, ValueError):
        raise BrokenSealError("The sealed text cannot be opened.") from None


def _mac(key: bytes, *parts: str) -> bytes:
    # Each part is preceded by its length, so that no two lists of parts give the same message.
    message = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode() for part in parts))
    return hmac.new(key, message, hashlib.sha256).digest()


def _pad(value: bytes, size: int) -> bytes:
    if len(value) + _LENGTH_BYTES > size:
        raise TooLargeToSealError(f"The value has {len(value)} bytes; the cycle's size is {size}.")
    return len(value).to_bytes(_LENGTH_BYTES, "big") + value.ljust(size - _LENGTH_BYTES, b"\0")


def _unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    if length > len(padded) - _LENGTH_BYTES:
        raise ValueError("bad padding")
    return padded[_LENGTH_BYTES : _LENGTH_BYTES + length]


def _passphrase_key(passphrase: str, salt: bytes) -> bytes:
    # One spelling for an accent, which two keyboards may type in two ways.
    typed = unicodedata.normalize("NFC", passphrase).encode()
    return pwhash.argon2id.kdf(
        SecretBox.KEY_SIZE,
        typed,
        salt,
        opslimit=pwhash.argon2id.OPSLIMIT_MODERATE,
        memlimit=pwhash.argon2id.MEMLIMIT_MODERATE,
    )
