"""A small questionnaire in English and Welsh, for the tests of everything that people read in both."""

from __future__ import annotations

from dataclasses import replace

from surveys import library
from surveys.instrument import Instrument
from surveys.language import Language
from surveys.translation import Translation

WELSH_FILE = """\
id: in-both
version: 1
title: In both
purpose: To try both languages.
scale:
  points: {1: Never, 2: Rarely, 3: Sometimes, 4: Usually, 5: Always}
  opt_outs:
    not_seen: We could not see it
    rather_not_say: Rather not say
voices:
  prime_on_itself: How you work with your partners
  partner_on_prime: How {prime} works with you
  commissioner_on_prime: How {prime} works with its partners
  spot_provider_on_prime: How {prime} works with you
  anyone_on_chain: How everyone in {chain} works together
sections:
  - id: talking
    title: Talking
    introduction: This part is about talking.
    comment_prompt: What would help?
    questions:
      - id: shares-figures
        practices: [P2a.3]
        wording:
          prime_on_itself: We share performance figures with our partners.
          partner_on_prime: "{prime} shares performance figures with us."
          commissioner_on_prime: "{prime} shares performance figures with its partners."
          spot_provider_on_prime: "{prime} shares performance figures with us."
          anyone_on_chain: Organisations in {chain} share performance figures.
      - id: acts-on-concerns
        practices: [P2b.3]
        wording:
          prime_on_itself: We act on concerns.
          partner_on_prime: "{prime} acts on our concerns."
          anyone_on_chain: Organisations in {chain} act on concerns.
translations:
  cy:
    title: Yn y ddwy iaith
    purpose: I roi cynnig ar y ddwy iaith.
    scale:
      points: {1: Byth, 2: Anaml, 3: Weithiau, 4: Fel arfer, 5: Bob amser}
      opt_outs:
        not_seen: Doedden ni ddim yn gallu gweld
        rather_not_say: Mae’n well gennym beidio â dweud
    voices:
      prime_on_itself: Sut rydych chi’n gweithio gyda’ch partneriaid
      partner_on_prime: Sut mae {prime} yn gweithio gyda chi
      commissioner_on_prime: Sut mae {prime} yn gweithio gyda’i bartneriaid
      spot_provider_on_prime: Sut mae {prime} yn gweithio gyda chi
      anyone_on_chain: Sut mae pawb yng nghadwyn {chain} yn gweithio gyda’i gilydd
    sections:
      talking:
        title: Siarad
        introduction: Mae’r rhan hon am siarad.
        comment_prompt: Beth fyddai’n helpu?
        questions:
          shares-figures:
            prime_on_itself: Rydyn ni’n rhannu ffigurau perfformiad gyda’n partneriaid.
            partner_on_prime: Mae {prime} yn rhannu ffigurau perfformiad gyda ni.
            commissioner_on_prime: Mae {prime} yn rhannu ffigurau perfformiad gyda’i bartneriaid.
            spot_provider_on_prime: Mae {prime} yn rhannu ffigurau perfformiad gyda ni.
            anyone_on_chain: Mae sefydliadau yng nghadwyn {chain} yn rhannu ffigurau perfformiad.
          acts-on-concerns:
            prime_on_itself: Rydyn ni’n gweithredu ar bryderon.
            partner_on_prime: Mae {prime} yn gweithredu ar ein pryderon.
            anyone_on_chain: Mae sefydliadau yng nghadwyn {chain} yn gweithredu ar bryderon.
"""
IN_BOTH = library.load(WELSH_FILE, "in-both.yaml")


def without(*places: str) -> Instrument:
    """The questionnaire without the Welsh of some places."""
    whole = IN_BOTH.translations[Language.WELSH]
    kept = {place: text for place, text in whole.texts.items() if place not in places}
    return replace(IN_BOTH, translations={Language.WELSH: Translation(kept)})
