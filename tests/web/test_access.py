"""Who may open what: every route of the application, tried as nobody, as an organiser and as two stewards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review_app.access import AUDIENCES, OPEN
from review_app.models.accounts import AccountRole
from review_app.services.accounts import Account
from tests.conftest import OpenCycle, make_account
from tests.pages import PageClient

NOBODY_MAY = {302, 303}


def addresses(app: Flask, values: dict[str, str]) -> list[tuple[str, str, str]]:
    """Every guarded route as (blueprint, method, address), with real ids filled in."""
    found = []
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        audience = rule.endpoint.partition(".")[0]
        if audience in OPEN or rule.endpoint == "static":
            continue
        filled = {name: values.get(name, "x") for name in rule.arguments}
        address = adapter.build(rule.endpoint, filled, force_external=False)
        found += [(audience, method, address) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


def ask(client: FlaskClient, method: str, address: str) -> int:
    return client.open(address, method=method).status_code


@pytest.fixture
def ids(open_cycle: OpenCycle, northern_bridge: str) -> dict[str, str]:
    """Real values for the parameters of routes."""
    return {
        "cycle_id": open_cycle.id,
        "chain_id": northern_bridge,
        "number": "1",
        "version": "1",
        "kind": "pdf",
        "way": "up",
    }


def test_every_route_has_an_audience(app: Flask) -> None:
    blueprints = {rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules()} - {"static"}
    assert blueprints <= OPEN | set(AUDIENCES)


def test_nobody_gets_past_the_sign_in(app: Flask, ids: dict[str, str]) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    routes = addresses(app, ids)
    assert len(routes) > 25
    for _, method, address in routes:
        answer = client.open(address, method=method)
        assert answer.status_code in NOBODY_MAY, (method, address)
        assert "/sign-in" in (answer.location or ""), (method, address)


@pytest.mark.parametrize("role", list(AccountRole))
def test_no_role_opens_the_pages_of_another(
    app: Flask, ids: dict[str, str], role: AccountRole, organiser: Account, steward: Account
) -> None:
    client = app.test_client()
    account = organiser if role is AccountRole.ORGANISER else steward
    assert isinstance(client, PageClient)
    client.send("/sign-in", {"email": account.email, "password": "a long enough password"})
    app.config["WTF_CSRF_ENABLED"] = False
    for audience, method, address in addresses(app, ids):
        if role not in AUDIENCES[audience]:
            assert ask(client, method, address) == 403, (method, address)


def test_a_steward_sees_nothing_of_another_stewards_review(
    app: Flask, ids: dict[str, str], sign_in: Callable[[Account], None], client: FlaskClient
) -> None:
    sign_in(make_account(app, "another@independent.example", AccountRole.STEWARD))
    app.config["WTF_CSRF_ENABLED"] = False
    tried = [
        (m, a) for audience, m, a in addresses(app, ids) if audience == "steward" and ids["cycle_id"] in a
    ]
    assert len(tried) > 6
    for method, address in tried:
        assert ask(client, method, address) in {404, 409}, (method, address)
        assert "Northern Bridge" not in client.open(address, method=method).text


def test_a_post_without_its_token_is_refused(app: Flask, client: FlaskClient, organiser: Account) -> None:
    answer = client.post("/sign-in", data={"email": organiser.email, "password": "a long enough password"})
    assert answer.status_code == 400


def test_every_failed_sign_in_reads_the_same(client: PageClient, organiser: Account) -> None:
    pages = []
    for email, password in ((organiser.email, "wrong"), ("nobody@nowhere.example", "wrong"), ("", "")):
        answer = client.send("/sign-in", {"email": email, "password": password})
        pages.append((answer.status_code, answer.text.count("do not match")))
    assert len(set(pages)) == 1 and pages[0][1] >= 1


def test_signing_in_never_leads_to_another_site(app: Flask, organiser: Account) -> None:
    for target in ("//evil.example/x", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        client = app.test_client()
        assert isinstance(client, PageClient)
        token = client.csrf("/sign-in")
        answer = client.post(
            "/sign-in",
            query_string={"next": target},
            data={"email": organiser.email, "password": "a long enough password", "csrf_token": token},
        )
        assert answer.location == "/organiser", target


def test_every_page_forbids_foreign_scripts_and_keeps_no_copy(client: FlaskClient) -> None:
    for path in ("/", "/promise", "/sign-in", "/r", "/no-such-page"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
