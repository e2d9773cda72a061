"""dlt as a peer: the records of a stream, in pages, into a destination.

    dlt_load.py duckdb|parquet|postgres STREAM [DATABASE]
"""

import json
import os
import sys

import dlt

kind, stream, *where = sys.argv[1:]


def records():
    page = []
    with open(stream, "rb") as lines:
        for message in map(json.loads, lines):
            if message["type"] == "RECORD":
                page.append(message["record"])
            if len(page) == 1000:
                yield page
                page = []
    if page:
        yield page


made = {
    "duckdb": (lambda: dlt.destinations.duckdb(os.path.abspath("peer/x.duckdb")), "parquet"),
    "parquet": (lambda: dlt.destinations.filesystem("file://" + os.path.abspath("peer")), "parquet"),
    "postgres": (lambda: dlt.destinations.postgres(where[0]), "csv"),
}
destination, files = made[kind]
pipeline = dlt.pipeline(pipeline_name="peer", destination=destination(), dataset_name="peer",
                        pipelines_dir=os.path.abspath("peer/pipelines"))
print(pipeline.run(dlt.resource(records, name="t", primary_key="id"), loader_file_format=files))
