"""The Jinja environment of the pages: strict with our templates, lenient with the design system's macros."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.sansio.app import App
from flask.templating import Environment
from jinja2 import Environment as PlainEnvironment
from jinja2 import PackageLoader, PrefixLoader, StrictUndefined, Template

DESIGN_SYSTEM = "govuk_frontend_jinja"


class PageEnvironment(Environment):
    """An environment in which a name that a template misspells is an error.

    The macros of the design system ask for keys that nobody gave them, which StrictUndefined forbids. So they
    are loaded in an environment of their own, whoever imports them.
    """

    def __init__(self, app: App, **options: Any) -> None:
        options.setdefault("undefined", StrictUndefined)
        options.setdefault("trim_blocks", True)
        options.setdefault("lstrip_blocks", True)
        options.setdefault("extensions", ["jinja2.ext.do", "jinja2.ext.i18n"])
        super().__init__(app, **options)
        # A text is one line in the catalogue, however its template is indented.
        self.policies["ext.i18n.trimmed"] = True
        self.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # until init_languages
        self._design_system = PlainEnvironment(
            loader=PrefixLoader({DESIGN_SYSTEM: PackageLoader(DESIGN_SYSTEM)}),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # With other globals than the importing template's, Jinja would run a macro's file anew at each import.
        self._design_system.globals = self.globals

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002  (Jinja's name)
    ) -> Template:
        """The template of that name, compiled. Raises TemplateNotFound."""
        if isinstance(name, str) and name.startswith(f"{DESIGN_SYSTEM}/"):
            return self._design_system.get_template(name, globals=globals)
        return super().get_template(name, parent, globals)
