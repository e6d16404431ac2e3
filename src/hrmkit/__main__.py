"""The program ``hrmkit``, which ``python -m hrmkit`` is too.

Nothing else is imported before Ctrl-C is minded: what an import makes of a KeyboardInterrupt is a
traceback, or an ImportError that has nothing to do with it.
"""

from __future__ import annotations

from hrmkit.interrupts import mind_interrupts


def main() -> None:
    """Run the program; Ctrl-C ends it with status 130, whatever it is at."""
    mind_interrupts()
    from hrmkit.cli import main as run

    run()


if __name__ == "__main__":
    main()
