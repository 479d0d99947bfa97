"""A report as a spreadsheet: how to read it first, then a sheet per part and subject, with tables and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from reports import experience
from reports.action_words import state_words, verdict_words
from reports.conclusions import FindingKind
from reports.export import bands_of_answers, share_text
from reports.indications import GRADE_WORDS
from reports.language import N_, _
from reports.model import NOT_SHOWN, GroupKind, Item, Part, Report, ReportGroup
from reports.numbering import statement_numbers
from reports.reading_guide import reading_guide
from reports.reply_words import held_words
from reports.sheets import Bars, Book, Value
from reports.sides import items_of, other_view_of, others_id_of, own_view_of, statements_of
from reports.tables import Column, columns_of, everyone_title, figures_of
from surveys.publication import CountedBy

Numbers = Mapping[tuple[str, str], int]

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
_CHANGES = frozenset({FindingKind.BETTER, FindingKind.WORSE})
_VOICES = {
    GroupKind.ATTRIBUTED: N_("One organisation, under its name"),
    GroupKind.PROTECTED: N_("Answers put together"),
    GroupKind.OTHER_PARTIES: N_("Groups put together"),
    GroupKind.AVERAGE: N_("Average over the reports on partners"),
}


def to_xlsx(report: Report, digest: str) -> bytes:
    """The spreadsheet, in the language of this rendering. The same report always gives the same bytes."""
    book = Book(report.facts.title, date.fromisoformat(report.facts.closed_on))
    numbers = statement_numbers(report)
    book.add_text(_("Read me"), reading_guide(report, digest))
    _add_groups(book, report)
    for place, part in enumerate(report.parts, start=1):
        _add_part(book, place, part, report, numbers)
    _add_findings(book, report, numbers)
    _add_agreed(book, report, numbers)
    _add_comments(book, report)
    _add_review(book, report)
    return book.to_bytes()


def _add_groups(book: Book, report: Report) -> None:
    """Whose views the columns are, and how many people are behind each: what everyone's figures are weighted by."""
    rows = [row for part in report.parts for row in _groups(part)]
    if report.facts.counted_by is CountedBy.ORGANISATION:
        counts = [_("Organisations that answered"), _("Organisations asked")]
    else:
        counts = [_("People who answered"), _("People asked")]
    book.add_table(
        _("Groups"), [_("Group"), _("Part"), _("Whose voice"), *counts, _("Put together from")], rows
    )


def _groups(part: Part) -> list[list[Value]]:
    rows: list[list[Value]] = [
        [
            group.title,
            part.title,
            _("Own view") if group.is_self else _(_VOICES[group.kind]),
            _people(group),
            "",
            "; ".join(group.includes),
        ]
        for group in part.groups
    ]
    if part.received is not None and not part.is_on_partner:
        voice = _("All groups whose answers are put together")
        rows.append([everyone_title(), part.title, voice, part.received, part.asked, ""])
    return rows


def _people(group: ReportGroup) -> Value:
    if group.answers is not None:
        return group.answers
    return "" if group.kind is GroupKind.AVERAGE else _("shown apart")


def _add_part(book: Book, place: int, part: Part, report: Report, numbers: Numbers) -> None:
    columns = columns_of(part, report.facts.counted_by)
    heads = [column.title for column in columns]
    elements: list[list[Value]] = [
        [section.title, *figures_of(columns, section.means, section.everyone)] for section in part.sections
    ]
    has_rows = bool(columns)
    book.add_table(
        _("%(number)s Elements", number=place),
        [_("Element"), *heads],
        elements if has_rows else [],
        bars=_bars(part, columns),
    )
    statements = [
        [
            numbers.get((part.subject, item.question_id), ""),
            item.wording,
            section.title,
            " ".join(item.practices),
            *figures_of(columns, item.values, item.everyone),
            *_more(part, report, item),
        ]
        for section in part.sections
        for item in section.items
    ]
    head = [_("Number"), _("Statement"), _("Element"), _("Practices"), *heads, *_more_heads(part, report)]
    name = _("%(number)s Statements", number=place)
    book.add_table(name, head, statements if has_rows else [], named_by=2)
    book.add_table(_("%(number)s Answers", number=place), *_answers(part, report, numbers), named_by=2)
    grades: list[list[Value]] = [
        [_(one.principle), one.everyone, one.shown, one.asked, _(GRADE_WORDS[one.grade])]
        for one in part.indications
        if one.asked
    ]
    head = [_("Principle"), everyone_title(), _("Statements shown"), _("Statements asked"), _("Indication")]
    book.add_table(_("%(number)s Principles", number=place), head, grades)


