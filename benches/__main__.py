"""Runs every benchmark and prints its ratios: ``make bench``."""

from __future__ import annotations

from benches import batches, counting, entrance, mails, pdfs, plans, submits


def main() -> None:
    """Prints one table per benchmark."""
    print("Ratios of one run on this machine; the times beside them are only there to be read with them.\n")
    for benchmark in (submits, mails, counting, pdfs, batches, plans, entrance):
        for line in benchmark.lines():
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
