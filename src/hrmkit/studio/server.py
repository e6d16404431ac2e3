"""The studio's server: hands the page and its recordings to a browser on this machine.

What it serves has the same relative addresses as a static export (``recordings/index.json``,
``recordings/<name>``, ``graphs/<name>``, ``thinkers/<name>``). What a static host lacks is what
trains: the bench, and the stories of worlds. ``bench/state.json`` and ``worlds/state.json`` say how
that stands; ``train`` and ``cancel`` beside them are the only addresses that take a POST. And it
lacks runs that go on while they are looked at: they are offered like recordings, and asked for
again and again.
"""

from __future__ import annotations

import errno
import gzip
import json
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path, PurePath
from types import FrameType
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hrmkit.errors import UserError
from hrmkit.folders import GRAPHS, RECORDINGS
from hrmkit.interrupts import interrupted
from hrmkit.one_file import STATIC
from hrmkit.studio.connections import PatientProtocol, allow_files
from hrmkit.studio.shelf import MAX_BYTES, Shelf

if TYPE_CHECKING:
    # These bring torch with them, and the server need not.
    from hrmkit.studio.bench import Bench
    from hrmkit.studio.run import LiveRun, Runs
    from hrmkit.studio.thinkers import Thinkers
    from hrmkit.studio.worlds import WorldStories

LOOPBACK = "127.0.0.1"
PORTS_TRIED = 50

OUR_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
MAX_HEADER_BYTES = 16 * 2**10
MAX_BODY_BYTES = 4 * 2**10
POSTS = frozenset({"/bench/train", "/bench/cancel", "/worlds/train", "/worlds/cancel"})

# Python takes these from the operating system, where they can be missing or wrong; a browser
# refuses a module or a wasm file under another type.
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
PACKED = frozenset({".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt"})

SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "worker-src 'self' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "manifest-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(
    recordings: Sequence[Path],
    static: Path,
    data: Path,
    bench: Bench | None = None,
    runs: Runs | None = None,
    worlds: WorldStories | None = None,
    thinkers: Thinkers | None = None,
) -> Starlette:
    """Make the application that serves the built page in ``static``.

    ``runs`` are offered first, then ``recordings``, then those in ``data``'s own folder; without
    ``bench`` no wiring can be trained, without ``worlds`` no world's story, without ``thinkers`` no
    puzzle can be thought about. Raises UserError when the page is not built or a recording cannot
    be offered.
    """
    if not (static / "index.html").is_file():
        raise UserError(
            f"The page is not built ({static / 'index.html'} is missing); "
            "install again, or run in a checkout: python hatch_build.py"
        )
    shelf = Shelf.of(recordings, data / RECORDINGS)

    live = runs.live if runs else {}

    def index(_: Request) -> Response:
        listed = [*(runs.index() if runs else ()), *shelf.index()]
        return JSONResponse(listed, headers={"Cache-Control": "no-cache"})

    def recording(request: Request) -> Response:
        name = request.path_params["name"]
        if name in live:
            return run_response(live[name], request)
        path = shelf.find(name)
        if path is None:
            return PlainTextResponse(f"There is no recording {name!r} here.", status_code=404)
        return FileResponse(
            path, media_type=media_type(name), headers={"Cache-Control": "no-cache"}
        )

    return Starlette(
        routes=[
            Route("/recordings/index.json", index),
            Route("/recordings/{name}", recording),
            *(bench_routes(bench) if bench else ()),
            *(world_routes(worlds) if worlds else ()),
            *(thinker_routes(thinkers) if thinkers else ()),
            Mount("/graphs", Files(data / GRAPHS, check_dir=False)),
            Mount("/", Files(static, html=True)),
        ],
        middleware=[Middleware(Guard)],
    )