def _more(part: Part, report: Report, item: Item) -> list[Value]:
    """What stands behind the figures of a statement: who could not see it, and the figure of the last review."""
    cells: list[Value] = [share_text(item.not_seen)] if _has_unseen(part, report) else []
    return [*cells, item.before.get(others_id_of(part) or "", NOT_SHOWN)] if _has_before(part) else cells


def _more_heads(part: Part, report: Report) -> list[str]:
    heads = [_("Could not see it")] if _has_unseen(part, report) else []
    if not _has_before(part):
        return heads
    other = other_view_of(part)
    title = other.title if other else everyone_title()
    return [*heads, _("%(group)s, last review", group=title)]


def _has_unseen(part: Part, report: Report) -> bool:
    return report.schema_version > 2 and not part.is_on_partner


def _has_before(part: Part) -> bool:
    id_ = others_id_of(part)
    return any(id_ in item.before for item in items_of(part))


def _bars(part: Part, columns: Sequence[Column]) -> list[Bars]:
    """Everyone by element, and the own view beside it; of one partner every view."""
    places = {column.group_id: place for place, column in enumerate(columns, start=2)}
    if part.is_on_partner:
        return [Bars(_("Each view, by element"), tuple(places.values()))]
    # Where one group alone is everyone, its column stands for them.
    pooled = [group.id for group in part.groups if group.is_pooled]
    everyone = places.get(None) or next((places[id_] for id_ in pooled), None)
    if everyone is None:
        return []
    charts = [Bars(_("All partners together, by element"), (everyone,))]
    own = own_view_of(part)
    if own:
        title = _("The own view beside that of all partners together")
        charts.append(Bars(title, (places[own.id], everyone)))
    return charts


def _answers(part: Part, report: Report, numbers: Numbers) -> tuple[list[str], list[list[Value]]]:
    """How the answers of each large group are spread, in bands."""
    labels = report.facts.scale_labels
    titles = {group.id: group.title for group in part.groups}

    def row(item: Item, id_: str) -> list[Value]:
        bands = bands_of_answers(item.distributions[id_], len(labels))
        return [numbers.get((part.subject, item.question_id), ""), item.wording, titles[id_], *bands]

    rows = [row(item, id_) for item in items_of(part) for id_ in titles if id_ in item.distributions]
    return [_("Number"), _("Statement"), _("Group"), *labels], rows


def _add_findings(book: Book, report: Report, numbers: Numbers) -> None:
    replies = {reply.finding_id: reply for reply in report.replies}
    rows: list[list[Value]] = []
    for part in report.parts:
        statements = {statement.item.question_id: statement for statement in statements_of(part)}
        has_own = own_view_of(part) is not None
        for one in part.findings:
            statement, reply = statements[one.question_id], replies.get(one.id)
            rows.append(
                [
                    numbers.get((part.subject, one.question_id), ""),
                    statement.item.wording,
                    part.title,
                    _(_KINDS[one.kind]),
                    statement.own if has_own else "",
                    one.everyone,
                    one.before if one.kind in _CHANGES else "",
                    share_text(one.not_seen) if one.kind is FindingKind.NOT_SEEN else "",
                    (held_words(reply) or reply.text) if reply else "",
                    reply.promise if reply else "",
                ]
            )
    figures = [
        _("Own figure"),
        _("The others’ figure"),
        _("The others’ figure, last review"),
        _("Could not see it"),
    ]
    head = [_("Number"), _("Statement"), _("Part"), _("Finding"), *figures, _("Reply"), _("Promise")]
    book.add_table(_("Findings"), head, rows, named_by=2)


def _add_agreed(book: Book, report: Report, numbers: Numbers) -> None:
    """The actions of earlier reviews, each beside the figures of the statement that it was to move."""
    rows: list[list[Value]] = [
        [
            action.number,
            action.title,
            state_words(action.state),
            "; ".join(action.owners),
            numbers.get((action.subject, action.question_id), ""),
            " ".join(action.practices),
            action.before,
            action.now,
            verdict_words(action.verdict),
        ]
        for action in report.actions
    ]
    figures = [_("The others’ figure, last review"), _("The others’ figure")]
    head = [_("Action"), _("What will be different"), _("State"), _("Owners"), _("Statement"), _("Practices")]
    book.add_table(_("Actions"), [*head, *figures, _("Change")], rows, named_by=2)


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
