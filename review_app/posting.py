"""Sends what the outbox owes: leases a batch, derives each link, hands the mails over, records what happened."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

from review_app import clock
from review_app.database import reading, transaction
from review_app.keys import KeyMissingError
from review_app.mail.messages import Desk, compose
from review_app.mail.statuses import is_about_one_mailbox
from review_app.mail.transports import MailError, Transport, WayBack, transport_for
from review_app.services import errands, leasing, occasions, outbox, readers, silencing
from review_app.services.errors import NotFoundError
from review_app.services.leasing import Leased, Terms
from review_app.services.occasions import Setting
from review_app.services.outbox import MailKind
from review_app.state import State

BATCH = 20
# A server may take the whole timeout for each of its answers: to the greeting, the sender, the recipient, the mail.
ANSWERS_FOR_ONE = 6
SHORTEST_FOR_ONE = timedelta(seconds=15)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is the same for every mail of a review. The keys: None where they are gone, or not there yet."""

    setting: Setting
    silences: frozenset[str]
    link_key: bytes | None
    reading_key: bytes | None


def send_due(state: State, *, seconds: float | None = None) -> int:
    """How many mails left. A mail whose sending is not recorded, because the process died, is sent again.

    ``seconds``: no further batch is begun after them, so that other work gets its turn; None: all that is due is sent.
    """
    terms, end = terms_of(state), None if seconds is None else time.monotonic() + seconds
    left = 0
    while end is None or time.monotonic() < end:
        with transaction() as session:
            mails = leasing.lease(session, clock.now(), BATCH, terms)
        if not mails:
            break
        batch = _Batch(state, terms, mails)
        is_reachable = batch.send()
        left += batch.left
        if not is_reachable:
            # What is owed is put back, and the next look tries again when it is due.
            break
    return left


def terms_of(state: State) -> Terms:
    """On what terms mail leaves this installation. A demo's reviews may last for seconds: it holds nothing back."""
    delivery = state.settings.delivery
    return Terms(
        per_minute=delivery.mail_per_minute,
        keeps_hours=not state.settings.is_demo,
        one_mail=max(SHORTEST_FOR_ONE, ANSWERS_FOR_ONE * timedelta(seconds=delivery.smtp_timeout)),
    )


class _Batch:
    """Mails that are leased to this worker. ``left``: how many of them left."""

    def __init__(self, state: State, terms: Terms, mails: tuple[Leased, ...]) -> None:
        self.left = 0
        self._state = state
        self._terms = terms
        self._all = mails
        self._until = {mail.id: mail.leased_until for mail in mails}
        reading = {mail.cycle_id for mail in mails if mail.reader_id is not None}
        self._asking = {
            id_: _asking(state, id_, needs_reading_key=id_ in reading)
            for id_ in {mail.cycle_id for mail in mails}
        }
        self._waiting = deque(self._in_order(mails))
        self._fates = _Fates()

    def send(self) -> bool:
        """Whether the mail server could be reached to the end."""
        is_broken = False
        while self._waiting:
            before = self.left
            try:
                self._send_by_one_connection()
            except _NotConnectedError as error:
                self._give_way(error.reason)
                break
            except MailError as error:
                if not error.is_doubtful or (is_broken and self.left == before):
                    self._give_way(error)
                    break
                is_broken = True
        if self._terms.per_minute:
            with transaction() as session:
                leasing.record_end(session, clock.now(), self._all)
        return not self._waiting

    def _send_by_one_connection(self) -> None:
        with ExitStack() as stack:
            try:
                transport = stack.enter_context(transport_for(self._state.settings, self._state.keys))
            except MailError as error:
                raise _NotConnectedError(error) from error
            while self._waiting:
                mail = self._waiting[0]
                if self._is_held(mail):
                    self._send_one(transport, mail)
                self._waiting.popleft()

    def _send_one(self, transport: Transport, mail: Leased) -> None:
        asking = self._asking[mail.cycle_id]
        if mail.link is not None and asking.link_key is None:
            self._put_back([mail], MailError("the link key is missing"))
            return
        if mail.reader_id is not None and asking.reading_key is None:
            self._put_back([mail], MailError("the reading key is missing"))
            return
        try:
            if not _is_unwanted(mail, asking):
                transport.send(_message(self._state, mail, asking), _folder(mail), _way_back(mail))
                self.left += 1
                self._fates.note(mail, None)
            elif (fate := self._fates.of(mail)) is not None:
                # Nor may it be the only one that a server which puts off or refuses everything has taken.
                self._put_back([mail], fate)
                return
        except _GoneError:
            with transaction() as session:
                leasing.record_gone(session, mail)
            return
        except MailError as error:
            self._fates.note(mail, error)
            self._put_back([mail], error)
            if error.is_server:
                self._waiting.popleft()
                raise
            return
        # One that is not wanted is recorded like every other: a gap would tell the organiser who asked to be left out.
        with transaction() as session:
            leasing.record_sent(session, mail.id)

    def _is_held(self, mail: Leased) -> bool:
        """Whether the mail is ours for as long as handing it over can take; otherwise another worker may have it."""
        now = clock.now()
        if now + self._terms.one_mail > self._until[mail.id]:
            with transaction() as session:
                self._until |= dict.fromkeys(self._until, now)
                self._until |= leasing.renew(session, now, self._waiting, self._terms)
        return self._until[mail.id] > now

    def _give_way(self, error: MailError) -> None:
        """Puts back what is left of the batch and all else that is due."""
        self._put_back(self._waiting, error)
        with transaction() as session:
            leasing.put_off_due(session, clock.now(), error.problem, self._terms)

    def _put_back(self, mails: Collection[Leased], error: MailError) -> None:
        logger.warning(
            "%d mail(s) did not leave: %s.%s", len(mails), error.problem, error.mend and f" {error.mend}"
        )
        with transaction() as session:
            for mail in mails:
                leasing.record_failed(session, clock.now(), mail, error.problem, is_final=error.is_final)

    def _in_order(self, mails: tuple[Leased, ...]) -> list[Leased]:
        """One that is not wanted does as others did: so it is the last of its mail server, and never the first."""
        unwanted = {mail.id for mail in mails if _is_unwanted(mail, self._asking[mail.cycle_id])}
        wanted_at = {_server(mail): place for place, mail in enumerate(mails) if mail.id not in unwanted}
        return sorted(mails, key=lambda mail: (wanted_at.get(_server(mail), len(mails)), mail.id in unwanted))


