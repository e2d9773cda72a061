"""Starts the servers of these tests and the streamer, and reads what comes out of them."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

SOURCE = Path(os.environ.get("STREAMS_SOURCE", Path(__file__).resolve().parents[2]))
BIN = Path(os.environ.get("STREAMS_BIN", SOURCE / "build/release/bin"))
RECORDED = SOURCE / "../shared/corpora/payload-github-fixtures/api.github.com"
WEBHOOKS = SOURCE / "../shared/corpora/payload-github-webhooks/ghes-31-index.json.gz"
SKIPPED = 77


def need(*things: Path) -> None:
    """Ends with a skip that says what is missing."""
    for thing in things:
        if not thing.exists():
            print(f"SKIPPED: {thing} is missing")
            sys.exit(SKIPPED)


class Server:
    """A server program, from its first line to SIGTERM. Its standard error is kept in `log`."""

    def __init__(self, program: str, *arguments: str):
        self._log = tempfile.NamedTemporaryFile("w+", suffix=".log")
        self._process = subprocess.Popen([BIN / program, *arguments], stdout=subprocess.PIPE, stderr=self._log,
                                         text=True)
        self.ready = self._process.stdout.readline().strip()
        if not self.ready.startswith("127.0.0.1:"):
            raise AssertionError(f"{program} did not start: {self.ready} {self.log()}")
        self.host = self.ready.split(" ")[0]
        self.url = f"http://{self.host}"
        self.port = int(self.host.split(":")[1])

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        self._process.stdout.close()
        return self._process.wait(20)

    def log(self) -> str:
        return Path(self._log.name).read_text()

    def requests(self) -> list[str]:
        return self.log().splitlines()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def fetch(url: str, method: str = "GET", headers: dict | None = None):
    """Status, headers and body; a redirect is an answer like any other."""
    request = urllib.request.Request(url, method=method, headers={"User-Agent": "test"} | (headers or {}))
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers, answer.read()


def fetch_all(url: str, headers: dict | None = None) -> list:
    """Every element of a list, page by page."""
    found = []
    while url:
        status, answer, body = fetch(url, headers=headers)
        assert status == 200, (url, status, body)
        found += json.loads(body)
        links = {part.split('rel="')[1].strip('"'): part.split(">")[0].strip(" <")
                 for part in (answer.get("Link") or "").split(",") if part}
        url = links.get("next")
    return found


class Outcome:
    """What one run of the streamer left."""

    def __init__(self, process: subprocess.CompletedProcess):
        self.status = process.returncode
        self.errors = process.stderr
        self.messages = [json.loads(line) for line in process.stdout.splitlines()]
        self.states = [message["value"] for message in self.messages if message["type"] == "STATE"]
        self.state = self.states[-1] if self.states else None
        self.schemas = {message["stream"]: message for message in self.messages if message["type"] == "SCHEMA"}

    def records(self, stream: str) -> list[dict]:
        return [message["record"] for message in self.messages
                if message["type"] == "RECORD" and message["stream"] == stream]

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for message in self.messages:
            if message["type"] == "RECORD":
                found[message["stream"]] = found.get(message["stream"], 0) + 1
        return found

    def __str__(self) -> str:
        return f"status {self.status}, {self.counts()}, state {self.state}\n{self.errors}"


def run_streamer(config: dict, *words: str, state=None, environment: dict | None = None,
                 timeout: int = 120) -> subprocess.CompletedProcess:
    """Runs stream-github with files for config and state; no variable of the caller's reaches it.

    A state that is a text is the state file as it is.
    """
    with tempfile.TemporaryDirectory() as folder:
        arguments = [str(BIN / "stream-github"), *words, "--config", str(Path(folder, "config.json"))]
        Path(folder, "config.json").write_text(json.dumps(config))
        Path(folder, "config.json").chmod(0o600)
        if state is not None:
            text = state if isinstance(state, str) else json.dumps(state) + "\n"
            Path(folder, "state.json").write_text(text)
            arguments += ["--state", str(Path(folder, "state.json"))]
        return subprocess.run(arguments, capture_output=True, encoding="utf-8", timeout=timeout, cwd=folder,
                              env={"PATH": os.environ["PATH"], "HOME": folder} | (environment or {}))


def sync(config: dict, *words: str, **more) -> Outcome:
    return Outcome(run_streamer(config, "sync", *words, **more))


def main() -> None:
    unittest.main(verbosity=2)
