"""What servers of every make send back, in their shapes and our words. ``{token}``: of the mail that it is about."""

from __future__ import annotations

TOKEN = "0123456789abcdef0123456789abcdef"
TO = f"bounces+{TOKEN}@prime.example"
_RETURNED = f"""Return-Path: <bounces+{TOKEN}@prime.example>
From: Roundtable <review@prime.example>
To: Beth Ramsden <beth.ramsden@calder.example>
Subject: Pathways North: tell us how the partnership works
Message-ID: <abc@roundtable.invalid>
X-Return-Token: {TOKEN}
"""


def report(
    status: str,
    *,
    to: str = TO,
    intro: str = "This is the mail system. Your mail to <beth.ramsden@calder.example> could not be delivered.",
    returned: str = _RETURNED,
    returned_type: str = "text/rfc822-headers",
    status_type: str = "message/delivery-status",
    head: str = "",
) -> bytes:
    """A multipart/report with a delivery status."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.calder.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
{head}Content-Type: multipart/report; report-type=delivery-status;
\tboundary="=_limit"

This is a MIME-encapsulated message.

--=_limit
Content-Type: text/plain; charset=us-ascii

{intro}

--=_limit
Content-Type: {status_type}

{status}
--=_limit
Content-Type: {returned_type}

{returned}
--=_limit--
""".replace("\n", "\r\n").encode()


POSTFIX = report(
    """Reporting-MTA: dns; mx.calder.example
X-Postfix-Queue-ID: 4B1D2C3
X-Postfix-Sender: rfc822; bounces+0123456789abcdef0123456789abcdef@prime.example
Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0000 (GMT)

Final-Recipient: rfc822; beth.ramsden@calder.example
Original-Recipient: rfc822;beth.ramsden@calder.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.calder.example
Diagnostic-Code: smtp; 550 5.1.1 <beth.ramsden@calder.example>: Recipient address
    rejected: User unknown in virtual mailbox table
"""
)
POSTFIX_DELAYED = report(
    """Reporting-MTA: dns; mail.prime.example

Final-Recipient: rfc822; beth.ramsden@calder.example
Action: delayed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mx.calder.example[192.0.2.25]:25: Connection timed out
Will-Retry-Until: Sat, 28 Nov 2026 10:00:00 +0000 (GMT)
"""
)
POSTFIX_DELIVERED = report(
    """Reporting-MTA: dns; mail.prime.example
Original-Envelope-Id: 0123456789abcdef0123456789abcdef

Final-Recipient: rfc822; beth.ramsden@calder.example
Action: delivered
Status: 2.1.5
Diagnostic-Code: smtp; 250 2.1.5 OK
"""
)
POSTFIX_RELAYED = report(
    """Reporting-MTA: dns; mail.prime.example

Final-Recipient: rfc822; beth.ramsden@calder.example
Action: relayed
Status: 2.0.0
Diagnostic-Code: smtp; 250 queued
"""
)
# Exchange gives codes of its own and puts the diagnosis on lines of its own; the whole mail comes back.
EXCHANGE = report(
    """Reporting-MTA: dns;AM0PR01.prod.exchange.example
Received-From-MTA: dns;mail.prime.example
Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0000

Original-Recipient: rfc822;beth.ramsden@calder.example
Final-Recipient: rfc822;beth.ramsden@calder.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
X-Display-Name: Beth Ramsden
""",
    intro="Delivery has failed to these recipients or groups:\n\nBeth Ramsden (beth.ramsden@calder.example)",
    returned=_RETURNED + "\nYour link",
    returned_type="message/rfc822",
    head="X-MS-Exchange-Message-Is-Ndr:\nX-Auto-Response-Suppress: DR, OOF, AutoReply\n",
)
EXIM = report(
    """Reporting-MTA: dns; mx.tyne.example

Action: failed
Final-Recipient: rfc822;gary@tyne.example
Status: 5.0.0
Remote-MTA: dns; inner.tyne.example
Diagnostic-Code: smtp; 552 5.2.2 <gary@tyne.example> mailbox is over its quota
""",
    head="X-Failed-Recipients: gary@tyne.example\n",
)
GMAIL = report(
    """Reporting-MTA: dns; googlemail.example
Received-From-MTA: dns; review@prime.example
Arrival-Date: Mon, 23 Nov 2026 02:00:00 -0800 (PST)
X-Original-Message-ID: <abc@roundtable.invalid>

Final-Recipient: rfc822; beth@volunteers.example
Action: failed
Status: 5.2.1
Remote-MTA: dns; mx.googlemail.example. (2001:db8::1a, the server for the domain volunteers.example.)
Diagnostic-Code: smtp; 550-5.2.1 The email account that you tried to reach is disabled. For more
 550 5.2.1 information, go to the help a640c23a62f3a-b9d - gsmtp
Last-Attempt-Date: Mon, 23 Nov 2026 02:00:01 -0800 (PST)
""",
    returned_type="message/rfc822",
    returned=_RETURNED + "\n----- Message truncated -----",
)
SENDMAIL_SPAM = report(
    """Reporting-MTA: dns; mx.hill.example
Arrival-Date: Mon, 23 Nov 2026 10:00:00 GMT

Final-Recipient: RFC822; ann@hill.example
Action: failed (permanent)
Status: 5.7.1 (delivery not authorised)
Diagnostic-Code: SMTP; 554 5.7.1 Message rejected as spam
"""
)
INTERNATIONAL = report(
    """Reporting-MTA: dns; mx.zoe.example

Final-Recipient: utf-8; zoë@zoe.example
Action: failed
Status: 5.1.2
""",
    status_type="message/global-delivery-status",
    returned_type="message/global-headers",
)
# The old shape of Exim: no report, an address in a head of its own.
OLD_EXIM = f"""Return-Path: <>
X-Failed-Recipients: gary@tyne.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.tyne.example>
To: {TO}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  gary@tyne.example
    host inner.tyne.example [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<gary@tyne.example>:
    550 5.1.1 unknown

------ This is a copy of the message, including all the headers. ------

{_RETURNED}
""".encode()
QMAIL = f"""Return-Path: <>
From: MAILER-DAEMON@mx.dale.example
To: {TO}
Subject: failure notice

Hi. This is the qmail-send program at mx.dale.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<joe@dale.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{_RETURNED}
""".encode()

OUT_OF_OFFICE = f"""From: Beth Ramsden <beth.ramsden@calder.example>
To: {TO}
Subject: Automatic reply: Pathways North: tell us how the partnership works
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All

I am away until 7 December. For 5.1.1 of the contract ask Gary.
""".encode()
VACATION_WITHOUT_MARKS = f"""From: Gary <gary@tyne.example>
To: {TO}
Subject: Out of office

Back on Monday.
""".encode()
READ_RECEIPT = f"""From: Beth Ramsden <beth.ramsden@calder.example>
To: {TO}
Subject: Read: Pathways North
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="limit"

--limit
Content-Type: text/plain

Your message was read.

--limit
Content-Type: message/disposition-notification

Final-Recipient: rfc822;beth.ramsden@calder.example
Disposition: manual-action/MDN-sent-manually; displayed

--limit--
""".encode()
COMPLAINT = f"""From: feedback@mail.example
To: {TO}
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="limit"

--limit
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1

--limit--
""".encode()
A_PERSON = f"""From: Beth Ramsden <beth.ramsden@calder.example>
To: {TO}
Subject: Re: Pathways North

I cannot open the link. Can you help? It says 550 5.1.1.
""".encode()
