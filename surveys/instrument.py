"""Instruments (questionnaires) as frozen values: Instrument > Section > Question, with a Scale and voices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from surveys.language import Language
from surveys.translation import Translation

STATEMENTS_PER_PAGE = 5


class Voice(StrEnum):
    """Who speaks about what: the wording of a statement depends on it."""

    PRIME_ON_ITSELF = "prime_on_itself"
    PARTNER_ON_PRIME = "partner_on_prime"
    COMMISSIONER_ON_PRIME = "commissioner_on_prime"
    SPOT_PROVIDER_ON_PRIME = "spot_provider_on_prime"
    ANYONE_ON_CHAIN = "anyone_on_chain"
    PARTNER_ON_ITSELF = "partner_on_itself"
    PRIME_ON_PARTNER = "prime_on_partner"
    TIER_ONE_ON_SUBCONTRACTOR = "tier1_on_subcontractor"
    SUBCONTRACTOR_ON_TIER_ONE = "subcontractor_on_tier1"


# The names that a wording may hold in braces. {partner}: the one party that a review is about, a tier-1 as a buyer too.
NAMES = ("prime", "chain", "partner")
VOICES_ON_ONE_PARTNER = frozenset(
    {Voice.PRIME_ON_PARTNER, Voice.TIER_ONE_ON_SUBCONTRACTOR, Voice.SUBCONTRACTOR_ON_TIER_ONE}
)


class MerlinElement(StrEnum):
    """The eight elements of the Merlin Standard's principles of 2018."""

    DESIGN = "Design"
    PROCURE = "Procure"
    CONTRACT = "Contract"
    FUNDING = "Funding"
    DEVELOP = "Develop"
    PERFORMANCE_MANAGE = "Performance Manage"
    QA_AND_COMPLIANCE = "QA & Compliance"
    REVIEW_AND_CLOSE = "Review & Close"


