"""Many texts as tokens at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def tokens_of(texts: list[str], alphabet: str, first: int) -> NDArray[np.int64]:
    """One text or more, of one length, as tokens, `alphabet` being `first` and on.

    int64 [n, length], -1 for other characters.
    """
    table = np.full(256, -1, np.int64)
    for token, character in enumerate(alphabet, first):
        table[ord(character)] = token
    # What is not ASCII becomes a question mark, which is in no puzzle's alphabet.
    joined = "".join(texts).encode("ascii", "replace")
    return table[np.frombuffer(joined, np.uint8)].reshape(len(texts), -1)
