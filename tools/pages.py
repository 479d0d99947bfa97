"""Builds what the pages and reports are set in: the CSS by Sass, and the fonts, into review_app/static/dist."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.steps import BIN, ROOT, run, when_changed

MODULES = ROOT / "node_modules"
SOURCE = ROOT / "review_app" / "static" / "src"
BUILT = ROOT / "review_app" / "static" / "dist"
UNFINISHED = BUILT.with_name("dist.new")

WEB_FONTS = MODULES / "@fontsource" / "public-sans" / "files"
WEB_SUBSETS = ("latin", "latin-ext")
WEB_WEIGHTS = (400, 600, 700)
# A PDF takes whole fonts: two subset files of one family print wrong glyphs in Welsh names.
PRINT_FONTS = MODULES / "@expo-google-fonts" / "public-sans"
PRINT_STYLES = ("400Regular", "400Regular_Italic", "600SemiBold", "700Bold")


def ensure_pages() -> None:
    """The compiled CSS and the fonts are there and belong to the sources."""
    manifest = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    when_changed("npm", manifest, [MODULES / "sass"], _install)
    sources = [path for path in SOURCE.rglob("*") if path.is_file()]
    when_changed("pages", [*manifest, *sources, Path(__file__)], [BUILT / "app.css", BUILT / "fonts"], _build)


def _install() -> None:
    command = [str(BIN / "npm"), "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"]
    run("Getting the design system, Sass and the fonts", command)


def _build() -> None:
    shutil.rmtree(UNFINISHED, ignore_errors=True)
    fonts = UNFINISHED / "fonts"
    fonts.mkdir(parents=True)
    _copy_fonts(fonts)
    _compile(UNFINISHED / "app.css")
    # A broken build must leave the last good one in its place.
    shutil.rmtree(BUILT, ignore_errors=True)
    UNFINISHED.rename(BUILT)


def _copy_fonts(target: Path) -> None:
    for subset in WEB_SUBSETS:
        for weight in WEB_WEIGHTS:
            name = f"public-sans-{subset}-{weight}-normal.woff2"
            shutil.copy(WEB_FONTS / name, target / name)
    for style in PRINT_STYLES:
        shutil.copy(PRINT_FONTS / style / f"PublicSans_{style}.ttf", target / f"PublicSans-{style}.ttf")
    shutil.copy(PRINT_FONTS / "LICENSE_FONT", target / "LICENCE.txt")


def _compile(target: Path) -> None:
    sass = [str(BIN / "node"), str(MODULES / "sass" / "sass.js"), "--no-error-css", "--no-source-map"]
    options = ["--style=compressed", f"--load-path={MODULES}", "--quiet-deps"]
    run("Compiling the CSS", [*sass, *options, str(SOURCE / "app.scss"), str(target)])
