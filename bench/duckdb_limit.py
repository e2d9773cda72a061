"""Runs statements in DuckDB and prints the CPU seconds, the seconds and the peak bytes of that: its
own start and Python's are not in it.

    duckdb_limit.py DATABASE STATEMENT...
"""

import resource
import sys
import time

import duckdb


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


connection = duckdb.connect(sys.argv[1])
connection.execute("SET TimeZone = 'UTC'")
before, start = cpu(), time.monotonic()
for statement in sys.argv[2:]:
    connection.execute(statement)
connection.close()
print(cpu() - before, time.monotonic() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