class OptOut(StrEnum):
    """The three ways not to answer a statement; they are kept apart and never counted as a rating.

    An instrument may do without the first two. Everybody may always rather not say.
    """

    NOT_APPLICABLE = "not_applicable"
    NOT_SEEN = "not_seen"
    RATHER_NOT = "rather_not_say"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the scale: its value (1-5) and its label."""

    value: int
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A labelled scale, lowest point first, and the labels of the three opt-outs."""

    points: tuple[Point, ...]
    opt_outs: Mapping[OptOut, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A statement: the practices that it stands for, and its wording per voice.

    A wording may hold the names of ``NAMES`` in braces; ``worded`` puts them in. A voice that is
    missing from ``wording`` is not asked this question. ``reason``: why it stands for no practice,
    "" when it stands for one.
    """

    id: str
    practices: tuple[str, ...]
    merlin: MerlinElement
    reason: str
    wording: Mapping[Voice, str]

    def worded(self, voice: Voice, names: Mapping[str, str]) -> str:
        """The sentence for a voice with ``names`` (keys of ``NAMES``) put in. Raises KeyError."""
        return named(self.wording[voice], names)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a questionnaire: its statements and the prompt of its optional comment.

    ``element``: the element of the Code that it asks about; "" when its statements are of several. ``comment_prompt``
    "": no comment is asked for here.
    """

    id: str
    element: str
    title: str
    introduction: str
    comment_prompt: str
    questions: tuple[Question, ...]

    def questions_for(self, voice: Voice) -> tuple[Question, ...]:
        """The statements that a voice is asked, in order; empty when the element is not for it."""
        return tuple(question for question in self.questions if voice in question.wording)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a respondent's questionnaire: at most five statements of one element."""

    section: Section
    questions: tuple[Question, ...]
    number: int
    asks_comment: bool


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire, as versioned data: ``id`` and ``version`` name one wording for ever.

    Its own texts are the English ones; ``translations`` holds what there is of them in other languages.
    """

    id: str
    version: int
    title: str
    purpose: str
    scale: Scale
    voices: Mapping[Voice, str]
    sections: tuple[Section, ...]
    translations: Mapping[Language, Translation] = field(default_factory=dict)

    def title_for(self, voice: Voice, names: Mapping[str, str]) -> str:
        """What a voice's review is called: "How Northern Bridge works with you". Raises KeyError."""
        return named(self.voices[voice], names)

    def questions(self) -> tuple[Question, ...]:
        """Every question of every section, in order."""
        return tuple(question for section in self.sections for question in section.questions)

    def sections_for(self, voice: Voice) -> tuple[Section, ...]:
        """The sections in which a voice is asked something, in order."""
        return tuple(section for section in self.sections if section.questions_for(voice))

    def count_for(self, voice: Voice) -> int:
        """How many statements a voice is asked."""
        return sum(len(section.questions_for(voice)) for section in self.sections)

    def pages(self, voice: Voice) -> tuple[Page, ...]:
        """The pages that a voice answers: one element a page, at most five statements, evenly split.

        ``number`` counts from 1. The element's comment is asked on its last page.
        """
        pages: list[Page] = []
        for section in self.sections_for(voice):
            chunks = _even_chunks(section.questions_for(voice), STATEMENTS_PER_PAGE)
            for index, chunk in enumerate(chunks, start=1):
                pages.append(
                    Page(
                        section=section,
                        questions=chunk,
                        number=len(pages) + 1,
                        asks_comment=bool(section.comment_prompt) and index == len(chunks),
                    )
                )
        return tuple(pages)

    def texts(self, voices: Collection[Voice] = tuple(Voice)) -> dict[str, str]:
        """The texts that these voices meet, by their places in the instrument, in its order; those that are empty not.

        A place is a path such as "title", "scale.points.1", "voices.partner_on_prime", "sections.2a.introduction" or
        "sections.2a.questions.open-contracts.partner_on_prime".
        """
        found = {"title": self.title, "purpose": self.purpose}
        found |= {f"scale.points.{point.value}": point.label for point in self.scale.points}
        found |= {f"scale.opt_outs.{opt_out.value}": label for opt_out, label in self.scale.opt_outs.items()}
        found |= {f"voices.{voice.value}": text for voice, text in self.voices.items() if voice in voices}
        for section in self.sections:
            if set(voices) >= set(Voice) or any(section.questions_for(voice) for voice in voices):
                found |= _section_texts(section, voices)
        return {place: text for place, text in found.items() if text}

    def in_language(self, language: Language) -> Instrument:
        """The same instrument with its texts in a language; English is itself, and stands where a text is missing."""
        translation = self.translations.get(language)
        if translation is None:
            return self
        return _translated(self, translation)

    def untranslated(self, language: Language, voices: Collection[Voice] = tuple(Voice)) -> tuple[str, ...]:
        """The places of the texts, of those that these voices meet, that a language lacks or that are to be checked."""
        if language is Language.ENGLISH:
            return ()
        translation = self.translations.get(language, Translation({}))
        return tuple(place for place in self.texts(voices) if translation.text(place) is None)

    def only_in(self, languages: Collection[Language]) -> Instrument:
        """The same instrument with no translations but those into these languages."""
        kept = {language: found for language, found in self.translations.items() if language in languages}
        return replace(self, translations=kept)


def named(text: str, names: Mapping[str, str]) -> str:
    """A wording with the names (keys of ``NAMES``) put in where they stand in braces."""
    for key, name in names.items():
        text = text.replace("{" + key + "}", name)
    return text


def _even_chunks(questions: tuple[Question, ...], most: int) -> tuple[tuple[Question, ...], ...]:
    count = -(-len(questions) // most)
    base, extra = divmod(len(questions), count)
    sizes = [base + (1 if index < extra else 0) for index in range(count)]
    starts = [sum(sizes[:index]) for index in range(count)]
    return tuple(questions[start : start + size] for start, size in zip(starts, sizes, strict=True))


def _section_texts(section: Section, voices: Collection[Voice]) -> dict[str, str]:
    place = f"sections.{section.id}"
    found = {
        f"{place}.title": section.title,
        f"{place}.introduction": section.introduction,
        f"{place}.comment_prompt": section.comment_prompt,
    }
    for question in section.questions:
        for voice, text in question.wording.items():
            if voice in voices:
                found[f"{place}.questions.{question.id}.{voice.value}"] = text
    return found


def _translated(instrument: Instrument, translation: Translation) -> Instrument:
    def say(place: str, english: str) -> str:
        # A text that the English leaves empty asks for nothing, in any language.
        return (translation.text(place) or english) if english else ""

    def section_in(section: Section) -> Section:
        place = f"sections.{section.id}"
        questions = (
            replace(
                question,
                wording={
                    voice: say(f"{place}.questions.{question.id}.{voice.value}", text)
                    for voice, text in question.wording.items()
                },
            )
            for question in section.questions
        )
        return replace(
            section,
            title=say(f"{place}.title", section.title),
            introduction=say(f"{place}.introduction", section.introduction),
            comment_prompt=say(f"{place}.comment_prompt", section.comment_prompt),
            questions=tuple(questions),
        )

    scale = Scale(
        tuple(
            Point(one.value, say(f"scale.points.{one.value}", one.label)) for one in instrument.scale.points
        ),
        {one: say(f"scale.opt_outs.{one.value}", label) for one, label in instrument.scale.opt_outs.items()},
    )
    return replace(
        instrument,
        title=say("title", instrument.title),
        purpose=say("purpose", instrument.purpose),
        scale=scale,
        voices={voice: say(f"voices.{voice.value}", text) for voice, text in instrument.voices.items()},
        sections=tuple(section_in(section) for section in instrument.sections),
    )
