"""SMTP as servers really are: TLS of both kinds, passwords, authorities of one's own, DSN, and what they refuse."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest

from review_app.config import Settings, SettingsError
from review_app.mail.errors import MailError
from review_app.mail.returns import TOKEN_HEADER, WayBack, return_address
from review_app.mail.smtp import SmtpTransport
from tests.certificates import Certificates, make_certificates
from tests.mail_servers import NAME, PASSWORD, mail_server
from tests.servers import free_port

TOKEN = "0123456789abcdef0123456789abcdef"
BACK = WayBack(TOKEN, asks_success=True)
BOUNCES = "bounces@prime.example"
SIGN_IN = f"{quote(NAME, safe='')}:{quote(PASSWORD, safe='')}@"
At = Callable[..., Settings]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Those of a server on localhost."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def at(settings: Settings, certificates: Certificates) -> At:
    """The settings for a server; ``changes`` replace what is about delivery."""

    def of(port: int, scheme: str = "smtp", sign_in: str = "", **changes: object) -> Settings:
        values = {"smtp_ca_file": certificates.authority, "smtp_timeout": 5, **changes}
        return replace(
            settings,
            smtp_url=f"{scheme}://{sign_in}localhost:{port}",
            mail_from="Roundtable <review@prime.example>",
            delivery=replace(settings.delivery, **values),  # type: ignore[arg-type]
        )

    return of


def a_mail(to: str = "beth@calder.example") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Hello", "Roundtable <review@prime.example>", to
    message["Message-ID"] = "<one@roundtable.invalid>"
    message.set_content("Your link")
    return message


def send(settings: Settings, back: WayBack = BACK, to: str = "beth@calder.example") -> None:
    with SmtpTransport(settings) as transport:
        transport.check()
        transport.send(a_mail(to), "cycle", back)


def fault_of(settings: Settings, **how: str) -> MailError:
    with pytest.raises(MailError) as refused:
        send(settings, **how)  # type: ignore[arg-type]
    return refused.value


# Connections


def test_a_password_travels_after_starttls_alone(certificates: Certificates, at: At) -> None:
    with mail_server(starttls=certificates.server_context(), has_password=True) as server:
        send(at(server.port, sign_in=SIGN_IN))
    (taken,) = server.taken
    assert (taken.name, taken.is_encrypted, taken.recipient) == (NAME, True, "beth@calder.example")


@pytest.mark.parametrize("left_out", ["PLAIN", "LOGIN"])
def test_both_usual_ways_to_sign_in_work(certificates: Certificates, at: At, left_out: str) -> None:
    with mail_server(
        implicit=certificates.server_context(), has_password=True, mechanisms_left_out=(left_out,)
    ) as server:
        send(at(server.port, "smtps", SIGN_IN))
    (taken,) = server.taken
    assert (taken.name, taken.is_encrypted) == (NAME, True)


def test_no_password_goes_to_a_server_without_tls(at: At) -> None:
    with mail_server(has_password=False) as server:
        fault = fault_of(at(server.port, sign_in=SIGN_IN))
    assert fault.is_server and not server.taken
    assert fault.problem == "the mail server offers no TLS, and a password needs it"
    assert "ROUNDTABLE_SMTP_URL" in fault.mend


def test_a_server_that_nobody_vouches_for_gets_nothing(certificates: Certificates, at: At) -> None:
    with mail_server(starttls=certificates.server_context(), has_password=True) as server:
        fault = fault_of(at(server.port, sign_in=SIGN_IN, smtp_ca_file=None))
    assert fault.problem == "the mail server's certificate is not trusted"
    assert "ROUNDTABLE_SMTP_CA_FILE" in fault.mend and not server.taken


def test_a_certificate_of_another_machine_is_refused(certificates: Certificates, at: At) -> None:
    with mail_server(implicit=certificates.server_context()) as server:
        settings = at(server.port, "smtps")
        assert settings.smtp_url is not None
        fault = fault_of(replace(settings, smtp_url=settings.smtp_url.replace("localhost", "127.0.0.1")))
    assert fault.problem == "the mail server's certificate is not trusted"


def test_a_wrong_password_is_named_by_its_setting_and_never_repeated(
    certificates: Certificates, at: At
) -> None:
    with mail_server(implicit=certificates.server_context(), has_password=True) as server:
        fault = fault_of(at(server.port, "smtps", SIGN_IN.replace("rd@", "rong@")))
    assert fault.problem == "the mail server refuses our name or password"
    assert "ROUNDTABLE_SMTP_URL" in fault.mend and "ss:w" not in f"{fault.mend}{fault}"


def test_tls_from_the_start_at_a_port_without_it_is_explained(at: At) -> None:
    with mail_server() as server:
        fault = fault_of(at(server.port, "smtps"))
    assert fault.problem == "the mail server and we have no TLS in common"
    assert "smtps:// is for port 465" in fault.mend


@pytest.mark.parametrize("has_others", [False, True])
def test_a_server_that_takes_no_password_is_explained(
    certificates: Certificates, at: At, has_others: bool
) -> None:
    with mail_server(
        implicit=certificates.server_context(),
        has_password=has_others,
        mechanisms_left_out=("PLAIN", "LOGIN") if has_others else (),
    ) as server:
        fault = fault_of(at(server.port, "smtps", SIGN_IN))
    assert fault.problem == "the mail server takes no name and password"


def test_a_server_that_hangs_is_left_after_the_timeout(at: At) -> None:
    with socket.create_server(("localhost", 0)) as silent:
        fault = fault_of(at(silent.getsockname()[1], smtp_timeout=1))
    assert fault.is_server and fault.problem == "the mail server did not answer in time"


def test_a_server_that_is_away_is_no_fault_of_a_mail(at: At) -> None:
    fault = fault_of(at(free_port()))
    assert (fault.problem, fault.is_server, fault.is_final) == (
        "the mail server cannot be reached",
        True,
        False,
    )


# The way back


def test_the_envelope_names_the_way_back_and_the_head_the_sender(at: At) -> None:
    with mail_server(offers_dsn=True) as server:
        send(at(server.port, bounce_address=BOUNCES))
    (taken,) = server.taken
    assert taken.sender == f"bounces+{TOKEN}@prime.example"
    assert taken.message["From"].addresses[0].addr_spec == "review@prime.example"
    assert taken.message[TOKEN_HEADER] == TOKEN
    assert taken.mail_options == ("RET=HDRS", f"ENVID={TOKEN}")


@pytest.mark.parametrize(
    ("asks_success", "wanted"), [(True, "NOTIFY=SUCCESS,FAILURE,DELAY"), (False, "NOTIFY=FAILURE,DELAY")]
)
def test_a_report_of_success_is_asked_for_where_it_may_be(at: At, asks_success: bool, wanted: str) -> None:
    with mail_server(offers_dsn=True) as server:
        send(at(server.port, bounce_address=BOUNCES), WayBack(TOKEN, asks_success=asks_success))
    assert server.taken[0].recipient_options == (wanted,)


def test_a_server_without_dsn_is_asked_for_nothing(at: At) -> None:
    with mail_server() as server:
        send(at(server.port, bounce_address=BOUNCES))
    (taken,) = server.taken
    assert taken.sender == f"bounces+{TOKEN}@prime.example"
    assert (taken.mail_options, taken.recipient_options) == ((), ())


def test_where_nobody_reads_bounces_none_are_asked_for(at: At) -> None:
    with mail_server(offers_dsn=True) as server:
        send(at(server.port))
    (taken,) = server.taken
    assert taken.sender == "review@prime.example"
    assert (taken.mail_options, taken.recipient_options, taken.message[TOKEN_HEADER]) == ((), (), None)


def test_a_return_address_is_short_enough_for_every_server(at: At) -> None:
    longest = return_address(at(25, bounce_address=f"{'b' * 31}@prime.example"), TOKEN)
    assert len(longest.partition("@")[0]) == 64


# Refusals


@pytest.mark.parametrize(
    ("reply", "problem", "is_final"),
    [
        (
            "550 5.1.1 <beth@calder.example> unknown",
            "refused by the mail server: no such mailbox (550)",
            True,
        ),
        ("550 nobody of that name: beth@calder.example", "refused by the mail server (550)", True),
        ("452 4.2.2 over quota", "put off by the mail server: mailbox full (452)", False),
        ("450 5.1.1 contradicts itself", "put off by the mail server (450)", False),
    ],
)
def test_a_refused_address_is_told_by_a_category_without_the_servers_words(
    at: At, reply: str, problem: str, is_final: bool
) -> None:
    with mail_server(refuse_recipient=reply) as server:
        fault = fault_of(at(server.port))
    assert (fault.problem, fault.is_final, fault.is_server) == (problem, is_final, False)


def test_a_refused_sender_is_everybodys_problem_and_gives_up_no_mail(at: At) -> None:
    with mail_server(refuse_sender="550 not yours") as server:
        fault = fault_of(at(server.port, bounce_address=BOUNCES))
    assert fault.is_server and not fault.is_final
    assert "ROUNDTABLE_BOUNCE_ADDRESS" in fault.mend


def test_an_address_beyond_ascii_is_one_mails_problem(at: At) -> None:
    with mail_server(is_ascii_only=True) as server:
        settings = at(server.port)
        with SmtpTransport(settings) as transport:
            with pytest.raises(MailError) as refused:
                transport.send(a_mail("zoë@calder.example"), "cycle", BACK)
            transport.send(a_mail(), "cycle", BACK)
    assert refused.value.is_final and not refused.value.is_server
    assert len(server.taken) == 1


def test_a_server_that_hangs_up_in_the_middle_leaves_the_mail_owed(at: At) -> None:
    with mail_server(refuse_recipient="421 4.3.2 closing") as server:
        fault = fault_of(at(server.port))
    assert fault.is_server and not fault.is_final


def test_a_ca_file_that_is_none_is_named(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "not.pem").write_text("Hello", encoding="ascii")
    for value in (tmp_path / "not.pem", tmp_path / "missing.pem"):
        with pytest.raises(SettingsError, match="ROUNDTABLE_SMTP_CA_FILE is not a file of certificates"):
            Settings.from_env({**environ, "ROUNDTABLE_SMTP_CA_FILE": str(value)})
