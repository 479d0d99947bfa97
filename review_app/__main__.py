"""``python -m review_app`` is the command ``roundtable``."""

from review_app.cli.main import main

main(prog_name="roundtable")
