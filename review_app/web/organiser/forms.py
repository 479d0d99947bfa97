"""The organiser's forms. What a design may be is the domain's to say; here is only what cannot be read at all."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from review_app.services.designs import HIGHEST_K, languages_to_text
from review_app.services.designs import LONGEST_REASON as MOST_OF_LONG_REASON
from review_app.web.closing_time import ClosingTimeForm, TimeField
from review_app.web.fields import DayField, WholeNumberField, tidy
from review_app.web.organiser.grouping import KindRow, kind_rows
from surveys.chain import Chain
from surveys.cycle import KeyMode
from surveys.entries import LONGEST_TEXT
from surveys.groups import LOWEST_K
from surveys.language import BILINGUAL, ENGLISH_ONLY
from surveys.matrix import HIGHEST_CAP, LEAST_CAP
from surveys.publication import MOST_DAYS, CountedBy, PublicationRule
from surveys.subjects import Perspective
from surveys.texts import clean_text

LONGEST_GROUP = 60
LONGEST_REASON = 1000
KEY_MODES = (
    SelectChoice(KeyMode.TWO_KEY.value, later("Only the steward can open the answers (two keys)")),
    SelectChoice(KeyMode.ONE_HOST.value, later("This server can open them (one host)")),
)


class ImportForm(FlaskForm):
    """A spreadsheet, and the name that its chain is to have."""

    name = StringField(
        later("Name of the chain"),
        filters=[tidy],
        validators=[
            DataRequired(later("Enter a name for the chain, such as its contract")),
            Length(
                max=LONGEST_TEXT,
                message=later("Use %(most)s characters or fewer for the name", most=LONGEST_TEXT),
            ),
        ],
    )
    file = FileField(
        later("Spreadsheet"), validators=[FileRequired(later("Choose a spreadsheet, as XLSX or CSV"))]
    )


class SaveChainForm(FlaskForm):
    """The checked upload on its way back."""

    checked = HiddenField()


class CycleForm(ClosingTimeForm):
    """The design of a review up to its groups: ``cycle_form`` adds those that a chain has, and what follows them.

    The fields stand in the order of the page, which the list of faults follows.
    """

    title = StringField(later("Title of the review"), filters=[tidy])
    instrument = RadioField(
        later("Questionnaire"), validators=[InputRequired(later("Choose a questionnaire"))]
    )
    perspectives = SelectMultipleField(later("Who reviews whom"))
    cap = WholeNumberField(later("Most reviews asked of one person"), least=LEAST_CAP, most=HIGHEST_CAP)
    languages = RadioField(
        later("Languages"),
        choices=[
            SelectChoice(languages_to_text(ENGLISH_ONLY), later("English")),
            SelectChoice(languages_to_text(BILINGUAL), later("English and Welsh")),
        ],
        validators=[InputRequired(later("Choose the languages"))],
    )
    long_reason = TextAreaField(
        later("Why somebody is asked for more than 20 minutes"),
        filters=[lambda text: clean_text(text or "")],
        validators=[
            Length(
                max=MOST_OF_LONG_REASON,
                message=later("Use %(most)s characters or fewer for the reason", most=MOST_OF_LONG_REASON),
            )
        ],
    )
    long_reason_welsh = TextAreaField(
        later("The same reason in Welsh"),
        filters=[lambda text: clean_text(text or "")],
        validators=[
            Length(
                max=MOST_OF_LONG_REASON,
                message=later("Use %(most)s characters or fewer for the reason", most=MOST_OF_LONG_REASON),
            )
        ],
    )
    steward_id = SelectField(later("Steward"), validators=[DataRequired(later("Choose a steward"))])
    closes_at = DayField(later("Closing day"))
    closes_time = TimeField(later("Closing time"))
    too_soon_reason = TextAreaField(
        later("Why it may close so soon"),
        filters=[lambda text: clean_text(text or "")],
        validators=[
            Length(
                max=LONGEST_REASON,
                message=later("Use %(most)s characters or fewer for the reason", most=LONGEST_REASON),
            )
        ],
    )
    publish_after_days = WholeNumberField(
        later("Days from the close until everybody gets the report"), least=0, most=MOST_DAYS
    )
    publication = RadioField(
        later("Who gets a report on a single partner"),
        choices=[
            SelectChoice(PublicationRule.USUAL.value, later("That partner and the prime")),
            SelectChoice(PublicationRule.OPEN.value, later("That partner, the prime and the commissioners")),
        ],
        validators=[InputRequired(later("Choose who gets a report on a single partner"))],
    )
    counted_by = RadioField(
        later("Whose voice counts as one"),
        choices=[
            SelectChoice(CountedBy.PERSON.value, later("Each person’s")),
            SelectChoice(CountedBy.ORGANISATION.value, later("Each organisation’s")),
        ],
        validators=[InputRequired(later("Choose whose voice counts as one"))],
    )
    key_mode = RadioField(
        later("Who can open the answers before the review closes"),
        choices=list(KEY_MODES),
        validators=[InputRequired(later("Choose who can open the answers"))],
    )
    commissioner_agrees: BooleanField
    k: WholeNumberField
    rows: tuple[KindRow, ...] = ()

    @property
    def titles(self) -> dict[str, str]:
        """The names of the group of each kind of party, English and Welsh, as typed; by the names of their fields."""
        fields = [field for row in self.rows for field in (row.field, row.welsh_field)]
        return {field: self[field].data or "" for field in fields}

    @property
    def is_bilingual(self) -> bool:
        """Whether people are to be asked in Welsh too."""
        return bool(self.languages.data == languages_to_text(BILINGUAL))

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether it can be read: one group has one name in Welsh."""
        is_valid: bool = super().validate(extra_validators)
        names: dict[str, str] = {}
        for row in self.rows:
            title, field = (self[row.field].data or "").casefold(), self[row.welsh_field]
            if not title or not field.data:
                continue
            if names.setdefault(title, field.data) != field.data:
                words = _(
                    "“%(name)s” has another name in Welsh above. Leave this one blank, or change it",
                    name=self[row.field].data,
                )
                field.errors = [words]
                is_valid = False
        return is_valid


