"""The program ``hrmkit``, also started by ``python -m hrmkit``.

Ctrl-C is handled before anything else is imported: a KeyboardInterrupt during an import ends in a
traceback, or in an unrelated ImportError.
"""

from __future__ import annotations

from hrmkit.interrupts import mind_interrupts


def main() -> None:
    """Run the program; Ctrl-C ends it with status 130 at any time."""
    mind_interrupts()
    from hrmkit.cli import main as run

    run()


if __name__ == "__main__":
    main()