def bench_routes(bench: Bench) -> tuple[Route, ...]:
    """Return where the page asks the bench to train, and how that stands."""

    def state(_: Request) -> Response:
        return JSONResponse(bench.state(), headers={"Cache-Control": "no-store"})

    async def train(request: Request) -> Response:
        from hrmkit.studio.background import sentence
        from hrmkit.studio.bench import BusyError

        try:
            wires = await field_of(request, "wires")
        except ValueError as error:
            return problem(str(error), 400)
        try:
            await run_in_threadpool(bench.train, wires)
        except BusyError as error:
            return problem(sentence(error), 409)
        except UserError as error:
            return problem(sentence(error), 400)
        return JSONResponse({}, status_code=202)

    async def cancel(request: Request) -> Response:
        await request.body()
        await run_in_threadpool(bench.cancel)
        return JSONResponse({})

    return (
        Route("/bench/state.json", state),
        Route("/bench/train", train, methods=["POST"]),
        Route("/bench/cancel", cancel, methods=["POST"]),
    )


def world_routes(worlds: WorldStories) -> tuple[Route, ...]:
    """Return where the page asks for a world's story to be trained, and how that stands."""

    def state(_: Request) -> Response:
        return JSONResponse(worlds.state(), headers={"Cache-Control": "no-store"})

    async def train(request: Request) -> Response:
        from hrmkit.studio.background import sentence

        try:
            world = await field_of(request, "world")
            await run_in_threadpool(worlds.train, world)
        except ValueError as error:
            return problem(str(error), 400)
        except UserError as error:
            return problem(sentence(error), 400)
        return JSONResponse({}, status_code=202)

    async def cancel(request: Request) -> Response:
        try:
            world = await field_of(request, "world")
        except ValueError as error:
            return problem(str(error), 400)
        await run_in_threadpool(worlds.cancel, world)
        return JSONResponse({})

    return (
        Route("/worlds/state.json", state),
        Route("/worlds/train", train, methods=["POST"]),
        Route("/worlds/cancel", cancel, methods=["POST"]),
    )


