"""What the tests of the bridge share: a vehicle that is none, the bridge as a process, and waiting."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import paths

PYTHON = str(paths.ROOT / "scripts/python")


def needs(*packages: str):
    """Skips a test where a package is missing."""
    return unittest.skipUnless(paths.have(*packages), f"{' or '.join(packages)} is not installed (Tests/python/requirements.txt and bridge.txt)")


def wait_for(check, seconds: float = 10.0, what: str = "it"):
    """What `check` gives as soon as it gives something."""
    end = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)
    return found


async def until(check, seconds: float = 10.0, what: str = "it"):
    """The same within an event loop."""
    end = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        await asyncio.sleep(0.02)
    return found


def free_port(kind=socket.SOCK_STREAM) -> int:
    """A port that nobody has."""
    with socket.socket(socket.AF_INET, kind) as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


class WithFolder(unittest.TestCase):
    """A test with a folder for a vehicle's sockets, with a short path."""

    def setUp(self):
        self.base = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="gb")))
        self.folder = self.base / "cart"
        self.folder.mkdir()

    def key(self, text: str = "a token that is long enough", mode: int = 0o600) -> Path:
        """A file with a key."""
        path = self.base / "key"
        path.write_text(text + "\n")
        path.chmod(mode)
        return path


class Bridge:
    """`ganglion-bridge` as a process."""

    def __init__(self, *arguments):
        environment = dict(os.environ, PYTHONPATH=PYTHON, PYTHONUNBUFFERED="1")
        environment.pop("RUNTIME_DIRECTORY", None)
        self._words = tempfile.NamedTemporaryFile("w+", prefix="bridge-", suffix=".txt")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "ganglion.bridge", *map(str, arguments)], env=environment, stdout=self._words, stderr=subprocess.STDOUT)
        self.said = ""

    def read(self) -> str:
        """All that it has said so far."""
        self.said = Path(self._words.name).read_text()
        return self.said

    def wait_said(self, text: str) -> str:
        """Waits until it has said something."""

        def check():
            return text in self.read() or (self.process.poll() is not None and self.read())

        wait_for(check, 20, f"the bridge to say {text!r}; it said {self.said!r}")
        assert text in self.read(), self.said
        return self.said

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Tells it to end, and waits until it has; a second time does nothing."""
        if self._words.closed:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise
        self.read()
        self._words.close()


def ended(*arguments) -> tuple[int, str]:
    """Exit status and words of a bridge that ends by itself."""
    run = subprocess.run(
        [sys.executable, "-m", "ganglion.bridge", *map(str, arguments)], env=dict(os.environ, PYTHONPATH=PYTHON), capture_output=True, text=True, timeout=30)
    return run.returncode, run.stderr
