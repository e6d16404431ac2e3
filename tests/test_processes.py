"""Work in processes side by side."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from hrmkit.processes import in_processes

PROGRAM = """
import os, sys, time
from pathlib import Path
from hrmkit.processes import in_processes

def work(folder):
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(600)

if __name__ == "__main__":
    list(in_processes(work, [sys.argv[1]] * 2, 2))
"""


def test_results_come_in_the_order_of_the_tasks() -> None:
    assert list(in_processes(abs, [-3, 2, -1], 2)) == [3, 2, 1]


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    script, folder = tmp_path / "program.py", tmp_path / "workers"
    script.write_text(PROGRAM)
    folder.mkdir()
    parent = subprocess.Popen([sys.executable, str(script), str(folder)])
    deadline = time.monotonic() + 60
    while len(list(folder.iterdir())) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    workers = [int(path.name) for path in folder.iterdir()]
    while any(alive(pid) for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    # One that has ended and is not yet buried is not alive.
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")
