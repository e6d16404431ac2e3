"""A hook of mkdocs: what the documents link to outside of `docs/` becomes part of the site.

Documents are written for whoever reads the repository, so their links lead to cards of models,
examples and settings where those lie. Documents among them become pages, other files are copied.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pymdownx.slugs import slugify

ROOT = Path(__file__).resolve().parents[2]
DOCS = "docs/"
PAGES = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    **{
        card.relative_to(ROOT).as_posix(): f"cards/{card.parent.name}.md"
        for card in sorted((ROOT / "src/hrmkit/weights").glob("*/README.md"))
    },
}
"""Documents elsewhere in the repository, and where the site has them."""
COPIES = "files/"
LINK = re.compile(r"(?<=\]\()(?!#|[a-z]+:)([^)\s#]+)(#[^)\s]*)?(?=\))")
"""A link to a file beside the document: its path, and the anchor in it."""


def on_config(config: Any) -> Any:
    """Anchors as everybody else makes them who shows these documents."""
    config.mdx_configs["toc"]["slugify"] = slugify(case="lower")
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the documents that lie elsewhere, and every file that a document links to."""
    for source, name in PAGES.items():
        files.append(File.generated(config, name, content=(ROOT / source).read_text()))
    pages = [page for page in files.documentation_pages() if origin(page.src_uri)]
    linked = {target for page in pages for target in targets(page)}
    for target in sorted(linked):
        if target not in PAGES and not target.startswith(DOCS) and (ROOT / target).is_file():
            copy = File.generated(config, COPIES + target, abs_src_path=str(ROOT / target))
            files.append(copy)
    return files


def on_page_markdown(markdown: str, page: Page, config: Any, files: Files) -> str:
    """Let each link lead to where the site has its target."""
    place = origin(page.file.src_uri)

    def led(found: re.Match[str]) -> str:
        target = within(place, found[1])
        return posixpath.relpath(at_site(target), posixpath.dirname(page.file.src_uri) or ".") + (
            found[2] or ""
        )

    return LINK.sub(led, markdown)


def origin(name: str) -> str:
    """Where in the repository a page of the site was written."""
    return {page: source for source, page in PAGES.items()}.get(name, DOCS + name)


def targets(page: File) -> set[str]:
    """What a page links to, by its path in the repository."""
    place = origin(page.src_uri)
    return {within(place, found[1]) for found in LINK.finditer(page.content_string)}


def within(place: str, link: str) -> str:
    """The path in the repository of what a document there links to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(place), link))


def at_site(target: str) -> str:
    """The path in the site of a file of the repository."""
    if target in PAGES:
        return PAGES[target]
    return target.removeprefix(DOCS) if target.startswith(DOCS) else COPIES + target
