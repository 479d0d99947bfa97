"""Remarks on the wording of a statement: what may keep people from answering it well, and how to mend it.

Remarks are advice. A wording with remarks may be used; what may not be used is a fault, told by the reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from surveys.readability import HIGHEST_READING_AGE, NAME, reading_age, words_of

__all__ = ["MOST_WORDS", "Remark", "RemarkKind", "lint", "reading_age"]

MOST_WORDS = 25
# Beyond this age a formula only says "very hard".
_OLDEST_TOLD = 21

# What joins two ideas, longest first: "and/or" is not an "and" and an "or".
_JOINS = ("as well as", "and/or", "and", "or", "but", "while", "whilst", "also", "plus", "both")
# Pairs that are one thing by custom. "Roles and responsibilities" is not: a role may be clear and its duties not.
_ONE_THING = (
    *("terms and conditions", "health and safety", "research and development", "profit and loss"),
    *("questions and answers", "supply and demand", "trial and error", "pros and cons", "dos and don'ts"),
    *("back and forth", "up and running", "more or less", "whether or not", "checks and balances"),
    *(
        "one or two",
        "two or three",
        "one or more",
        "each and every",
        "both sides",
        "both ways",
        "for a while",
    ),
    *("up and down", "over and above", "by and large", "once and for all", "sooner or later"),
    *("time and again", "again and again", "now and then", "now and again"),
)
# A pair whose two ends make one relation: "between the bid and the contract", "whether it agrees or differs".
_ONE_RELATION = re.compile(r"\b(?:between\s+(?:[^\s,;]+\s+){1,5}?and|whether\s+(?:[^\s,;]+\s+){1,5}?or)\b")
# Two capitals around an "and" that begins no sentence are a name: "the Department for Work and Pensions".
_IN_A_NAME = re.compile(r"(?<=\s)[A-Z][\w’'-]*\s+(?:and|&)\s+[A-Z][\w’'-]*")
# "24/7" and "Q&A" are one word each.
_SIGNS = re.compile(r";|(?<=\s)[&+](?=\s)|(?<=[^\W\d])/(?=[^\W\d])")
# "St. Mary" ends no sentence.
_SENTENCE_BREAK = re.compile(r"(?<!\b[A-Z]\w)[.!?]\s+(?=[A-Z{])")

_NEGATIVE_WORDS = """
    not no nor none nobody nothing nowhere no-one never neither without cannot except unless hardly
    scarcely avoid avoids avoided avoiding fail fails failed lack lacks lacked lacking refuse
    refuses refused stop stops stopped prevent prevents prevented ignore ignores ignored deny denies
    denied unable unacceptable unaware unavailable uncertain unclear uncooperative undermine
    undermines unfair unfairly unfriendly unhappy unhelpful unimportant uninformed unjust unkind
    unlikely unnecessary unpaid unprepared unprofessional unrealistic unreasonable unreliable
    unresolved unsafe unsatisfactory unsuitable unsupported unwelcome unwilling dishonest
    dishonestly impossible inaccurate inadequate inappropriate incomplete inconsistent ineffective
    insufficient irrelevant irresponsible non-existent
