"""The application: one ``init_*`` call per concern."""

from __future__ import annotations

from flask import Flask

from review_app.access import init_access
from review_app.config import Settings
from review_app.database import init_database
from review_app.errors import init_errors
from review_app.languages import init_languages
from review_app.layout import static_folder
from review_app.pages import init_pages
from review_app.security import init_limits, init_security
from review_app.state import init_state
from review_app.watching import init_watching
from review_app.web import init_web


def create_app(settings: Settings) -> Flask:
    """A Flask application of these settings. Raises OSError when its folders cannot be made."""
    app = Flask("review_app", static_folder=str(static_folder()), static_url_path="/static")
    init_pages(app, settings)
    init_languages(app)
    init_state(app, settings)
    init_security(app, settings)
    init_database(app, settings)
    init_access(app)
    init_errors(app)
    init_watching(app, settings)
    init_web(app)
    init_limits(app)
    return app
