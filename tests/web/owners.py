"""A published review with an action in every state, at rest, and the browsers of those who came by a link to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

from review_app.database import reading
from review_app.models.cycles import CycleRecord
from surveys import sealing
from surveys.improvement import ActionState
from tests.actions_made import ASH, MILL, PRIME, load, propose, published, secret_of, some_of_each
from tests.pages import PageClient
from tests.web.stewards import Guarded, field

EVERYBODY = (PRIME, MILL, ASH)


@dataclass(frozen=True)
class Acted(Guarded):
    """An installation at rest. ``numbers``: of the prime's actions by their states; ``codes``: of links by address.

    ``joint``: the number of an action of the prime's and the ash's.
    """

    chain_id: str
    ids: dict[ActionState, str]
    numbers: dict[ActionState, int]
    joint: int
    codes: dict[str, str]

    def path(self, state: ActionState) -> str:  # type: ignore[override]  # of an action, not of the review
        """The address of the prime's action in a state."""
        return f"/a/{self.numbers[state]}"


def made_actions(folder: Path, **changes: object) -> Acted:
    """The review and its actions, made in a folder. ``changes``: of the review's design."""
    environ = {
        "ROUNDTABLE_MODE": "demo",
        "ROUNDTABLE_DATA_DIR": str(folder / "data"),
        "ROUNDTABLE_KEYS_DIR": str(folder / "keys"),
        "ROUNDTABLE_SECRET_KEY": "s" * 40,
        "ROUNDTABLE_BASE_URL": "http://127.0.0.1:8000",
    }
    with published(environ, **changes) as of:
        ids = some_of_each(of)
        joint = propose(of, owners=(PRIME, ASH), title="Both of us do this")
        with reading() as session:
            chain_id = session.get_one(CycleRecord, of.cycle.id).chain_id
        return Acted(
            folder=folder,
            cycle_id=of.cycle.id,
            organiser=of.organiser,
            steward=of.steward,
            chain_id=chain_id,
            ids=ids,
            numbers={state: load(id_).number for state, id_ in ids.items()},
            joint=load(joint).number,
            codes={who: sealing.code_of(secret_of(of, who)) for who in EVERYBODY},
        )


def came_to_act(app: Flask, acted: Acted, address: str) -> PageClient:
    """A new browser in which somebody's link to actions is open."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    answer = client.post("/a", data={"code": acted.codes[address]})
    assert (answer.status_code, answer.location) == (303, "/a/yours"), answer.text
    return client


def hidden(client: PageClient, path: str) -> dict[str, str]:
    """The hidden fields of the form of a page."""
    page = client.get(path).text
    return {name: field(page, name) for name in ("csrf_token", "action", "shown", "seen")}


def post(client: PageClient, path: str, form: dict[str, str] | None = None, **fields: object) -> TestResponse:
    """Posts the form of a page as it holds it (or ``form`` in its place), with these fields."""
    return client.post(path, data={**(hidden(client, path) if form is None else form), **fields})
