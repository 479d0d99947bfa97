"""A report as a spreadsheet: how to read it first, then a sheet per part and subject, with tables and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from reports import experience
from reports.conclusions import FindingKind
from reports.display import FINENESS
from reports.export import bands_of_answers, share_text
from reports.indications import GRADE_WORDS
from reports.language import N_, _
from reports.model import EVERYONE_ID, NOT_SHOWN, Displayed, End, Item, Part, Report, Shown
from reports.reply_words import held_words
from reports.sheets import Bars, Book, Value
from reports.tables import EVERYONE_TITLE

_KINDS = {
    FindingKind.STRENGTH: N_("Strength"),
    FindingKind.CONCERN: N_("Concern"),
    FindingKind.BLIND_SPOT: N_("Blind spot"),
    FindingKind.HIDDEN_STRENGTH: N_("Hidden strength"),
    FindingKind.NOT_SEEN: N_("Many could not see it"),
    FindingKind.SPLIT: N_("Opinions are divided"),
    FindingKind.BETTER: N_("Better than last time"),
    FindingKind.WORSE: N_("Worse than last time"),
}


def to_xlsx(report: Report, digest: str) -> bytes:
    """The spreadsheet, in the language of this rendering. The same report always gives the same bytes."""
    book = Book(report.facts.title, date.fromisoformat(report.facts.closed_on))
    book.add_text(_("Read me"), _read_me(report, digest))
    for number, part in enumerate(report.parts, start=1):
        _add_part(book, number, part, report)
    _add_findings(book, report)
    _add_comments(book, report)
    _add_review(book, report)
    return book.to_bytes()


def _read_me(report: Report, digest: str) -> list[tuple[str, str]]:
    facts = report.facts
    parts = [(_("Part %(number)s", number=number), part.title) for number, part in enumerate(report.parts, 1)]
    return [
        (facts.title, ""),
        (_("Chain"), facts.chain_name),
        (_("Prime"), facts.prime_name),
        (_("Open"), f"{facts.opened_on} – {facts.closed_on}"),
        (
            _("Questionnaire"),
            _(
                "%(title)s, version %(version)s",
                title=facts.instrument_title,
                version=facts.instrument_version,
            ),
        ),
        (_("Fingerprint of the report"), digest),
        *parts,
        (_("Reading the figures"), ""),
        (
            _("Scale"),
            "; ".join(f"{value} = {label}" for value, label in enumerate(facts.scale_labels, start=1)),
        ),
        (
            _("What a figure is"),
            _(
                "A mean from 1 to 5, rounded to the step of its group. A figure such as “2.0 or below” is a joined "
                "end: it counts as its limit in every chart and in whatever you compute with it."
            ),
        ),
        *[(_("Steps"), line) for line in _steps(facts.k)],
        (
            _("What is not shown"),
            _(
                "“%(words)s” stands for every reason alike: too few answers, a question that was not asked, or nobody "
                "who rated it. There is no row of a single person, no exact mean and no count of answers to a "
                "statement.",
                words=NOT_SHOWN.text,
            ),
        ),
        (
            _("Everything else"),
            _(
                "All partners together, elements, gaps, findings and indications are computed from the figures shown "
                "here and from nothing else. You can compute each of them again."
            ),
        ),
    ]


def _steps(k: int) -> list[str]:
    ends: list[int | None] = [row.from_answers - 1 for row in FINENESS[1:]] + [None]
    rows = [(row, end) for row, end in zip(FINENESS, ends, strict=True) if end is None or end >= k]
    return [
        _(
            "%(answers)s answers: steps of %(step)s, ends “%(below)s” and “%(above)s”",
            answers=f"{max(k, row.from_answers)}–{end}" if end else f"{max(k, row.from_answers)}+",
            step=f"{row.step / 10:.1f}",
            below=Shown(row.ends.low, row.step, End.OR_BELOW).text,
            above=Shown(row.ends.high, row.step, End.OR_ABOVE).text,
        )
        for row, end in rows
    ]


def _add_part(book: Book, number: int, part: Part, report: Report) -> None:
    ids = [group.id for group in part.groups] + ([] if part.is_on_partner else [EVERYONE_ID])
    heads = [group.title for group in part.groups] + ([] if part.is_on_partner else [_(EVERYONE_TITLE)])
    elements = [[section.title, *_figures(ids, section.means, section.everyone)] for section in part.sections]
    book.add_table(
        _("%(number)s Elements", number=number),
        [_("Element"), *heads],
        elements if ids else [],
        _bars(part, heads),
    )
    has_unseen = report.schema_version > 2 and not part.is_on_partner
    has_before = any(item.before for section in part.sections for item in section.items)
    statements = [
        [
            item.wording,
            section.title,
            " ".join(item.practices),
            *_figures(ids, item.values, item.everyone),
            *([share_text(item.not_seen)] if has_unseen else []),
            *([item.before.get(EVERYONE_ID, NOT_SHOWN)] if has_before and not part.is_on_partner else []),
        ]
        for section in part.sections
        for item in section.items
    ]
    more = [_("Could not see it")] if has_unseen else []
    more += [_("All partners together, last review")] if has_before and not part.is_on_partner else []
    head = [_("Statement"), _("Element"), _("Practices"), *heads, *more]
    book.add_table(_("%(number)s Statements", number=number), head, statements if ids else [])
    book.add_table(_("%(number)s Answers", number=number), *_answers(part, report))
    grades = [
        [_(one.principle), one.everyone, one.shown, one.asked, _(GRADE_WORDS[one.grade])]
        for one in part.indications
        if one.asked
    ]
    head = [_("Principle"), _(EVERYONE_TITLE), _("Statements shown"), _("Statements asked"), _("Indication")]
    book.add_table(_("%(number)s Principles", number=number), head, grades)


def _bars(part: Part, heads: Sequence[str]) -> list[Bars]:
    """Everyone by element, and the own view beside it; of one partner every view."""
    columns = range(2, 2 + len(heads))
    if part.is_on_partner:
        return [Bars(_("Each view, by element"), tuple(columns))]
    everyone = columns[-1]
    own = [column for column, group in zip(columns, part.groups, strict=False) if group.is_self]
    charts = [Bars(_("All partners together, by element"), (everyone,))]
    if own:
        charts.append(Bars(_("The own view beside that of all partners together"), (own[0], everyone)))
    return charts


def _figures(ids: Sequence[str], values: Mapping[str, Displayed], everyone: Displayed) -> list[Value]:
    return [everyone if id_ == EVERYONE_ID else values[id_] for id_ in ids]


def _answers(part: Part, report: Report) -> tuple[list[str], list[list[Value]]]:
    """How the answers of each large group are spread, in bands."""
    labels = report.facts.scale_labels
    titles = {group.id: group.title for group in part.groups}

    def row(item: Item, id_: str) -> list[Value]:
        return [item.wording, titles[id_], *bands_of_answers(item.distributions[id_], len(labels))]

    rows = [
        row(item, id_)
        for section in part.sections
        for item in section.items
        for id_ in titles
        if id_ in item.distributions
    ]
    return [_("Statement"), _("Group"), *labels], rows


def _add_findings(book: Book, report: Report) -> None:
    wordings = {
        (part.subject, item.question_id): item.wording
        for part in report.parts
        for section in part.sections
        for item in section.items
    }
    replies = {reply.finding_id: reply for reply in report.replies}
    rows: list[list[Value]] = []
    for part in report.parts:
        for one in part.findings:
            reply = replies.get(one.id)
            rows.append(
                [
                    wordings.get((one.subject, one.question_id), one.question_id),
                    part.title,
                    _(_KINDS[one.kind]),
                    one.everyone,
                    (held_words(reply) or reply.text) if reply else "",
                    reply.promise if reply else "",
                ]
            )
    head = [_("Statement"), _("Part"), _("Finding"), _("The others’ figure"), _("Reply"), _("Promise")]
    book.add_table(_("Findings"), head, rows)


def _add_comments(book: Book, report: Report) -> None:
    rows: list[list[Value]] = [
        [text, part.title, block.section_title, block.pool, kind]
        for part in report.parts
        for block in part.comments
        for kind, texts in (
            (_("summary"), [block.summary] if block.summary else []),
            (_("quote"), block.quotes),
        )
        for text in texts
    ]
    book.add_table(_("Comments"), [_("Comment"), _("Part"), _("Element"), _("From"), _("Kind")], rows)


def _add_review(book: Book, report: Report) -> None:
    if report.experience is not None:
        rows: list[list[Value]] = [[_(one.question), one.share.text] for one in report.experience.items]
        book.add_table(_(experience.TITLE), [_("Question"), _("Share who said yes")], rows)
