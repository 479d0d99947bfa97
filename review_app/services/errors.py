"""What a service refuses, as one tree; ``review_app.errors`` gives each its page and status.

::

    ServiceError
    ├── NotFoundError          there is no such thing, or it is not this account's to see
    ├── NotAllowedError        it exists, but this account or this state does not allow the step
    ├── ChainChangedError      the chain is another than in the preview that is confirmed
    ├── ChangedMeanwhileError  somebody else has changed it since its page was drawn
    ├── CycleNotOpenError      an answer came when the cycle did not take answers (any more)
    ├── PulseNotOpenError      an answer came when the pulse did not take answers (any more)
    └── NotYetError            a step whose earlier step is missing; the message names it
"""

from __future__ import annotations


class ServiceError(Exception):
    """The root of the tree; the message is fit for a page."""


class NotFoundError(ServiceError):
    """There is no such thing, or it is not this account's to see."""


class NotAllowedError(ServiceError):
    """The account, or the state of things, does not allow the step."""


class ChainChangedError(ServiceError):
    """The chain is another than in the preview that is confirmed."""


class ChangedMeanwhileError(ServiceError):
    """Somebody else has changed it since its page was drawn."""


class CycleNotOpenError(ServiceError):
    """The cycle does not take answers."""


class PulseNotOpenError(ServiceError):
    """The pulse does not take answers."""


class NotYetError(ServiceError):
    """An earlier step is missing; the message names it."""
