"""The blueprint of this audience."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("pulse", __name__)
