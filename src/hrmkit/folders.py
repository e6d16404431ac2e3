"""Where HRM Kit keeps what it makes."""

import os
from pathlib import Path

import platformdirs

from hrmkit.errors import UserError

# Inside the data folder.
RECORDINGS = "recordings"
GRAPHS = "graphs"
BASES = "bases"

THINKERS = "thinkers"
"""Beside the page: what it thinks about puzzles with."""


def data_folder() -> Path:
    """Return the data folder, made if need be: ``HRMKIT_DATA``, or the user's usual place."""
    chosen = os.environ.get("HRMKIT_DATA")
    folder = Path(chosen) if chosen else Path(platformdirs.user_data_dir("hrmkit", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(
            f"The data folder {folder} cannot be made ({reason}); "
            "set HRMKIT_DATA to a folder that can be written."
        ) from error
    return folder
