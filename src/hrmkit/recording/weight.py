"""What a text of JSON would cost, before it is parsed.

A small file can hold millions of empty lists, each of which takes many times its two letters in
memory. The page counts in the same way (web/src/recording/weigh.ts). Needs nothing but Python.
"""

from __future__ import annotations

MOST_PARTS = 2**20
"""Lists, objects and fields; the largest recordings that are made hold a tenth of these."""


def too_heavy(text: bytes) -> bool:
    """Whether a text has more lists, objects and fields than a recording may have.

    Those inside strings count too: they are few, and leaving them out would take a parser.
    """
    return text.count(b"[") + text.count(b"{") + text.count(b'":') > MOST_PARTS
