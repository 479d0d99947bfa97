"""The words of a facilitator's script: each step with what to do and to say, and what to do when it goes otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from reports.language import N_


@dataclass(frozen=True, slots=True)
class StepWords:
    """One step. ``do``: what happens; ``say``: words to say, or others like them, "" for none. Both are marked."""

    title: str
    do: str
    say: str


# ``%(chain)s``: the name of the chain.
WELCOME = StepWords(
    N_("Welcome, and how we work"),
    N_("Show the first two slides. Let each organisation say its name, and tick who is there."),
    N_(
        "“We are here because people of %(chain)s said honestly how they work together. Nobody here knows who said "
        "what, and nobody needs to guess. We talk about how we work, never about a person. First we write, each "
        "alone. Then everything is shown at once, without names. We put together what belongs together, and every "
        "organisation votes with the same number of dots. Votes are secret.”"
    ),
)
# ``%(question)s``: the question of the topic.
SHORT_TOPIC = StepWords(
    N_("Look, talk and decide"),
    N_(
        "There is no time to write and vote. Let those who are paid speak before those who pay. Then write down what"
        " is decided."
    ),
    N_("“%(question)s”"),
)
TOPIC = (
    StepWords(
        N_("Look"),
        N_("Show the slide and read its title aloud. Say nothing about who may be behind a figure."),
        N_("“%(question)s”"),
    ),
    StepWords(
        N_("Write alone"),
        N_("Start the writing. Nobody talks, and nobody sees what another writes. You do not write."),
        N_(
            "“Write what you think, one thought to a note. Do not write names. Nobody will be told which note is "
            "yours.”"
        ),
    ),
    StepWords(
        N_("Reveal and group"),
        N_(
            "Reveal all notes together when the time is up. Read them aloud in the order in which they come. Ask the"
            " room which belong together, and give each group a short title."
        ),
        N_("“Which of these say the same? What shall we call them?”"),
    ),
    StepWords(
        N_("Talk"),
        N_(
            "Take one group after the other. Let those who are paid speak before those who pay, two minutes for each"
            " who speaks."
        ),
        N_("“What would be different if this were better, and for whom?”"),
    ),
    StepWords(
        N_("Vote with dots"),
        N_(
            "Open the vote for those who are paid. When they have had their time, let the others vote too. Close the"
            " vote when everybody is done. Nobody sees a total before that: not the prime, and not you."
        ),
        N_(
            "“Each organisation gives its dots to what matters most to it. Votes are secret. Those who are paid vote"
            " first.”"
        ),
    ),
    StepWords(
        N_("Decide"),
        N_(
            "Read out the order of the groups, and no more. Write down one of three things: what was decided; that "
            "it will not be done, and why; or that it is for another time. Make an action of a decision: who owns "
            "it, who from another organisation checks it, and by when."
        ),
        N_("“What will we do about the first one? If we will not, let us say why.”"),
    ),
)
PAUSE = StepWords(N_("Break"), N_("Leave what is written where it is."), "")
NEXT = StepWords(
    N_("What happens next"),
    N_("Read out what was decided, and each action with its owner and date. Show the last slide."),
    N_(
        "“You get the minutes by mail. They name organisations, never people. Owners get a link to their actions, "
        "and whoever checks an action is from another organisation. Thank you.”"
    ),
)
BEFORE = (
    N_("Print the handouts once for each person."),
    N_(
        "Print the cards only for a room without network: a sheet of note cards for each person and topic, and every "
        "ballot once."
    ),
    N_("Put the chairs in a ring, so that nobody sits at the head."),
    N_("Open the projector’s page on the computer that shows it, and the facilitator’s page on your own."),
    N_(
        "Have this script on paper. If your computer stops, open the same page on another one: nothing that was sent"
        " is lost."
    ),
)
# ``%(least)s``: from how many organisations on that are paid a vote may be shown.
TROUBLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        N_("Few organisations are there"),
        (
            N_(
                "With fewer than %(least)s organisations that are paid, a vote could show who wanted what, so "
                "nothing of it is shown. Then do not vote: talk, and decide together."
            ),
            N_(
                "Notes are shown only where five people of three organisations that are paid have written on a topic."
                " Otherwise none ever is: talk, put what is said on the console, and vote on that."
            ),
            N_("A note may then be known by its words. Say so before anybody writes; nobody has to write."),
            N_("If nobody is there who is paid, do not decide for them. Find another date."),
        ),
    ),
    (
        N_("Somebody guesses who said something, or is attacked"),
        (
            N_(
                "Stop it at once: “We do not guess who said what. We talk about how we work, never about a person.”"
            ),
            N_(
                "Say the point again without the person: “What I hear is that invoices wait too long. Is that what "
                "we want to talk about?”"
            ),
            N_(
                "If it happens again, make a break of five minutes and speak with them alone. Whoever cannot stop "
                "does not stay."
            ),
            N_("Tell the steward afterwards. Nobody may suffer for what they answered."),
        ),
    ),
    (
        N_("Nobody speaks"),
        (
            N_("Wait. Twenty seconds are long for you, and short for whoever thinks."),
            N_(
                "Let people of different organisations talk in twos or threes for three minutes. Then ask each for "
                "one thing."
            ),
            N_("Read a note aloud and ask: “What may be meant by this?” Never ask who wrote it."),
            N_("Ask those who pay to listen first, and to speak last."),
        ),
    ),
    (
        N_("One organisation speaks all the time"),
        (
            N_(
                "“Thank you. Let us hear somebody who has not spoken yet.” Then go round the ring, two minutes for "
                "each organisation."
            ),
        ),
    ),
    (
        N_("Somebody disputes the figures"),
        (
            N_(
                "“The figures say how it looks from there. They are rounded so that nobody can be singled out. We do"
                " not argue whether people may see it so. What would make it look better?”"
            ),
            N_("Where a figure is not shown, nobody guesses it, or why it is not there."),
        ),
    ),
    (
        N_("Time runs out"),
        (
            N_(
                "Put what is left into the parking lot, aloud, so that everybody hears that it is not lost. Keep the"
                " last step: a decision takes less time than a talk."
            ),
        ),
    ),
    (
        N_("The network fails, or there is none"),
        (
            N_(
                "Go on with the cards. What was typed stays on the phones, and can be sent when the network is back."
            ),
            N_(
                "Collect the note cards face down, mix them, and only then read them. Pin up what belongs together, "
                "and give each group a letter."
            ),
            N_(
                "Tear the stub with the name off each ballot as you give it out. Those who are paid put theirs into "
                "the box first, then the others into the same box. Shake it, count alone, and say the order only. "
                "Then destroy the ballots."
            ),
        ),
    ),
)