"""
_NEGATIVES = frozenset(_NEGATIVE_WORDS.split())
_CONTRACTED_NOT = re.compile(r"n't$")

_FREQUENCIES = (
    *("always", "never", "often", "usually", "sometimes", "rarely", "seldom", "mostly", "generally"),
    *("regular", "regularly", "frequent", "frequently", "infrequently", "occasional", "occasionally"),
    *("consistently", "constantly", "continually", "continuously", "routinely", "normally", "typically"),
    *("ongoing", "periodically", "repeatedly", "whenever", "each time", "every time", "at all times"),
    *(
        "most of the time",
        "all the time",
        "from time to time",
        "now and then",
        "now and again",
        "again and again",
    ),
    *(
        "time and again",
        "as a rule",
        "by and large",
        "on a regular basis",
        "sooner or later",
        "in most cases",
    ),
    *(
        "daily",
        "weekly",
        "monthly",
        "quarterly",
        "yearly",
        "annually",
        "every day",
        "every week",
        "every month",
    ),
    *("every quarter", "every year", "once a week", "once a month", "once a quarter", "once a year"),
)
# These read as a duty only where the statement's own verb stands; "what we should improve" is something else.
_DUTIES = frozenset({"should", "must", "ought", "shall"})
_WORDS_TO_THE_VERB = 5

_PLAIN_WORDS = {
    "stakeholder": "say who",
    "stakeholders": "say who",
    "leverage": "use",
    "leverages": "uses",
    "synergy": "working together",
    "synergies": "working together",
    "proactive": "early",
    "proactively": "early, or before being asked",
    "facilitate": "help",
    "facilitates": "helps",
    "utilise": "use",
    "utilises": "uses",
    "holistic": "whole",
    "robust": "strong, or reliable",
    "learnings": "lessons",
    "deliverables": "work, or results",
    "actionable": "useful",
    "impactful": "useful",
    "onboarding": "start",
    "upskill": "train",
    "upskills": "trains",
    "operationalise": "put into practice",
    "kpi": "target",
    "kpis": "targets",
}
# Short forms that everybody in a public service reads without stopping.
_KNOWN_SHORT_FORMS = frozenset({"IT", "UK", "EU", "NHS", "HR", "VAT", "PDF", "OK", "CV", "TV"})
_SHORT_FORM = re.compile(r"\b[A-Z]{2,6}s?\b")


class RemarkKind(StrEnum):
    """What a remark is about."""

    TWO_IDEAS = "two_ideas"
    NEGATIVE = "negative"
    VAGUE_FREQUENCY = "vague_frequency"
    TOO_LONG = "too_long"
    HARD_TO_READ = "hard_to_read"
    JARGON = "jargon"
    QUESTION = "question"
    DUTY = "duty"


@dataclass(frozen=True, slots=True)
class Remark:
    """One piece of advice: what may go wrong when people answer, and the mend; both are fit for a page."""

    kind: RemarkKind
    message: str
    mend: str


def lint(text: str) -> tuple[Remark, ...]:
    """The remarks on one wording, at most one of each kind; none for a good one.

    ``text`` is a wording for one voice, with names in braces. A name is one easy word, whatever will stand there.
    """
    tidy = " ".join(text.replace("’", "'").split())
    return tuple(remark for check in _CHECKS if (remark := check(tidy)) is not None)


def _two_ideas(text: str) -> Remark | None:
    if _SENTENCE_BREAK.search(text):
        message = "There is more than one sentence here, so one answer has to do for both."
        return Remark(RemarkKind.TWO_IDEAS, message, "Keep one sentence, or make two statements.")
    bare = _without_single_things(text)
    found = _phrases(bare, _JOINS) or _SIGNS.findall(bare)
    if not found:
        return None
    message = (
        f"{_quoted(found)} may join two ideas. Somebody who would answer them differently cannot answer."
    )
    return Remark(RemarkKind.TWO_IDEAS, message, "Make two statements, or keep the idea that matters more.")


def _without_single_things(text: str) -> str:
    bare = _IN_A_NAME.sub("x", NAME.sub("x", text)).casefold()
    for phrase in _ONE_THING:
        bare = re.sub(rf"\b{re.escape(phrase)}\b", "x", bare)
    return _ONE_RELATION.sub("x", bare)


def _negative(text: str) -> Remark | None:
    found = [word for word in words_of(text) if word in _NEGATIVES or _CONTRACTED_NOT.search(word)]
    if not found:
        return None
    message = f"{_quoted(found)} may turn the statement round, so that “never” would be the good answer."
    return Remark(RemarkKind.NEGATIVE, message, "Say what is done when things go well.")


def _vague_frequency(text: str) -> Remark | None:
    found = _phrases(NAME.sub("x", text).casefold(), _FREQUENCIES)
    if not found:
        return None
    message = f"Both {_quoted(found)} and the scale say how often, and the two may not agree."
    return Remark(RemarkKind.VAGUE_FREQUENCY, message, "Take it out: the answer says how often.")


def _too_long(text: str) -> Remark | None:
    count = len(words_of(text))
    if count <= MOST_WORDS:
        return None
    message = f"It has {count} words. After {MOST_WORDS} many people have to read a sentence twice."
    return Remark(RemarkKind.TOO_LONG, message, "Take out what the statement can do without.")


def _hard_to_read(text: str) -> Remark | None:
    age = reading_age(text)
    if age <= HIGHEST_READING_AGE:
        return None
    readers = f"people of {age}" if age <= _OLDEST_TOLD else "specialists"
    message = (
        f"It reads like a text for {readers}; one for people of up to {HIGHEST_READING_AGE} suits everybody."
    )
    return Remark(RemarkKind.HARD_TO_READ, message, "Use shorter words, or fewer.")


def _jargon(text: str) -> Remark | None:
    plain = {word: _PLAIN_WORDS[word] for word in words_of(text) if word in _PLAIN_WORDS}
    if plain:
        mends = "; ".join(f"for “{word}”: {mend}" for word, mend in plain.items())
        message = f"Not everybody reads {_quoted(list(plain))} the same way."
        return Remark(RemarkKind.JARGON, message, f"Use plain words, {mends}.")
    # In a text of capitals alone a short form cannot be told from a word.
    forms = [] if text.isupper() else _SHORT_FORM.findall(NAME.sub("x", text))
    unknown = [form for form in forms if form.rstrip("s") not in _KNOWN_SHORT_FORMS]
    if not unknown:
        return None
    message = f"Not everybody knows what {_quoted(unknown)} stands for."
    return Remark(RemarkKind.JARGON, message, "Write it out, or say it in plain words.")


def _question(text: str) -> Remark | None:
    if not text.endswith("?"):
        return None
    message = "It is a question. The scale says how often something is true, which answers a statement."
    return Remark(RemarkKind.QUESTION, message, "Say it as a statement, such as “{prime} pays us on time.”")


def _duty(text: str) -> Remark | None:
    found = [word for word in words_of(text)[:_WORDS_TO_THE_VERB] if word in _DUTIES]
    if not found:
        return None
    message = f"{_quoted(found)} says what ought to happen. People would agree, and tell you nothing about what does."
    return Remark(RemarkKind.DUTY, message, "Say what is done: “pays”, and not “should pay”.")


def _phrases(text: str, phrases: tuple[str, ...]) -> list[str]:
    """The phrases that stand in a text as whole words, in the text's order."""
    wanted = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return re.findall(rf"(?<![\w'/-])(?:{wanted})(?![\w'/-])", text)


def _quoted(found: list[str]) -> str:
    """Each word once: "“and”", "“and”, “or”"."""
    return ", ".join(f"“{word}”" for word in dict.fromkeys(found))


_CHECKS: tuple[Callable[[str], Remark | None], ...] = (
    _question,
    _two_ideas,
    _negative,
    _duty,
    _vague_frequency,
    _too_long,
    _hard_to_read,
    _jargon,
)
