"""Destroys the keys of workshops that are over, so that nothing that was ever sealed in them can be opened again."""

from __future__ import annotations

from review_app import clock
from review_app.database import reading, transaction
from review_app.keys import KeyFolder
from review_app.services import workshop_seals


def forget(keys: KeyFolder) -> None:
    """Destroys every key that nothing needs any more, and deletes what is sealed. Done again, it finds nothing to do.

    The rows go first: should the process die in between, the key is still here and tells what is left to do.
    """
    kept = keys.workshops()
    if not kept:
        return
    with reading() as session:
        over = [id_ for id_ in kept if workshop_seals.needs_no_key(session, clock.now(), id_)]
    for workshop_id in over:
        with transaction() as session:
            workshop_seals.remove_all(session, workshop_id)
        keys.destroy_workshop_key(workshop_id)
