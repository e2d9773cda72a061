"""What people use instead, from PyPI, on the same input as ours, one after the other, in one run.

Each peer lives in build/venv/peer-NAME, at the version below; the first run installs it. It is given its best case: the
input in the page cache, nothing to merge, the loader that was fastest for it; programs that read no stream of messages
get the bare records as a file.
"""

import csv
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from urllib.parse import urlsplit

import measure
import postgres_paths
from measure import BUILD, SOURCE, Figure, make_stream, measured

VENV = SOURCE / "build/venv"
PACKAGES = {
    "target-jsonl": ["target-jsonl==0.1.4"],
    "target-core": ["target-s3-jsonl==2.0.1"],
    "meltanolabs-target-csv": ["meltanolabs-target-csv==0.5.0"],
    # With a newer DuckDB it loses the first record of each batch.
    "target-duckdb": ["target-duckdb==0.8.0", "duckdb==1.0.0"],
    "pipelinewise-target-postgres": ["pipelinewise-target-postgres==2.1.2", "setuptools<80"],
    "meltanolabs-target-postgres": ["meltanolabs-target-postgres==0.8.1"],
    "dlt": ["dlt[duckdb,parquet,postgres,sqlalchemy]==1.31.0", "pyarrow"],
    "sling": ["sling-linux-amd64==1.4.11"],
    "ingestr": ["ingestr<1"],
}
QUIET = {"RUNTIME__DLTHUB_TELEMETRY": "false", "SLING_DISABLE_TELEMETRY": "TRUE",
         "SLING_DUCKDB_COMPUTE": "FALSE", "INGESTR_DISABLE_TELEMETRY": "true",
         "DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1", "PYTHONWARNINGS": "ignore"}

HEAD = """# CPU beside the peers

Machine: {machine}. Input: {records} `users` of about 400 bytes for every program alike, appended; ours also
merges by key where it says so. CPU seconds (user and system) of the whole process tree, the server's
included, per million records: {rounds}, starts included. Peak memory is
that of the largest process, without a server. Made by `bench/run --peers`.

| into | program | CPU s a million | times ours | M records/s | peak MB |
|---|---|--:|--:|--:|--:|
"""


@dataclass
class Program:
    into: str
    name: str
    command: list
    config: dict = None  # Written to config.json in front of each run.
    by_stdin: bool = False
    is_ours: bool = False
    needs_server: bool = False


def install(name):
    """The folder of its programs, or none where it cannot be had."""
    folder = VENV / f"peer-{name}"
    if (folder / "installed").exists():
        return folder / "bin"
    uv = VENV / "peer-uv"
    log = open(VENV / f"peer-{name}.log", "w")
    quietly = {"stdout": log, "stderr": log, "check": True}
    try:
        if not (uv / "bin/uv").exists():
            subprocess.run(["python3", "-m", "venv", uv], **quietly)
            subprocess.run([uv / "bin/pip", "install", "-q", "uv"], **quietly)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([uv / "bin/uv", "venv", "-q", "-p", "3.11", folder], **quietly)
        subprocess.run([uv / "bin/uv", "pip", "install", "-q", "--python", folder / "bin/python", *PACKAGES[name]],
                       **quietly)
    except (OSError, subprocess.CalledProcessError):
        print(f"{name} could not be installed: {log.name}", flush=True)
        return None
    (folder / "installed").touch()
    return folder / "bin"


def bare_files(folder, stream):
    """The records without their messages, as JSON lines and as CSV."""
    with open(folder / stream) as lines, open(folder / "bare.jsonl", "w") as bare, \
            open(folder / "bare.csv", "w", newline="") as cells:
        rows = csv.writer(cells)
        for message in map(json.loads, lines):
            if message["type"] == "SCHEMA":
                names = list(message["schema"]["properties"])
                rows.writerow(names)
            elif message["type"] == "RECORD":
                bare.write(json.dumps(message["record"], ensure_ascii=False) + "\n")
                rows.writerow([str(v).lower() if isinstance(v := message["record"].get(name), bool) else v
                               for name in names])


def ours(stream, url):
    def one(into, program, *arguments, **how):
        return Program(into, f"`{' '.join([program, *how.pop('words', [])])}`",
                       [BUILD / "bin" / program, "-q", *arguments, "--input", stream], is_ours=True, **how)
    append = ["--load", "append"]
    yield one("JSON lines", "persist-file", "--path", "peer")
    yield one("CSV", "persist-csv", "--path", "peer")
    yield one("Parquet", "persist-parquet", "--path", "peer")
    yield one("SQLite", "persist-sqlite", "--path", "peer/x.db", *append)
    yield one("DuckDB", "persist-duckdb", "--path", "peer/x.db", *append)
    yield one("DuckDB", "persist-duckdb", "--path", "peer/x.db", words=["(by key)"])
    yield one("PostgreSQL", "persist-postgres", "--url", url + "?schema=peer", *append, needs_server=True)
    yield one("PostgreSQL", "persist-postgres", "--url", url + "?schema=peer", words=["(by key)"], needs_server=True)