def cycle_form(chain: Chain) -> type[CycleForm]:
    """The form for a chain: one more field for each kind of party that it has, the prime apart."""

    class OfChain(CycleForm):
        rows = kind_rows(chain)

    for row in OfChain.rows:
        field = StringField(
            row.title,
            filters=[tidy],
            description=row.who,
            validators=[_short_name()],
        )
        setattr(OfChain, row.field, field)
        setattr(OfChain, row.welsh_field, _welsh_name(row))
    OfChain.commissioner_agrees = BooleanField(
        _("The commissioner has agreed to be shown under its own name")
    )
    OfChain.k = WholeNumberField(_("Smallest group that is shown"), least=LOWEST_K, most=HIGHEST_K)
    return OfChain


def _welsh_name(row: KindRow) -> StringField:
    return StringField(
        _("%(kind)s: the name of their group in Welsh", kind=row.title),
        filters=[tidy],
        validators=[_short_name()],
    )


def _short_name() -> Length:
    return Length(
        max=LONGEST_GROUP,
        message=_("Use %(most)s characters or fewer for a group's name", most=LONGEST_GROUP),
    )


def perspective_choices(chain: Chain) -> list[SelectChoice]:
    """The rules by which reviews may be asked in a chain, for the boxes to tick."""
    prime = chain.prime.name
    words = {
        Perspective.ON_PRIME: _("Everyone on %(prime)s, the prime", prime=prime),
        Perspective.ON_CHAIN: _("Everyone on %(chain)s as a whole", chain=chain.name),
        Perspective.ON_ITSELF: _("Each partner on itself"),
        Perspective.PRIME_ON_PARTNERS: _("%(prime)s on each partner", prime=prime),
        Perspective.BETWEEN_TIERS: _("Tier-1 partners and their subcontractors on each other"),
    }
    return [SelectChoice(perspective.value, words[perspective]) for perspective in Perspective]
