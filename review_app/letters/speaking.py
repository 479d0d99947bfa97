"""What whoever helps by phone says, in the language of the call."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from review_app.languages import environment
from review_app.services.cycles import Cycle
from surveys.cycle import KeyMode
from surveys.language import Language


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words of a call, in its order: each as paragraphs, the last three of them within a line."""

    language: Language
    introduction: Markup
    promise: Markup
    attributed: Markup
    answers: Markup
    thanks: Markup
    understand: Markup
    ask_to_send: Markup
    received: Markup


def spoken(cycle: Cycle, prime_name: str, language: Language) -> Spoken:
    """What is said in a call about a review."""
    say = environment(language).get_template("letters/_spoken.html").make_module()
    scale = cycle.instrument.in_language(language).scale

    def said(name: str, *facts: object) -> Markup:
        # Drawn and escaped by our own template.
        return Markup(getattr(say, name)(*facts).strip())  # noqa: S704

    return Spoken(
        language=language,
        introduction=said("introduce", cycle.steward_name, cycle.chain_name, prime_name),
        promise=said("promise", cycle.policy, cycle.steward_name, cycle.key_mode is KeyMode.TWO_KEY),
        attributed=said("attributed"),
        answers=said("answers", [point.label for point in scale.points], list(scale.opt_outs.values())),
        thanks=said("thank", cycle.closes_at),
        understand=said("understand"),
        ask_to_send=said("ask_to_send"),
        received=said("received"),
    )
