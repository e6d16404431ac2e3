"""How a script beside the program ends: as the program does."""

from __future__ import annotations

import sys
from collections.abc import Callable

from hrmkit.cli.app import say
from hrmkit.errors import UserError
from hrmkit.interrupts import INTERRUPTED


def run_script(main: Callable[[], object]) -> None:
    """Call a script's `main`; what it returns, if it is a number, is the exit status.

    A `UserError` is one line, and status 2; Ctrl-C is status 130. Neither ends in a traceback.
    """
    try:
        status = main()
    except UserError as error:
        say(error)
        sys.exit(2)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        sys.exit(INTERRUPTED)
    if isinstance(status, int):
        sys.exit(status)
