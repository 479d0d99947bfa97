"""Link secrets, codes and seals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import sealing
from surveys.errors import BrokenSealError, TooLargeToSealError, WrongPassphraseError

SECRET = b"s" * sealing.SECRET_BYTES


def test_a_link_has_at_least_128_bits() -> None:
    assert len(sealing.link_secret(sealing.new_link_key(), "i", 0)) * 8 >= 128


def test_different_invitations_cycles_and_purposes_give_unrelated_values() -> None:
    one, other = sealing.new_link_key(), sealing.new_link_key()
    secret = sealing.link_secret(one, "i", 0)
    values = {
        secret,
        sealing.link_secret(one, "j", 0),
        sealing.link_secret(other, "i", 0),
        sealing.verifier(secret),
        sealing.ballot_id(secret, "x"),
        sealing.ballot_id(secret, "y"),
        sealing.draft_id(secret, "x"),
    }
    assert len(values) == 7


@given(st.binary(min_size=sealing.SECRET_BYTES, max_size=sealing.SECRET_BYTES))
def test_a_code_survives_how_people_type_it(secret: bytes) -> None:
    code = sealing.code_of(secret)
    typed = f"  {code.lower().replace('-', ' ')}\n"
    assert sealing.secret_of(typed) == secret
    assert sealing.secret_of(code.replace("O", "0").replace("I", "1").replace("B", "8")) == secret


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_a_code(text: str) -> None:
    found = sealing.secret_of(text)
    assert found is None or len(found) == sealing.SECRET_BYTES


@given(st.binary(max_size=900), st.binary(max_size=900))
def test_sealed_values_have_one_size_whatever_they_hold(one: bytes, other: bytes) -> None:
    pair = sealing.new_key_pair()
    ballots = [sealing.seal_ballot(pair.sealing, value, 1024) for value in (one, other)]
    drafts = [sealing.seal_draft(SECRET, "x", value, 1024) for value in (one, other)]
    assert len({len(ballot) for ballot in ballots}) == len({len(draft) for draft in drafts}) == 1
    assert [sealing.open_ballot(pair.opening, ballot) for ballot in ballots] == [one, other]
    assert [sealing.open_draft(SECRET, "x", draft) for draft in drafts] == [one, other]


def test_a_value_that_does_not_fit_is_refused_and_never_cut() -> None:
    with pytest.raises(TooLargeToSealError):
        sealing.seal_ballot(sealing.new_key_pair().sealing, b"x" * 1021, 1024)


def test_the_wrong_key_an_altered_blob_and_another_assignment_open_nothing() -> None:
    pair = sealing.new_key_pair()
    ballot = sealing.seal_ballot(pair.sealing, b"answers", 1024)
    draft = sealing.seal_draft(SECRET, "x", b"answers", 1024)
    with pytest.raises(BrokenSealError):
        sealing.open_ballot(sealing.new_key_pair().opening, ballot)
    with pytest.raises(BrokenSealError):
        sealing.open_ballot(pair.opening, ballot[:-1] + bytes([ballot[-1] ^ 1]))
    with pytest.raises(BrokenSealError):
        sealing.open_draft(SECRET, "y", draft)
    with pytest.raises(BrokenSealError):
        sealing.open_draft(b"t" * 20, "x", draft)


def test_the_stewards_file_opens_with_its_passphrase_alone() -> None:
    pair = sealing.new_key_pair()
    file = sealing.seal_key_file(pair.opening, "correct horse battery staple")
    assert pair.opening not in file
    assert sealing.open_key_file(file, "correct horse battery staple") == pair.opening
    assert sealing.sealing_key_of(pair.opening) == pair.sealing
    for data, passphrase in (
        (file, "wrong"),
        (b"a holiday photo", "wrong"),
        (file[:-20], "wrong"),
        (b"", ""),
    ):
        with pytest.raises(WrongPassphraseError):
            sealing.open_key_file(data, passphrase)


def test_the_stewards_file_survives_an_editor_and_another_keyboard() -> None:
    pair = sealing.new_key_pair()
    file = sealing.seal_key_file(pair.opening, "caf\u00e9 lantern orchard")
    for data in (file.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + file, file.rstrip(), b"\n" + file + b"\n\n"):
        assert sealing.open_key_file(data, "cafe\u0301 lantern orchard") == pair.opening


def test_a_file_that_holds_something_else_than_a_key_is_refused() -> None:
    with pytest.raises(WrongPassphraseError):
        sealing.open_key_file(sealing.seal_key_file(b"not a key", "pass"), "pass")


def test_a_message_id_is_the_same_at_every_attempt_and_differs_between_mails() -> None:
    key = sealing.new_link_key()
    first = sealing.message_token(key, "i", "invitation", 1)
    assert first == sealing.message_token(key, "i", "invitation", 1)
    assert (
        first
        != sealing.message_token(key, "i", "reminder", 1)
        != sealing.message_token(key, "i", "reminder", 2)
    )


def test_no_value_that_holds_a_key_prints_it() -> None:
    pair = sealing.new_key_pair()
    assert pair.opening.hex() not in repr(pair) and str(pair.opening) not in repr(pair)
