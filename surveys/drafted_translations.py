"""The translations of a questionnaire while it is written: what becomes of them when its English changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from surveys.instrument import Instrument, Question
from surveys.language import Language
from surveys.translation import Translation


def carried(before: Instrument, after: Instrument) -> Instrument:
    """The changed instrument with the translations that it had, as far as they still are of something.

    Where the English is another one now, the text is kept to be checked: it may ask something else. What has no
    English any more goes.
    """
    was, is_now = before.texts(), after.texts()
    changed = {place for place, text in is_now.items() if place in was and was[place] != text}
    translations = {}
    for language, translation in after.translations.items():
        texts = {place: text for place, text in translation.texts.items() if place in is_now}
        to_check = (translation.to_check | changed) & texts.keys()
        if texts:
            translations[language] = Translation(texts, frozenset(to_check))
    return replace(after, translations=translations)


def with_texts(
    draft: Instrument, language: Language, texts: Mapping[str, str], checked: Collection[str] = ()
) -> Instrument:
    """The draft with these texts of a language, by their places; an empty one is taken out.

    A text that differs from the one before has been looked at, and so have those of the places ``checked``.
    """
    before = draft.translations.get(language, Translation({}))
    kept = {place: text for place, text in {**before.texts, **texts}.items() if text}
    looked_at = {place for place, text in texts.items() if text != before.texts.get(place)} | set(checked)
    translation = Translation(kept, frozenset((before.to_check - looked_at) & kept.keys()))
    others = {one: found for one, found in draft.translations.items() if one is not language}
    return replace(draft, translations={**others, language: translation} if kept else others)


def with_translation_of(
    draft: Instrument, section_id: str, question: Question, source: Instrument
) -> Instrument:
    """The draft with the translations that a statement has in the instrument that it was taken over from."""
    homes = [one.id for one in source.sections if any(found.id == question.id for found in one.questions)]
    ends = [f"questions.{question.id}.{voice.value}" for voice in question.wording]
    for language, translation in source.translations.items():
        texts = {
            f"sections.{section_id}.{end}": text
            for home in homes
            for end in ends
            if (text := translation.text(f"sections.{home}.{end}")) is not None
        }
        draft = with_texts(draft, language, texts)
    return draft