class _Fates:
    """How the mails of a batch fared that were really handed over: what one that is not wanted seems to do too."""

    def __init__(self) -> None:
        self._of_server: dict[str, MailError | None] = {}
        self._last: MailError | None = None
        self._is_any_taken = False

    def note(self, mail: Leased, error: MailError | None) -> None:
        """Remembers one; ``error``: None when the server took it."""
        if error is not None and error.is_final and is_about_one_mailbox(error.problem):
            # It says nothing about any other address.
            return
        self._of_server[_server(mail)] = self._last = error
        self._is_any_taken |= error is None

    def of(self, mail: Leased) -> MailError | None:
        """What a mail that is not wanted fails of; None: it seems to leave."""
        if _server(mail) in self._of_server:
            return self._of_server[_server(mail)]
        # A refusal for good can be about those others alone, unless nothing at all was taken.
        is_theirs = self._last is not None and self._last.is_final and self._is_any_taken
        return None if is_theirs else self._last


def _server(mail: Leased) -> str:
    """The part of the address that says which mail server takes it in."""
    return mail.to_address.rpartition("@")[2].casefold()


class _NotConnectedError(Exception):
    """The way for mails to leave could not be opened."""

    def __init__(self, reason: MailError) -> None:
        self.reason = reason
        super().__init__(reason.problem)


class _GoneError(Exception):
    """What a mail is about is not there any more, so that nobody need get it."""


def _message(state: State, mail: Leased, asking: _Asking) -> EmailMessage:
    try:
        with transaction() as session:
            errand = errands.errand(session, state.keys, mail) if mail.about_id else None
        return compose(
            mail,
            errand or occasions.occasion(asking.setting, mail),
            Desk(state.settings.base_url, state.settings.mail_from, clock.now()),
            languages=asking.setting.cycle.printed_in,
            link_key=asking.link_key,
            reading_key=asking.reading_key,
        )
    except NotFoundError as error:
        raise _GoneError from error
    except KeyMissingError as error:
        raise MailError("the key of its link is missing") from error
    except Exception as error:
        # One mail that cannot be made must not keep the others of its batch; what it says may name people.
        raise MailError(f"the mail could not be made ({type(error).__name__})") from error


def _is_unwanted(mail: Leased, asking: _Asking) -> bool:
    # Whoever asks for the link again wants that mail; whose silence it was is not known without the key.
    if mail.kind is MailKind.LINK_AGAIN or mail.link is None or asking.link_key is None:
        return False
    return silencing.is_silenced(asking.silences, asking.link_key, mail.link.invitation_id, mail.link.number)


def _folder(mail: Leased) -> str:
    """The folder of the development mailbox: a pulse has its own, which goes with its keys when it closes."""
    return mail.about_id if mail.kind is MailKind.PULSE else mail.cycle_id


def _way_back(mail: Leased) -> WayBack:
    # Nobody can have asked to be left out before the link was there: only then may a report of success be wanted.
    return WayBack(mail.return_token, asks_success=mail.kind in outbox.LINK_BRINGERS)


def _asking(state: State, cycle_id: str, *, needs_reading_key: bool) -> _Asking:
    with reading() as session:
        setting, silences = occasions.setting(session, cycle_id), silencing.silenced(session, cycle_id)
    return _Asking(
        setting,
        silences,
        _unless_missing(lambda: state.keys.link_key(cycle_id)),
        _unless_missing(lambda: _reading_key(state, cycle_id)) if needs_reading_key else None,
    )


def _reading_key(state: State, cycle_id: str) -> bytes:
    with transaction() as session:
        return readers.reading_key(session, cycle_id, state.keys)


def _unless_missing(key: Callable[[], bytes]) -> bytes | None:
    try:
        return key()
    except KeyMissingError:
        return None
