"""A page that is one file: whatever it needs lies in it, packed, and it opens without a server.

`static/single` has its frame and its program, which `hatch_build.py` builds; see
`web/single/opening.js` for how it opens.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Mapping
from html import escape
from mimetypes import guess_type
from pathlib import Path

from hrmkit.errors import UserError

STATIC = Path(__file__).parent / "studio" / "static"
"""The built page."""
SINGLE = "single"
"""Its folder with the parts of a page that is one file."""
FRAME = "page.html"
FILES = "<!-- files -->"
"""Where in the frame the files go."""
TITLE = "<title>HRM Kit</title>"
NAMED = "HRM Kit's page"
"""What its frame says, by which an earlier page is known."""
PAGE_ENDS = (".html", ".htm")
"""How the name of a page ends."""
RUNTIME = ".wasm"
"""How the file of the ONNX runtime ends; without it the page plays, and trains nothing."""
KEPT_ONCE = (".woff2", RUNTIME)
"""How files end that this page shares with the one that is many files."""


def one_file(
    files: Mapping[str, bytes], title: str, *, runtime: bool = True, static: Path = STATIC
) -> str:
    """The page as one HTML text, with `files` by the paths at which a server would have them.

    Without `runtime` it only plays, and is smaller by nine tenths. Raises `UserError` where the
    page is not built.
    """
    parts = static / SINGLE
    if not (parts / FRAME).is_file():
        raise UserError("the page is not built; run in a checkout: python hatch_build.py")
    frame = (parts / FRAME).read_text(encoding="utf-8")
    carried = [carry(name, content, "data") for name, content in files.items()]
    for path in sorted((static / "assets").iterdir()):
        if path.suffix in KEPT_ONCE and (runtime or path.suffix != RUNTIME):
            carried.append(carry(f"assets/{path.name}", path.read_bytes(), "data"))
    for path in sorted((parts / "assets").iterdir()):
        carried.append(carry(f"assets/{path.name}", path.read_bytes(), use_of(path)))
    frame = frame.replace(TITLE, f"<title>{escape(title)}</title>")
    return frame.replace(FILES, "\n".join(carried))


def use_of(part: Path) -> str:
    """What a part of the page is for, as `opening.js` names it."""
    if part.suffix == ".css":
        return "style"
    return "program" if part.name.startswith("main-") else "worker"


def carry(name: str, content: bytes, use: str) -> str:
    """A file as an element of the page: packed by gzip, and in base64."""
    packed = b64encode(gzip.compress(content, 9, mtime=0)).decode("ascii")
    kind = "application/wasm" if name.endswith(RUNTIME) else guess_type(name)[0]
    return (
        f'<script type="text/plain" data-file="{escape(name)}" data-use="{use}" '
        f'data-type="{kind or "application/octet-stream"}">{packed}</script>'
    )
