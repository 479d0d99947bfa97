"""The blueprint of this audience."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("owner", __name__)
