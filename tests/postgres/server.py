"""A PostgreSQL server that a test may also kill, and what psql, which is not ours, reads from it."""

import json
import subprocess
import sys
import tempfile
import time
import unittest
from decimal import Decimal
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "taps"), str(Path(__file__).parents[1] / "crash")]

import postgres  # noqa: E402

is_there = postgres.is_there


class Server(postgres.Server):
    def url(self, schema=""):
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres" + (f"?schema={schema}" if schema else "")

    def ask(self, text):
        """What psql prints for statements."""
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.url()]
        asked = subprocess.run(command, input=text.encode(), check=True, capture_output=True)
        return asked.stdout.decode().rstrip("\n")

    def rows(self, query):
        """The rows of a query, each a list."""
        found = self.ask(f"SELECT json_agg(to_json(found)) FROM ({query}) AS found")
        return [list(row.values()) for row in json.loads(found, parse_float=Decimal)] if found else []

    def has_table(self, schema, table):
        return self.ask(f"SELECT to_regclass('{schema}.{table}') IS NOT NULL") == "t"

    def crash(self):
        """Kills it at once, and starts it again when what it left behind is gone."""
        self.process.kill()
        self.process.wait()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self.process = subprocess.Popen(
                [*self.as_postgres, postgres.PROGRAMS / "postgres", "-D", self.folder / "data", "-k", self.folder,
                 "-c", "listen_addresses=127.0.0.1", "-p", str(self.port)],
                stdout=subprocess.DEVNULL, stderr=(self.folder / "log").open("a"), cwd="/")
            while self.process.poll() is None and time.monotonic() < deadline:
                asked = [postgres.PROGRAMS / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
                if subprocess.run(asked, check=False).returncode == 0:
                    return
                time.sleep(0.05)
            time.sleep(0.2)  # A process of the old one still has its memory.
        raise AssertionError("the server does not come back")


@unittest.skipUnless(is_there(), "no PostgreSQL 15, or not root")
class ServerCase(unittest.TestCase):
    """Tests of one server; each has a folder, and a schema of its own that is not made yet."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def setUp(self):
        self.schema = "s_" + self.id().rsplit(".", 1)[1][-40:]
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.url = self.server.url(self.schema)
