"""Evidence on both databases and on a real disk: kept durably, scanned by a real program, swept when not needed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from review_app import clock
from review_app.database import reading, transaction
from review_app.evidence_store import EvidenceStore
from review_app.models.actions import EvidenceRecord
from review_app.scanning import BETWEEN_TRIES, Scanner, sweep
from review_app.services import evidence_files
from review_app.services.errors import NotAllowedError, NotFoundError
from review_app.services.evidence_files import MOST_PIECES, PASSED, REFUSED, WAITING, NewFile
from review_app.state import State, state
from surveys.errors import ActionFaultsError
from surveys.improvement import ActionState, EntryKind
from tests.actions_made import PRIME, in_state, load, published, turn
from tests.publications import Reviewed

CONTENT = b"invoice,days\r\n1,14\r\n"


@pytest.fixture
def of(either_environ: dict[str, str]) -> Iterator[Reviewed]:
    """A published review on either database."""
    with published(either_environ) as found:
        yield found


def store() -> EvidenceStore:
    return EvidenceStore(state().settings.evidence_dir)


def add(of: Reviewed, action_id: str, content: bytes = CONTENT, *, scan: str = PASSED) -> str:
    """The random name of a file that is added to an action."""
    name = store().keep(content)
    file = NewFile("days.csv", "text/plain", name, len(content), evidence_files.digest_of(content), scan)
    form = turn(of, action_id, PRIME)
    with transaction() as session:
        evidence_files.add_file(session, clock.now(), form, file)
    return name


def scanner_of(folder: Path, words: str) -> State:
    """The state of an installation whose scanner is a shell script."""
    path = folder / "scan"
    path.write_text(f"#!/bin/sh\n{words}\n")
    path.chmod(0o700)
    return replace(state(), settings=replace(state().settings, scan_command=path))


def test_a_file_is_kept_under_a_random_name_for_the_owner_of_the_process_alone(tmp_path: Path) -> None:
    kept = EvidenceStore(tmp_path / "evidence")
    first, second = kept.keep(CONTENT), kept.keep(CONTENT)
    assert first != second and len(first) == 40
    path = kept.path(first)
    assert path is not None and path.read_bytes() == CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for name in ("../secret", "", "x" * 40, first[:-1], f"{first}\n", "/etc/passwd"):
        assert kept.path(name) is None
    kept.remove(first)
    kept.remove(first)
    assert kept.path(first) is None


def test_a_file_and_a_link_are_evidence_with_their_entries_and_nothing_twice(of: Reviewed) -> None:
    action_id = in_state(of, ActionState.IN_PROGRESS)
    add(of, action_id)
    add(of, action_id)
    form = turn(of, action_id, PRIME)
    for _ in range(2):
        with transaction() as session:
            evidence_files.add_link(
                session, clock.now(), form, "https://www.example.org/terms", " Our  terms "
            )
    found = load(action_id)
    file, link = found.evidence
    assert (file.name, file.size, file.address, file.scan) == ("days.csv", len(CONTENT), "", PASSED)
    assert (link.name, link.address, link.size) == ("Our terms", "https://www.example.org/terms", 0)
    said = [entry.text for entry in found.entries if entry.kind is EntryKind.EVIDENCE]
    assert said == ["days.csv", "Our terms (https://www.example.org/terms)"]
    with reading() as session:
        stored = evidence_files.stored(session, file.id)
        assert stored.action_id == action_id
        with pytest.raises(NotFoundError):
            evidence_files.stored(session, link.id)


def test_ten_pieces_are_the_most_and_what_is_settled_takes_none(of: Reviewed) -> None:
    action_id = in_state(of, ActionState.IN_PROGRESS)
    for number in range(MOST_PIECES):
        add(of, action_id, f"file {number}".encode())
    with pytest.raises(ActionFaultsError):
        add(of, action_id, b"one too many")
    settled = in_state(of, ActionState.VERIFIED)
    with pytest.raises(NotAllowedError):
        add(of, settled)


def test_a_file_waits_for_the_scanner_and_what_it_refuses_is_gone(of: Reviewed, tmp_path: Path) -> None:
    action_id = in_state(of, ActionState.IN_PROGRESS)
    good = add(of, action_id, b"good", scan=WAITING)
    bad = add(of, action_id, b"bad", scan=WAITING)
    ids = [piece.id for piece in load(action_id).evidence]
    with reading() as session, pytest.raises(NotFoundError):
        evidence_files.stored(session, ids[0])
    log = tmp_path / "log"
    by_script = scanner_of(tmp_path, f'echo "$#:$1" >> {log}\ngrep -q bad "$1" && exit 1\nexit 0')
    Scanner().look(by_script)
    found = load(action_id)
    assert [piece.scan for piece in found.evidence] == [PASSED, REFUSED]
    assert "the scanner refused this file" in found.entries[-1].text
    assert store().path(good) is not None and store().path(bad) is None
    folder = state().settings.evidence_dir
    assert sorted(log.read_text().split()) == sorted([f"1:{folder / good}", f"1:{folder / bad}"])
    with reading() as session:
        assert evidence_files.stored(session, ids[0]).stored_as == good
        with pytest.raises(NotFoundError):
            evidence_files.stored(session, ids[1])
    Scanner().look(by_script)
    assert load(action_id) == found


@pytest.mark.parametrize("words", ["exit 2", "kill -9 $$"])
def test_a_scanner_without_an_answer_lets_files_wait_and_is_asked_again_later(
    environ: dict[str, str], tmp_path: Path, words: str
) -> None:
    with published(environ) as of:
        action_id = in_state(of, ActionState.IN_PROGRESS)
        name = add(of, action_id, scan=WAITING)
        marks = tmp_path / "marks"
        broken = scanner_of(tmp_path, f"echo x >> {marks}\n{words}")
        scanner = Scanner()
        scanner.look(broken)
        scanner.look(broken)
        assert marks.read_text().count("x") == 1
        assert load(action_id).evidence[0].scan == WAITING and store().path(name) is not None
        assert all(moment > clock.now() + BETWEEN_TRIES / 2 for moment in scanner.again.values())
        gone = replace(broken, settings=replace(broken.settings, scan_command=tmp_path / "no-such-program"))
        Scanner().look(gone)
        assert load(action_id).evidence[0].scan == WAITING


def test_without_a_scanner_what_still_waits_passes(of: Reviewed) -> None:
    action_id = in_state(of, ActionState.IN_PROGRESS)
    add(of, action_id, scan=WAITING)
    Scanner().look(state())
    assert load(action_id).evidence[0].scan == PASSED


def test_files_that_no_row_needs_are_swept_and_others_stay(of: Reviewed) -> None:
    action_id = in_state(of, ActionState.IN_PROGRESS)
    kept, refused, fresh = add(of, action_id), add(of, action_id, b"refused"), store().keep(b"fresh")
    orphan = store().keep(b"orphan")
    with transaction() as session:
        session.execute(
            update(EvidenceRecord).where(EvidenceRecord.stored_as == refused).values(scan=REFUSED)
        )
    past = (clock.now() - timedelta(hours=2)).timestamp()
    for name in (kept, refused, orphan):
        os.utime(state().settings.evidence_dir / name, (past, past))
    (state().settings.evidence_dir / "not ours").write_text("x")
    assert sweep(store(), clock.now()) == 2
    assert [store().path(name) is not None for name in (kept, refused, fresh, orphan)] == [
        True,
        False,
        True,
        False,
    ]
    assert (state().settings.evidence_dir / "not ours").exists()
