"""The small pictures beside a finding: figures as marks on the scale, a share as people out of ten."""

from __future__ import annotations

from base64 import b64encode

from reports.charts import EVERYONE, OWN, Picture, strip
from reports.language import _
from reports.model import NotShown, Shown, ShownShare
from reports.sides import Statement

_DOT, _DOTS = 13.2, 10
_FULL, _OPEN, _LINE = "#0b5c6b", "#ffffff", "#0b5c6b"


def marks(statement: Statement, others: str) -> Picture | None:
    """The figure of the others, and under it the own view where it is shown, on the scale; None without the former.

    ``others``: who they are, for whoever cannot see the picture.
    """
    figures = [
        (figure, shape, name)
        for figure, shape, name in (
            (statement.others, EVERYONE, others),
            (statement.own, OWN, _("Own view")),
        )
        if isinstance(figure, Shown)
    ]
    if not isinstance(statement.others, Shown):
        return None
    told = "; ".join(f"{name}: {figure.text}" for figure, _shape, name in figures)
    return strip(
        [(figure, shape) for figure, shape, _name in figures],
        _("The same as marks on the scale from 1 to 5. %(figures)s.", figures=told),
    )


def people(share: ShownShare | NotShown, words: str) -> Picture | None:
    """A share as ten people: full for those that it has for certain, half for those that it may have."""
    if isinstance(share, NotShown):
        return None
    body = "".join(
        _person(place, is_certain=10 * place < share.low, is_possible=10 * place < share.high)
        for place in range(_DOTS)
    )
    width, height = _DOT * _DOTS, _DOT + 2
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{body}</svg>'
    )
    return Picture("data:image/svg+xml;base64," + b64encode(svg.encode()).decode(), words)


def _person(place: int, *, is_certain: bool, is_possible: bool) -> str:
    x, y, radius = _DOT * (place + 0.5), _DOT / 2 + 1, 4.6
    ring = (
        f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{_FULL if is_certain else _OPEN}" '
        f'stroke="{_LINE}" stroke-width="1.2"/>'
    )
    half = (
        f'<path d="M{x:g} {y - radius:g}A{radius:g} {radius:g} 0 0 0 {x:g} {y + radius:g}Z" fill="{_FULL}"/>'
    )
    return ring + (half if is_possible and not is_certain else "")