def singer(folders, url):
    """Singer targets: the name of a program, its settings."""
    port = urlsplit(url).port
    server = {"host": "127.0.0.1", "port": port, "user": "postgres", "password": "none",
              "default_target_schema": "peer"}
    for into, group, program, config in (
            ("JSON lines", "target-jsonl", "target-jsonl", {"destination_path": "peer"}),
            ("JSON lines", "target-core", "target-core", {"path_template": "{stream}.jsonl", "work_dir": "peer"}),
            ("CSV", "meltanolabs-target-csv", "target-csv", {"destination_path": "peer"}),
            ("DuckDB", "target-duckdb", "target-duckdb",
             {"filepath": "peer/x.duckdb", "default_target_schema": "main"}),
            ("PostgreSQL", "pipelinewise-target-postgres", "target-postgres",
             server | {"port": str(port), "dbname": "postgres"}),
            ("PostgreSQL", "meltanolabs-target-postgres", "target-postgres",
             server | {"database": "postgres", "use_copy": True})):
        if folders[group]:
            yield Program(into, group, [folders[group] / program, "--config", "config.json"], config, by_stdin=True,
                          needs_server=into == "PostgreSQL")


def others(folders, stream, url):
    if folders["dlt"]:
        load = [folders["dlt"] / "python", SOURCE / "bench/dlt_load.py"]
        yield Program("Parquet", "dlt", [*load, "parquet", stream])
        yield Program("DuckDB", "dlt", [*load, "duckdb", stream])
        yield Program("PostgreSQL", "dlt", [*load, "postgres", stream, url.replace("@", ":none@")], needs_server=True)
    if folders["sling"]:
        found = next(folders["sling"].parent.glob("lib/python3*/site-packages/sling_linux_amd64/bin/sling-linux-amd64"))
        found.chmod(0o755)
        for into, where, server in (
                ("CSV", ["--tgt-object", "file://peer/x.csv"], False),
                ("Parquet", ["--tgt-object", "file://peer/x.parquet"], False),
                ("SQLite", ["--tgt-conn", "sqlite://peer/x.db", "--tgt-object", "main.t"], False),
                ("PostgreSQL", ["--tgt-conn", url + "?sslmode=disable", "--tgt-object", "peer.t"], True)):
            yield Program(into, "Sling", [found, "run", "--src-stream", "file://bare.jsonl", "--src-options",
                                          "flatten: true", *where], needs_server=server)
    if folders["ingestr"]:
        load = [folders["ingestr"] / "ingestr", "ingest", "--yes", "--source-uri", "csv://bare.csv", "--source-table",
                "t", "--dest-uri"]
        yield Program("SQLite", "ingestr", [*load, "sqlite:///peer/x.db", "--dest-table", "main.t"])
        yield Program("PostgreSQL", "ingestr", [*load, url, "--dest-table", "peer.t"], needs_server=True)


def run_once(program, folder, stream, server):
    shutil.rmtree(folder / "peer", ignore_errors=True)
    (folder / "peer").mkdir()
    if program.config:
        (folder / "config.json").write_text(json.dumps(program.config))
    before = 0
    if program.needs_server:
        postgres_paths.new_schema(server, "peer")
        before = postgres_paths.cpu_of_server(server)
    how = {"env": os.environ | QUIET | {"DLT_DATA_DIR": str(folder / "dlt"), "SLING_HOME_DIR": str(folder / "sling")}}
    with open(folder / stream, "rb") as lines:
        cpu, wall, peak = measured(program.command, folder, stdin=lines if program.by_stdin else subprocess.DEVNULL,
                                   **how)
    if program.needs_server:
        postgres_paths.time.sleep(0.1)
        cpu += postgres_paths.cpu_of_server(server) - before
    return cpu, wall, peak


def rows_of(measured_programs, records):
    order = {into: i for i, into in enumerate(["JSON lines", "CSV", "Parquet", "SQLite", "DuckDB", "PostgreSQL"])}
    base = {}
    for program, figure in measured_programs:
        if program.is_ours:
            base.setdefault(program.into, figure.cpu)
    for program, figure in sorted(measured_programs, key=lambda pair: (order[pair[0].into], pair[1].cpu)):
        cpu = figure.cpu * 1e6 / records
        times = "" if program.is_ours else f"{figure.cpu / base[program.into]:.0f}"
        yield (f"| {program.into} | {program.name} | {cpu:.1f} | {times} | {records / figure.wall / 1e6:.3f} "
               f"| {figure.peak_bytes / 1e6:.0f} |\n")


def table(folder, records, rounds, server):
    """The whole text of results/peers.md."""
    folders = {name: install(name) for name in PACKAGES}
    stream = make_stream(folder, "users", records)
    bare_files(folder, stream)
    url = server.url() if server else "postgresql://postgres@127.0.0.1:1/postgres"
    programs = [*ours(stream, url), *singer(folders, url), *others(folders, stream, url)]
    found = []
    for program in programs:
        if program.needs_server and not server or program.is_ours and not program.command[0].exists():
            continue
        figure = Figure()
        try:
            for _ in range(rounds):
                figure.add(*run_once(program, folder, stream, server))
        except SystemExit as failed:
            print(f"{program.name} into {program.into} is left out: {str(failed)[-300:]}", flush=True)
            continue
        found.append((program, figure))
        print(f"{program.into:12} {program.name:32} {figure.cpu * 1e6 / records:8.1f} CPU s a million", flush=True)
    words = "one round" if rounds == 1 else f"least of {rounds} rounds"
    head = HEAD.format(machine=measure.machine(), records=f"{records:,}", rounds=words)
    return head + "".join(rows_of(found, records))
