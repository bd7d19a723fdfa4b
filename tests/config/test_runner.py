"""`make run` from outside: refusals in one sentence, restarts, and nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from config.embedded.process import free_port
from config.runner.children import Child, python
from tests.cluster import ROOT
from tests.stack import Stack

SUPERVISE = """
import sys
from pathlib import Path
from config.embedded.process import free_port
from config.runner.children import Child, python
from config.runner.supervisor import Supervisor
code = "import time; print('up', flush=True); time.sleep(600)"
Supervisor([Child("one", python("-c", code), grace=2)], {}, register=Path(sys.argv[1])).run()
"""


def start(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the runner to its end."""
    clean = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "DEMO"}}
    return subprocess.run(
        [sys.executable, "-m", "config.runner", *arguments],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_taken_port_gets_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = start(PORT=str(port), VAR_DIR=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith(f"Port {port} on 127.0.0.1 is taken;")
    assert len((done.stdout + done.stderr).splitlines()) == 1


def test_a_port_that_is_no_number_gets_one_sentence(tmp_path: Path) -> None:
    done = start(PORT="80a", VAR_DIR=str(tmp_path))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "PORT must be a number" in done.stderr


@pytest.mark.faults
def test_a_second_start_on_the_same_data_is_refused(stack: Stack) -> None:
    done = start(PORT=str(free_port()), VAR_DIR=str(stack.folder))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "Another start is using" in done.stderr


def until(path: Path, *, other_than: str = "", seconds: float = 20) -> str:
    """Wait for the register of children to name a living process other than the one given."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        text = path.read_text() if path.exists() else ""
        if text not in {"", "{}", other_than}:
            return text
        time.sleep(0.05)
    raise AssertionError(f"nothing new in {path}")


def pid_in(text: str) -> int:
    """Return the only process id in the register."""
    return int("".join(character for character in text if character.isdigit()))


@pytest.mark.faults
def test_a_killed_child_comes_back_and_goes_with_the_runner(tmp_path: Path) -> None:
    register = tmp_path / "children.json"
    runner = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(register)], cwd=ROOT, stdout=subprocess.PIPE
    )
    try:
        first = until(register)
        os.kill(pid_in(first), signal.SIGKILL)
        second = until(register, other_than=first)
        assert pid_in(second) != pid_in(first)
    finally:
        runner.send_signal(signal.SIGINT)
        output, _ = runner.communicate(timeout=20)
    assert runner.returncode == 0
    assert b"one stopped; starting it again" in output
    assert not psutil.pid_exists(pid_in(second))


@pytest.mark.faults
def test_children_die_with_a_killed_runner(tmp_path: Path) -> None:
    register = tmp_path / "children.json"
    runner = subprocess.Popen([sys.executable, "-c", SUPERVISE, str(register)], cwd=ROOT)
    child = pid_in(until(register))
    runner.kill()
    runner.wait()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and alive(child):
        time.sleep(0.05)
    assert not alive(child)


def alive(pid: int) -> bool:
    """Say whether a process lives (a zombie does not)."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.mark.faults
def test_every_part_of_the_shop_is_restarted(stack: Stack) -> None:
    for name in ("web", "beat", "lookups", "documents", "carriers"):
        before = stack.pid(name)
        stack.kill(name)
        stack.until(partial(came_back, stack, name, before), seconds=20, what=name)
    stack.until(stack.ready, seconds=30, what="the web server")


def came_back(stack: Stack, name: str, old: int) -> bool:
    """Say whether a part has a new process."""
    try:
        return stack.pid(name) != old
    except KeyError:
        return False


def test_commands_of_children_use_this_python() -> None:
    assert Child("x", python("-V")).command[0] == sys.executable
