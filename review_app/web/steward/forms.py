"""The steward's forms: the key file and its passphrase, a later closing time, the decisions on comments."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired

from review_app.web.closing_time import ClosingTimeForm
from review_app.web.words import figure
from surveys import sealing
from surveys.errors import WrongPassphraseError

SHORTEST_PASSPHRASE = 16
LONGEST_PASSPHRASE = 1000
# A key file has some 200 bytes; whatever is longer is another file.
_LONGEST_KEY_FILE = 2000


class KeyFileForm(FlaskForm):
    """A passphrase for a new key file, typed twice."""

    passphrase = PasswordField(later("Passphrase"), validators=[InputRequired(later("Enter a passphrase"))])
    again = PasswordField(
        later("The same passphrase again"),
        validators=[InputRequired(later("Enter the passphrase a second time"))],
    )

    def validate_passphrase(self, field: StringField) -> None:
        """Refuses a passphrase that could be guessed by trying."""
        if len(field.data) < SHORTEST_PASSPHRASE:
            raise ValidationError(
                _("Use %(least)s characters or more, such as four words", least=SHORTEST_PASSPHRASE)
            )
        if len(field.data) > LONGEST_PASSPHRASE:
            raise ValidationError(_("Use %(most)s characters or fewer", most=figure(LONGEST_PASSPHRASE)))

    def validate_again(self, field: StringField) -> None:
        """Refuses two passphrases that differ: a slip of the finger would lose every answer."""
        if field.data != self.passphrase.data:
            raise ValidationError(_("The two passphrases differ. Type both again"))


class OpeningForm(FlaskForm):
    """The key file and its passphrase, to prove that they open, or to count with."""

    key_file = FileField(later("Key file"), validators=[FileRequired(later("Choose the key file"))])
    passphrase = PasswordField(
        later("Passphrase"), validators=[InputRequired(later("Enter the passphrase of the key file"))]
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
            self.key_file.errors = [
                _("%(fault)s Choose the file and type its passphrase again.", fault=error)
            ]
            return None


class ExtendForm(ClosingTimeForm):
    """A later closing time."""
