"""Mail by GOV.UK Notify: one template of its own with a subject and a body, which are the mail's. An extra.

Notify keeps what became of each mail for a week, by the same token that bounces are known by.
"""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from review_app.delivery_settings import NotifySettings
from review_app.mail.errors import MailError
from review_app.mail.returns import WayBack
from review_app.mail.statuses import FULL_OR_SPAM, NO_MAILBOX, NOT_SENT
from review_app.services.bounces import MailDelivery, Report

PLACEHOLDERS = ("((subject))", "((body))")
# 250 mails each: more than a week of any review.
_MOST_PAGES = 200
_ENDS = {
    "delivered": (MailDelivery.DELIVERED, ""),
    "permanent-failure": (MailDelivery.BOUNCED, NO_MAILBOX),
    "temporary-failure": (MailDelivery.BOUNCED, FULL_OR_SPAM),
    "technical-failure": (MailDelivery.BOUNCED, NOT_SENT),
}
_TEMPLATE_MEND = (
    "The template of ROUNDTABLE_NOTIFY_TEMPLATE_ID is an email template with the subject ((subject)) and the message"
    " ((body)), and nothing else."
)


class NotifyTransport:
    """GOV.UK Notify as a way for mails to leave. It makes its own HTML, and carries no attachments and no headers."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings
        self._client: NotificationsAPIClient | None = None

    def __enter__(self) -> Self:
        self._client = _client(self._settings)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            self._client.request_session.close()

    def send(self, message: EmailMessage, cycle_id: str, back: WayBack) -> None:
        """Hands the mail to Notify under its token. Raises MailError."""
        if self._client is None:
            raise MailError("GOV.UK Notify cannot be reached", is_server=True)
        try:
            self._client.send_email_notification(
                message["To"].addresses[0].addr_spec,
                self._settings.template_id,
                personalisation={"subject": str(message["Subject"]), "body": body_of(message)},
                reference=back.token,
            )
        except APIError as error:
            raise _mail_error(error) from error

    def check(self) -> None:
        """Returns when key and template fit. Raises MailError."""
        if self._client is None:
            raise MailError("GOV.UK Notify cannot be reached", is_server=True)
        try:
            template = self._client.get_template(self._settings.template_id)
        except APIError as error:
            raise _mail_error(error) from error
        subject, body = PLACEHOLDERS
        if subject not in str(template.get("subject")) or body not in str(template.get("body")):
            raise MailError("the template has no place for the mail", mend=_TEMPLATE_MEND, is_server=True)


def reports(settings: NotifySettings) -> Iterator[list[Report]]:
    """What became of the mails of the last week, page by page, the newest first. Raises MailError."""
    client = _client(settings)
    older_than = None
    try:
        for _ in range(_MOST_PAGES):
            page = client.get_all_notifications(template_type="email", older_than=older_than)
            found = page["notifications"]
            if not found:
                return
            yield [report for report in map(_report, found) if report is not None]
            older_than = found[-1]["id"]
    except APIError as error:
        raise _mail_error(error) from error
    except (KeyError, TypeError) as error:
        raise MailError("GOV.UK Notify's answer cannot be read", is_server=True) from error
    finally:
        client.request_session.close()


def body_of(message: EmailMessage) -> str:
    """The plain text of a mail."""
    part = message.get_body(("plain",))
    return str(part.get_content()).strip() if part is not None else ""


def _client(settings: NotifySettings) -> NotificationsAPIClient:
    address = {"base_url": settings.url} if settings.url else {}
    return NotificationsAPIClient(settings.api_key, timeout=settings.timeout, **address)


def _report(notification: dict[str, Any]) -> Report | None:
    end = _ENDS.get(notification["status"])
    token = notification["reference"]
    return Report(token, *end) if end and token else None


def _mail_error(error: APIError) -> MailError:
    """What Notify's answer means for us. Its words may quote an address and go no further."""
    code, words = error.status_code, str(error.message)
    if code == 400:
        return _refused(words)
    if code == 404:
        return MailError("GOV.UK Notify has no such template", mend=_TEMPLATE_MEND, is_server=True)
    if code == 403:
        return MailError(
            "GOV.UK Notify refuses our key",
            mend="Check ROUNDTABLE_NOTIFY_API_KEY, and that this machine's clock is right to 30 seconds.",
            is_server=True,
        )
    if code == 429:
        return MailError(
            "GOV.UK Notify takes no more for now",
            mend="If this goes on, ask Notify for a higher limit a day.",
            is_server=True,
        )
    return MailError(
        f"GOV.UK Notify cannot be reached ({code})",
        mend="If this goes on, check the network and Notify's page of its state.",
        is_server=True,
    )


def _refused(words: str) -> MailError:
    if "team-only" in words or "trial mode" in words:
        return MailError(
            "GOV.UK Notify sends to its team only",
            mend="Make a live key for ROUNDTABLE_NOTIFY_API_KEY, and ask Notify to make the service live.",
            is_server=True,
        )
    if "email_address" in words:
        return MailError("GOV.UK Notify knows no such address", is_final=True)
    if "emplate" in words or "personalisation" in words:
        return MailError("GOV.UK Notify cannot fill its template", mend=_TEMPLATE_MEND, is_server=True)
    return MailError("GOV.UK Notify refused the mail (400)")
