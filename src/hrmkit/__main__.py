"""``python -m hrmkit`` is ``hrmkit``."""

from hrmkit.cli import main

if __name__ == "__main__":
    main()
