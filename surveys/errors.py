"""Every error the pure domain raises, as one tree.

::

    SurveysError
    ├── FaultsError                  an input with faults: all of them at once
    │   ├── InstrumentFaultsError    an instrument file
    │   ├── ChainFaultsError         a chain's spreadsheet
    │   ├── AnswersFaultsError       a respondent's posted page
    │   ├── CycleFaultsError         the design of a cycle: dates, groups, k
    │   ├── ActionFaultsError        an improvement action as it is proposed or changed, or what is said about it
    │   ├── WorkshopFaultsError      the plan of a workshop, its agenda, whom it invites or its record
    │   └── PulseFaultsError         the opening of a pulse: whom it asks, until when
    ├── IllegalTransitionError       a cycle asked to move where its table does not allow
    └── SealError
        ├── BrokenSealError          a sealed value that this key does not open, or that was altered
        ├── WrongPassphraseError     a key file and a passphrase that do not belong together
        └── TooLargeToSealError      a value larger than the fixed size of its cycle
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input, and how to mend it.

    ``place`` says where in the input's own terms ("row 7, column email", "sections.2a.comment");
    ``message`` says what is wrong; ``mend`` what to do. None of them quotes a secret.
    """

    place: str
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message} {self.mend}".strip()


class SurveysError(Exception):
    """The root of the tree."""


class FaultsError(SurveysError):
    """An input was refused; ``faults`` lists everything that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


class InstrumentFaultsError(FaultsError):
    """An instrument file does not hold together."""


class ChainFaultsError(FaultsError):
    """A chain's spreadsheet cannot be imported."""


class AnswersFaultsError(FaultsError):
    """A respondent's page holds a value that is not an answer; ``place`` is the form field's name."""


class CycleFaultsError(FaultsError):
    """A cycle's design cannot be launched; ``place`` is the form field's name."""


class ActionFaultsError(FaultsError):
    """An action cannot be so, or a word about it is missing; ``place`` is the form field's name."""


class WorkshopFaultsError(FaultsError):
    """A workshop cannot be planned or recorded like this; ``place`` is the form field's name."""


class PulseFaultsError(FaultsError):
    """Faults of the opening of a pulse."""


class IllegalTransitionError(SurveysError):
    """A cycle was asked to go from a state to one that its table does not allow."""

    def __init__(self, state: str, target: str) -> None:
        self.state = state
        self.target = target
        super().__init__(f"A review that is {state} cannot become {target}.")


class SealError(SurveysError):
    """Something sealed could not be sealed or opened."""


class BrokenSealError(SealError):
    """The key does not open the value, or the value was altered."""


class WrongPassphraseError(SealError):
    """The passphrase does not open this key file, or the file is damaged."""


class TooLargeToSealError(SealError):
    """The value does not fit the fixed size that every sealed value of its cycle has."""
