"""A hook of mkdocs: the stories of the gallery, each a page of its own that needs no network.

Nothing is trained for it. Two stories come with the package; thoughts are recorded by the very
commands that the gallery prints; and the worlds' stories are those that were trained already, by
the studio or by `make prepared`.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from hrmkit.errors import UserError
from hrmkit.folders import RECORDINGS, data_folder
from hrmkit.recording.file import load
from hrmkit.recording.notebook import page_of
from hrmkit.studio.stories import COMES_ALONG
from hrmkit.worlds.registry import WORLDS

ROOT = Path(__file__).resolve().parents[2]
PREPARED = ROOT / "web/tests/fixtures"
STORIES = "stories/"
ENDING = ".hrm.json.gz"
MARK = re.compile(
    r"^<!-- plays: ([\w-]+), from (\S+) -->\n(.*?)^<!-- until here -->$", re.MULTILINE | re.DOTALL
)
"""Where in a document a story plays: its name, where it begins, as a link says it, and the pictures
that stand there where nothing plays.
"""
LACKING = "*This story was not trained on the computer that built these pages.*"

log = get_plugin_logger("gallery")


def on_files(files: Files, config: Any) -> Files:
    """Add a page for every story that a document has a place for."""
    with TemporaryDirectory() as folder:
        for document in files.documentation_pages():
            text = document.content_string
            for name, _, _ in MARK.findall(text):
                recording = found(name) or recorded(name, text, Path(folder))
                if recording is None:
                    log.info("%s is left out: make prepared trains it", name)
                    continue
                files.append(File.generated(config, place_of(name), content=story_in(recording)))
    return files


def on_page_markdown(markdown: str, page: Page, config: Any, files: Files) -> str:
    """Put each story in its place, and give such a page all the room that there is."""
    if MARK.search(markdown):
        page.meta["hide"] = ["toc"]

    def playing(mark: re.Match[str]) -> str:
        place = place_of(mark[1])
        if files.get_file_from_path(place) is None:
            return mark[3] + LACKING
        beginning = f"{place}#{escape(mark[2])}"
        return (
            f'<iframe class="plays" loading="lazy" allow="fullscreen" src="{beginning}" '
            f'title="The story {escape(mark[1])}"></iframe>\n\n'
            f"[Over the whole window]({place})"
        )

    return MARK.sub(playing, markdown)


def place_of(name: str) -> str:
    """Where in the site a story is."""
    return f"{STORIES}{name}.html"


def story_in(recording: Path) -> str:
    """The page of a recording; what is wrong with it ends the build with its sentence."""
    try:
        return page_of(load(recording))
    except UserError as error:
        raise PluginError(str(error)) from error


def found(name: str) -> Path | None:
    """The recording of a story that comes along, or of a world's that was trained before."""
    if name not in WORLDS:
        shipped = COMES_ALONG / f"{name}{ENDING}"
        return shipped if shipped.is_file() else None
    trained = (folder / RECORDINGS / WORLDS[name].story for folder in (data_folder(), PREPARED))
    return next((path for path in trained if path.is_file()), None)


def recorded(name: str, text: str, folder: Path) -> Path | None:
    """The recording that a command of the document writes, run as it is printed."""
    command = re.search(rf"`hrmkit ([^`]* --record {name}{re.escape(ENDING)})`", text)
    if command is None:
        return None
    run = [sys.executable, "-m", "hrmkit", *shlex.split(command[1])]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
    if not (folder / f"{name}{ENDING}").is_file():
        raise PluginError(f"hrmkit {command[1]}\n{done.stderr}")
    return folder / f"{name}{ENDING}"
