"""The steward's forms: the key file and its passphrase, a later closing time, the decisions on comments."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired

from review_app.web.closing_time import ClosingTimeForm
from surveys import sealing
from surveys.errors import WrongPassphraseError

SHORTEST_PASSPHRASE = 16
LONGEST_PASSPHRASE = 1000
# A key file has some 200 bytes; whatever is longer is another file.
_LONGEST_KEY_FILE = 2000


class KeyFileForm(FlaskForm):
    """A passphrase for a new key file, typed twice."""

    passphrase = PasswordField("Passphrase", validators=[InputRequired("Enter a passphrase")])
    again = PasswordField(
        "The same passphrase again", validators=[InputRequired("Enter the passphrase a second time")]
    )

    def validate_passphrase(self, field: StringField) -> None:
        """Refuses a passphrase that could be guessed by trying."""
        if len(field.data) < SHORTEST_PASSPHRASE:
            raise ValidationError(f"Use {SHORTEST_PASSPHRASE} characters or more, such as four words")
        if len(field.data) > LONGEST_PASSPHRASE:
            raise ValidationError(f"Use {LONGEST_PASSPHRASE:,} characters or fewer")

    def validate_again(self, field: StringField) -> None:
        """Refuses two passphrases that differ: a slip of the finger would lose every answer."""
        if field.data != self.passphrase.data:
            raise ValidationError("The two passphrases differ. Type both again")


class OpeningForm(FlaskForm):
    """The key file and its passphrase, to prove that they open, or to count with."""

    key_file = FileField("Key file", validators=[FileRequired("Choose the key file")])
    passphrase = PasswordField(
        "Passphrase", validators=[InputRequired("Enter the passphrase of the key file")]
    )

    def opening_key(self) -> bytes | None:
        """The opening key; None when the form was refused, with its faults in their fields."""
        if not self.validate():
            return None
        try:
            return sealing.open_key_file(
                self.key_file.data.stream.read(_LONGEST_KEY_FILE), self.passphrase.data[:LONGEST_PASSPHRASE]
            )
        except WrongPassphraseError as error:
            self.key_file.errors = [f"{error} Choose the file and type its passphrase again."]
            return None


class ExtendForm(ClosingTimeForm):
    """A later closing time."""