def thinker_routes(thinkers: Thinkers) -> tuple[Route, ...]:
    """Return where the page gets what it thinks with."""

    def file(request: Request) -> Response:
        name = request.path_params["name"]
        content = thinkers.files.get(name)
        if content is None:
            return PlainTextResponse(f"There is no file {name!r} here.", status_code=404)
        headers = {"Cache-Control": "no-cache", "ETag": f'"{sha256(content).hexdigest()[:16]}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=media_type(name), headers=headers)

    return (Route("/thinkers/{name}", file),)


async def field_of(request: Request, name: str) -> Any:
    """Return a field of a request's JSON; raises ValueError, with a sentence, without it."""
    try:
        content: Any = json.loads(await request.body())
        return cast("dict[str, Any]", content)[name]
    except (ValueError, RecursionError, TypeError, KeyError):
        raise ValueError(f"A request to train is JSON with the field {name}.") from None


def run_response(run: LiveRun, request: Request) -> Response:
    """Return a run as it stands now, or that nothing is new since the page's last question."""
    headers = {"Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == run.tag():
        return Response(status_code=304, headers={**headers, "ETag": run.tag()})
    try:
        answer = run.answer()
    except UserError as error:
        return problem(f"The run cannot be read: {error}.", 409)
    return Response(
        answer.packed,
        media_type="application/gzip",
        headers={**headers, "ETag": answer.tag},
    )


def problem(said: str, status: int) -> Response:
    """Return a sentence for the page to show."""
    return JSONResponse({"problem": said}, status_code=status)


def media_type(name: str | PurePath) -> str:
    """Return the media type of a file's name, the same on every operating system."""
    return MEDIA_TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")


class Files(StaticFiles):
    """One folder's files: typed the same everywhere, packed when they are text, bounded in size."""

    def __init__(self, folder: Path, *, html: bool = False, check_dir: bool = True) -> None:
        super().__init__(directory=folder, html=html, check_dir=check_dir)

    async def check_config(self) -> None:
        """Allow the folder to be missing: there may be no graphs yet, which is a plain 404."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer with one file that was found inside the folder."""
        path, asked = Path(full_path), Headers(scope=scope)
        if stat_result.st_size > MAX_BYTES:
            return PlainTextResponse(
                f"{path.name} is larger than {MAX_BYTES // 2**20} MiB.", status_code=413
            )
        kind = media_type(path)
        response = FileResponse(
            path, status_code=status_code, stat_result=stat_result, media_type=kind
        )
        # Names under assets/ change with their contents; all else is asked for again.
        hashed = path.parent.name == "assets"
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if hashed else "no-cache"
        )
        if self.is_not_modified(response.headers, asked):
            return Response(
                status_code=304,
                headers={name: response.headers[name] for name in ("etag", "cache-control")},
            )
        if path.suffix.lower() not in PACKED:
            return response
        if "gzip" not in asked.get("accept-encoding", ""):
            response.headers["Vary"] = "Accept-Encoding"
            return response
        return Response(
            _gzipped(path, stat_result.st_mtime_ns, stat_result.st_size),
            status_code=status_code,
            media_type=kind,
            headers={
                "Content-Encoding": "gzip",
                "Vary": "Accept-Encoding",
                "Cache-Control": response.headers["Cache-Control"],
                "ETag": response.headers["etag"],
                "Last-Modified": response.headers["last-modified"],
            },
        )


@lru_cache(maxsize=64)
def _gzipped(path: Path, changed: int, size: int) -> bytes:
    del changed, size  # part of the key only: another content is another entry
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


class Guard:
    """Lets through only what this machine's own browser asks for the studio's own page.

    Those are reads, and the few POSTs of the bench, which have to say where they come from.

    A page elsewhere on the web can send requests to a loopback address, directly or by DNS
    rebinding. The headers Host, Origin and Sec-Fetch-Site give it away, since it cannot forge them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it with one sentence; add the security headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        answer = self.refusal(scope)
        await (answer or self.app)(scope, receive, send_guarded)

    @staticmethod
    def refusal(scope: Scope) -> Response | None:
        """Return why a request is refused, or None when it is not."""
        method, headers = scope["method"], Headers(scope=scope)
        # uvicorn bounds what it must hold of a request that is still arriving, not a whole one.
        if sum(len(name) + len(value) for name, value in headers.raw) > MAX_HEADER_BYTES:
            return PlainTextResponse("The request's headers are too long.", status_code=431)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _without_port(hosts[0]) not in OUR_HOSTS:
            return PlainTextResponse("This host is not served here.", status_code=400)
        posts = method == "POST" and scope["path"] in POSTS
        if method not in ("GET", "HEAD") and not posts:
            return PlainTextResponse(
                "The studio is read only.", status_code=405, headers={"Allow": "GET, HEAD"}
            )
        # The studio speaks plain http only, so its own pages have just this origin.
        if any(origin != f"http://{hosts[0]}" for origin in headers.getlist("origin")):
            return PlainTextResponse("Other sites may not read the studio.", status_code=403)
        if posts:
            return Guard.refusal_of_post(headers)
        site = headers.get("sec-fetch-site", "none")
        # A link on another site may open the studio; nothing on that site may read from it.
        opens_a_page = headers.get("sec-fetch-mode") == "navigate" and (
            headers.get("sec-fetch-dest") == "document"
        )
        if site not in ("same-origin", "none") and not opens_a_page:
            return PlainTextResponse("Other sites may not read the studio.", status_code=403)
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            return PlainTextResponse("A request here has no body.", status_code=413)
        return None

    @staticmethod
    def refusal_of_post(headers: Headers) -> Response | None:
        """Return why a POST is refused, or None; its Host and any Origin are the studio's own."""
        # A browser sends the origin with every POST, so one without comes from elsewhere.
        if "origin" not in headers or headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return PlainTextResponse("Only the studio's own page may train.", status_code=403)
        # A form on another site cannot send this type without asking first.
        if headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            return PlainTextResponse("A request to train is JSON.", status_code=415)
        length = headers.get("content-length", "")
        if not length.isdecimal() or "transfer-encoding" in headers:
            return PlainTextResponse("A request to train says its length.", status_code=411)
        if int(length) > MAX_BODY_BYTES:
            return PlainTextResponse(
                f"A request to train has at most {MAX_BODY_BYTES} bytes.", status_code=413
            )
        return None


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()


def check_port(port: int) -> None:
    """Raise a UserError when there is no such port."""
    if not 0 <= port <= 65535:
        raise UserError(f"Port {port} does not exist; take one from 1 to 65535, or 0 for any.")


def open_socket(port: int) -> socket.socket:
    """Listen on ``port`` of the loopback, or on the next free one, and say which if it differs."""
    check_port(port)
    for candidate in range(port, min(port + PORTS_TRIED, 65536)):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # elsewhere it would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, candidate))
            listener.listen()
        except OSError as error:
            listener.close()
            if error.errno == errno.EACCES:
                raise UserError(
                    f"Port {candidate} is reserved by the system; take one from 1024 to 65535."
                ) from error
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            if candidate != port:
                print(f"Port {port} is taken, so the studio takes {candidate}.", flush=True)
            return listener
    raise UserError(
        f"Port {port} and those up to {min(port + PORTS_TRIED, 65536) - 1} are taken; "
        "name another, or 0 for any."
    )


def wants_browser() -> bool:
    """Return whether a browser can and should be opened."""
    if os.environ.get("HEADLESS", "0") not in ("", "0"):
        return False
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def serve(
    recordings: Sequence[Path],
    data: Path,
    *,
    port: int,
    show: Path | None = None,
    static: Path = STATIC,
    bench: Bench | None = None,
    runs: Runs | None = None,
    worlds: WorldStories | None = None,
    thinkers: Thinkers | None = None,
) -> None:
    """Serve the studio until Ctrl-C or SIGTERM, and open it in the browser where there is one.

    ``show``, one of ``recordings``, is the one that the page opens with, unless there are ``runs``.
    What trains meanwhile is ended in order, and so are the processes that it has.
    """
    with ExitStack() as ending, _terminated_as_interrupted():
        # Whatever trains ends with the studio, also where it cannot begin to serve.
        if bench:
            ending.callback(bench.cancel)
        if worlds:
            ending.callback(worlds.stop)
        app = create_app(recordings, static, data, bench, runs, worlds, thinkers)
        listener = ending.enter_context(closing(open_socket(port)))
        _serve_at(listener, app, _story_of(show, recordings, data))
        trains = (bench and bench.trains) or (worlds and worlds.trains)
        lost = "; what was being trained begins anew when it is wanted again" if trains else ""
        print(f"The studio has ended{lost}.", flush=True)


@contextmanager
def _terminated_as_interrupted() -> Generator[None]:
    """SIGTERM does meanwhile what Ctrl-C does; once, so that a second one breaks off no ending."""
    if threading.current_thread() is not threading.main_thread():
        yield  # where signals cannot be set, none arrive
        return
    came: list[int] = []

    def terminated(number: int, frame: FrameType | None) -> None:
        came.append(number)
        if len(came) == 1:
            interrupted(number, frame)

    before = signal.signal(signal.SIGTERM, terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _story_of(show: Path | None, recordings: Sequence[Path], data: Path) -> str:
    """What an address says of the recording that is shown first."""
    if show is None:
        return ""
    name = Shelf.of(recordings, data / RECORDINGS).name_of(show)
    return f"#story={quote(name, safe='')}"


def _serve_at(listener: socket.socket, app: Starlette, fragment: str) -> None:
    """Serve on an open socket until Ctrl-C or SIGTERM; see `serve`."""
    address = f"http://{LOOPBACK}:{listener.getsockname()[1]}/{fragment}"
    print(f"HRM Kit studio: {address}", flush=True)
    if wants_browser():
        # Opening can block until the browser ends; the socket listens already.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    # Each connection may have a file open.
    allow_files(3 * PatientProtocol.patience.most)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http=PatientProtocol,
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            h11_max_incomplete_event_size=MAX_HEADER_BYTES,
            limit_concurrency=PatientProtocol.patience.most,
            timeout_keep_alive=int(PatientProtocol.patience.rest),
            timeout_graceful_shutdown=2,
        )
    )
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        print()  # after the ^C that the terminal shows
