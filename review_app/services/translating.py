"""What a review in English and Welsh still lacks: it may not be launched while a respondent would meet a gap."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from review_app.services.designs import Design
from surveys.errors import Fault
from surveys.instrument import Instrument, Voice
from surveys.language import Language

_WRITE = (
    "Write it in a new version of the questionnaire, on its page “Welsh”, or choose another questionnaire."
)
_LOOK = (
    "Look at it in a new version of the questionnaire, on its page “Welsh”, or choose another questionnaire."
)
_CHANGE = "Type it in the draft."


def language_faults(design: Design, voices: Collection[Voice], unknown: Sequence[str]) -> tuple[Fault, ...]:
    """Everything that has no Welsh of what these voices would read; none for a review in English alone.

    ``unknown``: the texts of our own pages, mails and letters that have none. ``place`` is the form field's name.
    """
    if Language.WELSH not in design.languages:
        return ()
    return (
        *_instrument_faults(design.instrument, voices),
        *(
            Fault("groups_welsh", f"The group “{group.title}” has no name in Welsh.", _CHANGE)
            for group in design.plan.groups
            if not group.is_attributed and not group.welsh_title.strip()
        ),
        *_reason_faults(design),
        *(
            Fault("languages", f"Roundtable has no Welsh for “{text}”.", "Tell whoever runs this server.")
            for text in unknown
        ),
    )


def _instrument_faults(instrument: Instrument, voices: Collection[Voice]) -> Iterator[Fault]:
    lacking = instrument.untranslated(Language.WELSH, voices)
    english = instrument.texts(voices)
    translation = instrument.translations.get(Language.WELSH)
    if translation is None:
        mend = "Choose one that has, or make a copy of it and write the Welsh there."
        yield Fault("instrument", f"The questionnaire “{instrument.title}” has no Welsh.", mend)
        return
    for place in lacking:
        if place in translation.to_check:
            message = f"The English was changed, and nobody has looked at its Welsh since: “{english[place]}”"
            yield Fault("instrument", message, _LOOK)
        else:
            yield Fault("instrument", f"It has no Welsh: “{english[place]}”", _WRITE)


def _reason_faults(design: Design) -> Iterator[Fault]:
    if design.long_reason.strip() and not design.long_reason_welsh.strip():
        message = "The reason why somebody is asked for more than twenty minutes has no Welsh."
        yield Fault("long_reason_welsh", message, _CHANGE)
