"""What was found in a file that was checked, and what that proves: plain sentences that claim no more than is known.

Only a signature over a PDF that names the report, or a fingerprint from elsewhere, says that a report is as it was
made. Whatever else holds says that it agrees with itself, which whoever changed it could bring about.
"""

from __future__ import annotations

from dataclasses import dataclass

DIGEST_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at: whether it holds, in a plain sentence."""

    holds: bool
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Signer:
    """Who signed, as the certificate calls them. ``fingerprint``: the certificate's, in pairs."""

    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class SealFound:
    """What a PDF says of itself. ``digest``: of the report that it shows; "" where it names none.

    ``signer``: None where it is not signed.
    """

    digest: str
    lines: tuple[Line, ...]
    signer: Signer | None = None

    @property
    def holds(self) -> bool:
        """Whether it is signed, names a report, and is as it was when it was signed."""
        return self.signer is not None and bool(self.digest) and all(line.holds for line in self.lines)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one file. ``is_known`` false: it is nothing that can be checked.

    ``digest``: of the report that it is, holds or belongs to. ``signers``: of PDFs that hold and name that report.
    ``has_given_certificate``: theirs is the one that was given with it. ``given``: the start of the report's
    fingerprint that was given with it; "" for none.
    """

    name: str
    lines: tuple[Line, ...]
    is_known: bool = True
    digest: str = ""
    signers: tuple[Signer, ...] = ()
    has_given_certificate: bool = False
    given: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing in it is wrong. That is no proof where nobody signed it."""
        return self.is_known and all(line.holds for line in self.lines)

    @property
    def heading(self) -> str:
        """The verdict in a few words."""
        if not self.is_known:
            return "cannot be checked"
        if not self.holds:
            return "DOES NOT HOLD"
        if self.signers:
            names = " and ".join(signer.name for signer in self.signers)
            how = "by" if self.has_given_certificate else "with a certificate in the name of"
            return f"holds, signed {how} {names}"
        if self.given:
            return "holds, and has the fingerprint that you gave"
        return "agrees with itself, but nobody signed it"

    @property
    def conclusion(self) -> str:
        """What is known from it; "" where something is wrong."""
        if not self.holds:
            return ""
        if self.signers:
            return self._signed_conclusion()
        if self.given:
            return self._given_conclusion()
        return (
            "It agrees with itself, but nobody signed it: whoever changed it could have made it agree. Compare its "
            f"fingerprint {self.digest} with the one printed on your report, or give it with --fingerprint."
        )

    def _signed_conclusion(self) -> str:
        names = " and ".join(f"{signer.name} (fingerprint {signer.fingerprint})" for signer in self.signers)
        if self.has_given_certificate:
            return f"The report {self.digest} is as it was signed by {names}, with the certificate that you gave."
        return (
            f"The report {self.digest} is as it was signed with a certificate in the name of {names}. Anybody can make "
            "a certificate in that name: compare its fingerprint with one that you got from where you trust, or give "
            "the certificate with --certificate."
        )

    def _given_conclusion(self) -> str:
        if len(self.given) == DIGEST_DIGITS:
            return (
                "The report is the one whose fingerprint you gave, to the last letter. Nobody signed it: it is only as "
                "good as the place that you got the fingerprint from."
            )
        return (
            f"The report's fingerprint begins with the {len(self.given)} digits that you gave; all {DIGEST_DIGITS} "
            "would be surer. Nobody signed it: it is only as good as the place that you got them from."
        )
