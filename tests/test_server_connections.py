"""Connections that keep the studio waiting, and everybody else beside them."""

import contextlib
import gzip
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hrmkit.studio.connections import allow_files

# The studio's own patience, or one that a test can sit out; and the files that macOS begins with.
PROGRAM = """
import contextlib, sys
from pathlib import Path
with contextlib.suppress(ImportError):
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
from hrmkit.studio.connections import Patience, PatientProtocol
from hrmkit.studio.server import serve
data, static, patience = sys.argv[1:]
PatientProtocol.patience = eval(patience)
serve([], Path(data), port=0, static=Path(static))
"""


@contextlib.contextmanager
def studio(folder: Path, patience: str = "Patience()") -> Iterator[int]:
    """A real server in a process of its own; its port."""
    allow_files(2000)
    data, static = folder / "data", folder / "static"
    (data / "recordings").mkdir(parents=True)
    static.mkdir()
    (static / "index.html").write_text("<!doctype html><title>HRM Kit</title>")
    (static / "long.bin").write_bytes(bytes(32 * 2**20))
    (static / "big.bin").write_bytes(bytes(2 * 2**20))
    story = gzip.compress(json.dumps({"title": "A story"}).encode())
    (data / "recordings" / "a.hrm.json.gz").write_bytes(story)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(data), str(static), patience],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield int(process.stdout.readline().split(":")[3].split("/")[0])
    finally:
        process.kill()
        process.communicate()


def connect(port: int, sent: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(sent)
    return connection


def request(path: str, rest: str = "", verb: str = "GET") -> bytes:
    return f"{verb} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{rest}\r\n".encode()


def get(port: int, path: str = "/recordings/index.json") -> bytes:
    """The whole answer."""
    with connect(port, request(path, "Connection: close\r\n")) as connection:
        return b"".join(iter(lambda: connection.recv(2**16), b""))


def is_closed(connection: socket.socket) -> bool:
    """Whether the server ends it, within the time that the socket was given."""
    try:
        while connection.recv(2**16):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


HALF = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
UNSENT = request(
    "/bench/train",
    "Origin: http://127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n",
    "POST",
)


def test_two_hundred_at_once_are_served(tmp_path: Path) -> None:
    with studio(tmp_path) as port, contextlib.ExitStack() as stack:
        # All connected before any of them asks.
        all_of_them = [stack.enter_context(connect(port)) for _ in range(200)]
        for connection in all_of_them:
            connection.sendall(request("/recordings/index.json"))
        firsts = [connection.recv(2**16).split(b"\r\n")[0] for connection in all_of_them]
        assert firsts == [b"HTTP/1.1 200 OK"] * 200
        with ThreadPoolExecutor(200) as threads:
            answers = threads.map(lambda _: get(port, "/long.bin"), range(40))
            assert {len(answer) > 32 * 2**20 for answer in answers} == {True}


@pytest.mark.parametrize("sent", [b"", HALF, request("/big.bin")], ids=["silent", "half", "deaf"])
def test_connections_that_keep_us_waiting_starve_nobody(tmp_path: Path, sent: bytes) -> None:
    with studio(tmp_path) as port, contextlib.ExitStack() as stack:
        for _ in range(700):
            stack.enter_context(connect(port, sent))
        for _ in range(20):
            assert get(port).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    "sent",
    [b"", HALF, request("/"), request("/") + HALF, UNSENT, request("/long.bin")],
    ids=["silent", "half", "rests", "half the second", "no body", "deaf"],
)
def test_every_wait_for_a_client_ends(tmp_path: Path, sent: bytes) -> None:
    short = "Patience(rest=1, head=1, body=1, reading=1)"
    with studio(tmp_path, short) as port, connect(port, sent) as connection:
        if b"long" in sent:
            # It reads nothing until the server has given up.
            time.sleep(3)
            sent_at_all = sum(map(len, iter(lambda: received(connection), b"")))
            assert sent_at_all < 32 * 2**20
        else:
            assert is_closed(connection)


def received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(2**16)
    except ConnectionError:
        return b""


def test_a_head_that_trickles_in_does_not_buy_time(tmp_path: Path) -> None:
    with studio(tmp_path, "Patience(rest=60, head=1)") as port, connect(port) as connection:
        connection.settimeout(0.2)
        connection.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        for _ in range(200):
            try:
                connection.sendall(b"x")
                if connection.recv(100) == b"":
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
        pytest.fail("the head went on for ever")


def test_the_one_that_waits_longest_makes_room(tmp_path: Path) -> None:
    few = "Patience(rest=600, head=600, grace=0, many=3)"
    with studio(tmp_path, few) as port, contextlib.ExitStack() as stack:
        first, second, third = (stack.enter_context(connect(port, HALF)) for _ in range(3))
        assert get(port).startswith(b"HTTP/1.1 200 OK")
        assert is_closed(first)
        for connection in (second, third):
            connection.sendall(b"\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")
