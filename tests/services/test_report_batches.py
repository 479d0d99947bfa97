"""All reports of a review as files: made once each, by several processes, whatever is killed in between."""

from __future__ import annotations

import fcntl
import io
import random
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from reports.kinds import FULL_PDF
from review_app import clock, printing, worker
from review_app.database import reading, transaction
from review_app.sealing_pdf import seal_of
from review_app.services import publishing, report_batches
from review_app.services.report_printing import Printing, print_one
from review_app.state import state
from tests.conftest import PASSWORD
from tests.pages import PageClient
from tests.processes import call, kill, start
from tests.publications import Reviewed, counted, quote_everything

KILLS = 3


@pytest.fixture
def published(environ: dict[str, str]) -> Iterator[Reviewed]:
    """A review whose reports, one of them on each partner, are published and not printed yet."""
    environ["ROUNDTABLE_PDF_PROCESSES"] = "2"
    with counted(environ, publish_after_days=0) as found:
        quote_everything(found)
        with transaction() as session:
            publishing.publish(session, clock.now(), found.cycle.id, found.steward.id)
        yield found


def batch_of(found: Reviewed) -> report_batches.Batch:
    with reading() as session:
        return report_batches.batch(session, found.cycle.id, state().settings.report_dir)


def there(batch: report_batches.Batch) -> dict[str, tuple[int, str]]:
    """What is made: of each file, which one it is on the disk, and its bytes."""
    return {
        file.name: (file.path.stat().st_ino, sha256(file.path.read_bytes()).hexdigest())
        for file in batch.files
        if file.path.exists()
    }


@pytest.mark.slow
def test_a_killed_batch_is_taken_up_where_it_was_and_makes_nothing_twice(
    published: Reviewed, environ: dict[str, str], tmp_path: Path
) -> None:
    batch = batch_of(published)
    assert batch.reports > 3
    seen: dict[str, tuple[int, str]] = {}
    for _ in range(KILLS):
        process = start(environ, "worker", "--once")
        time.sleep(random.uniform(3, 7))
        kill(process)
        now = there(batch)
        assert seen.items() <= now.items()
        seen = now
    first = start(environ, "report", "batch", published.cycle.id, "--to", str(tmp_path / "one"))
    second = call(environ, "report", "batch", published.cycle.id, "--to", str(tmp_path / "two"))
    assert second.returncode == 0, second.stderr
    assert first.wait(180) == 0
    made = there(batch)
    assert seen.items() <= made.items() and len(made) == len(batch.files)
    for folder in ("one", "two"):
        written = {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        assert {name: sha256(content).hexdigest() for name, content in written.items()} == {
            name: digest for name, (_, digest) in made.items()
        }
        assert all(content.startswith(b"%PDF") for content in written.values())


def test_of_two_that_want_one_pdf_one_makes_it(published: Reviewed) -> None:
    settings = state().settings
    with reading() as session:
        report = publishing.load(session, published.cycle.id)
    one = Printing(report, FULL_PDF, settings.report_dir, seal_of(settings, clock.now()))
    settings.report_dir.mkdir(parents=True)
    lock = one.path.with_name(one.path.name + ".lock")
    with lock.open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert print_one(one) is False
        assert not one.path.exists()
    assert print_one(one) is True
    first = one.path.stat()
    assert print_one(one, is_waiting=True) is True
    assert (one.path.stat().st_ino, one.path.stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
    assert [path.name for path in settings.report_dir.iterdir()] == [one.path.name]


def test_one_report_that_cannot_be_printed_keeps_no_other_from_it(published: Reviewed) -> None:
    settings = state().settings
    with reading() as session:
        good, *_ = wanted = printing.wanted(session, state(), clock.now())
    assert len(wanted) > 6
    broken = Printing(good.published, good.kind, settings.report_dir / "a-file", good.seal)
    settings.report_dir.mkdir(parents=True)
    (settings.report_dir / "a-file").write_text("in the way")
    press = printing.Press()
    made: list[Printing] = []
    with pytest.raises(OSError, match="a-file"):
        made.extend(press.print_all([broken, good], processes=1))
    assert good.path.exists()
    with pytest.raises(OSError, match="a-file"):
        made.extend(press.print_all([broken, wanted[1]], processes=2))
    press.stop()
    assert wanted[1].path.exists()


@pytest.mark.slow
def test_the_organiser_sees_how_far_it_is_and_downloads_all_of_it(published: Reviewed) -> None:
    client: PageClient = published.app.test_client()  # type: ignore[assignment]
    client.send("/sign-in", {"email": "organiser@office.example", "password": PASSWORD})
    page = f"/organiser/reviews/{published.cycle.id}/reports"
    batch = batch_of(published)
    before = client.get(page)
    assert f"0 of {len(batch.files)} PDFs are made." in before.text
    assert before.headers["Refresh"] == "10"
    assert client.get(f"{page}.zip").location == page
    assert worker.look(state())
    after = client.get(page)
    assert "Download them as one ZIP file" in after.text and "Refresh" not in after.headers
    answer = client.get(f"{page}.zip")
    assert answer.mimetype == "application/zip"
    with ZipFile(io.BytesIO(answer.data)) as archive:
        names = archive.namelist()
        assert sorted(names) == sorted(file.name for file in batch.files)
        assert all("/" not in name and name.isascii() and name.startswith("threads-") for name in names)
        assert any("mill-ltd-two-pages" in name for name in names)
        assert all(archive.read(name).startswith(b"%PDF") for name in names)
    assert batch.archive.exists()
    # What was made stays as it is: nothing is owed any more.
    files = {path.name: path.stat().st_mtime_ns for path in state().settings.report_dir.iterdir()}
    assert worker.look(state())
    assert {path.name: path.stat().st_mtime_ns for path in state().settings.report_dir.iterdir()} == files
    assert not [name for name in files if name.endswith((".part", ".lock"))]
