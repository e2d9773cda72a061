"""A PostgreSQL server of a test's own, on a port of its own, gone when the test is."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql/15/bin")


def is_there():
    return (PROGRAMS / "initdb").exists() and os.geteuid() == 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, *options):
        self.options = [word for option in options for word in ("-c", option)]
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        shutil.chown(self.folder, "postgres", "postgres")
        self.port = free_port()
        self.as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def __enter__(self):
        data = self.folder / "data"
        subprocess.run([*self.as_postgres, PROGRAMS / "initdb", "-D", data, "-U", "postgres", "-A", "trust",
                        "--locale=C.UTF-8", "-E", "UTF8"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        self.process = subprocess.Popen(
            [*self.as_postgres, PROGRAMS / "postgres", "-D", data, "-k", self.folder, "-c",
             "listen_addresses=127.0.0.1", "-p", str(self.port), *self.options],
            stdout=subprocess.DEVNULL, stderr=(self.folder / "log").open("w"), cwd="/")
        for _ in range(600):
            asked = [PROGRAMS / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
            ready = subprocess.run(asked, check=False)
            if ready.returncode == 0:
                return self
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start: " + (self.folder / "log").read_text())

    def sql(self, text):
        command = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]
        subprocess.run(command, input=text.encode(), check=True, stdout=subprocess.DEVNULL)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        shutil.rmtree(self.folder)
