"""One puzzle being thought through, as a recording."""
