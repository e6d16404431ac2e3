"""The documents: what they link to is there, the site has them all, and is built without a flaw."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

import hrmkit

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CARDS = sorted(ROOT.glob("src/hrmkit/weights/*/README.md"))
DOCUMENTS = sorted((*ROOT.glob("*.md"), *DOCS.glob("*.md"), *CARDS))
MOST = 1.5e6
"""Bytes of a picture that moves: it has to be there while somebody still wants to see it."""


def without_code(text: str) -> str:
    """A document without its blocks and words of code, in which nothing is a link or a heading."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", lambda code: re.sub(r"[\[\]()]", "", code[0]), text)


def links(path: Path) -> list[str]:
    """What a document links to and what it shows, other than on the web."""
    found = re.findall(r"\]\(([^)\s]+)\)", without_code(path.read_text()))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(path: Path) -> set[str]:
    """What a link may name after the hash: each heading as everybody spells it in links."""
    headings = re.findall(r"^#+ (.*)$", without_code(path.read_text()), re.MULTILINE)
    seen: Counter[str] = Counter()
    named: set[str] = set()
    for heading in headings:
        slug = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        named.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return named


def in_navigation(entries: Any) -> set[str]:
    """The pages that a site's navigation names."""
    match entries:
        case str():
            return {entries}
        case dict():
            return set().union(*map(in_navigation, entries.values()))
        case list():
            return set().union(*map(in_navigation, entries))
        case _:
            raise AssertionError(f"{entries!r} is no navigation")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_links_to_is_there(path: Path) -> None:
    for link in links(path):
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.is_relative_to(ROOT.resolve()), link
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in anchors(target), f"{link}: {target.name} has no such heading"


def test_links_are_found() -> None:
    assert "how-do-i.md" in links(DOCS / "README.md")
    assert "docs/images/thinking.gif" in links(ROOT / "README.md")
    assert "nothing-is-lost" in anchors(DOCS / "training.md")
    assert "many-puzzles-hrmkit-eval" in anchors(DOCS / "solving.md")


def test_the_site_s_navigation_has_every_page() -> None:
    named = in_navigation(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"])
    pages = {path.name for path in DOCS.glob("*.md")}
    cards = {f"cards/{path.parent.name}.md" for path in CARDS}
    assert named == pages | cards | {"contributing.md", "changelog.md"}


def test_the_map_names_every_page() -> None:
    named = {link.partition("#")[0] for link in links(DOCS / "README.md")}
    assert {path.name for path in DOCS.glob("*.md")} - {"README.md"} <= named


def test_the_readme_shows_three_pictures_that_move_and_are_small() -> None:
    moving = [ROOT / link for link in links(ROOT / "README.md") if link.endswith(".gif")]
    assert len(moving) == 3
    for picture in (*moving, *DOCS.glob("images/*.gif")):
        assert picture.read_bytes()[:6] == b"GIF89a"
        assert picture.stat().st_size < MOST, picture.name


def in_api() -> list[str]:
    """The names that the page of the API describes."""
    return re.findall(r"^::: (\S+)$", (DOCS / "api.md").read_text(), re.MULTILINE)


def test_the_api_has_every_public_name() -> None:
    assert {f"hrmkit.{name}" for name in hrmkit.__all__} <= set(in_api())
    assert len(in_api()) == len(set(in_api()))


@pytest.mark.parametrize("name", in_api())
def test_the_api_describes_what_there_is(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    described = getattr(import_module(module), attribute)
    assert name == "hrmkit.DEFAULT" or described.__doc__


class Fetched(HTMLParser):
    """What a page has a browser fetch by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes where scripts, pictures, frames and styles come from."""
        given = dict(attrs)
        if tag in ("script", "img", "iframe", "source"):
            self.places.append(given.get("src") or "")
        if tag == "link" and given.get("rel") != "canonical":
            self.places.append(given.get("href") or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation, built; any flaw that mkdocs warns of ends that."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_site_needs_no_network(site: Path) -> None:
    pages = [path for path in site.rglob("*.html") if path.parent.name != "stories"]
    pages.remove(site / "404.html")  # only a server shows it, and it knows not from where
    assert len(pages) > 30
    for path in pages:
        fetched = Fetched()
        fetched.feed(path.read_text())
        assert fetched.places
        for place in fetched.places:
            assert not re.match(r"(https?:)?//", place), f"{path.name} fetches {place}"
            name = re.split("[?#]", place)[0]
            assert not name or (path.parent / name).exists(), f"{path.name} fetches {place}"


def test_the_gallery_plays_real_stories(site: Path) -> None:
    gallery = (site / "gallery.html").read_text()
    stories = {path.stem for path in (site / "stories").glob("*.html")}
    assert {"ladder", "sudoku", "maze", "arc"} <= stories
    for name in stories:
        assert f'src="stories/{name}.html#' in gallery
        page = (site / "stories" / f"{name}.html").read_text()
        assert 'data-file="recordings/recording.hrm.json.gz"' in page
        assert len(page) < 2e6
    assert "<!-- plays" not in gallery


def test_the_api_is_read_from_the_docstrings(site: Path) -> None:
    api = (site / "api.html").read_text()
    for name in in_api():
        assert f'id="{name}"' in api, f"{name} is not described"
    assert "Answer one puzzle with a trained model, and check the answer." in api
    index = json.loads((site / "search" / "search_index.json").read_text())
    assert any(entry["location"].startswith("api.html#hrmkit.solve") for entry in index["docs"])
