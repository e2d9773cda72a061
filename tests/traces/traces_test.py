"""Courses of events that once broke the design, each under its name (docs/PROMISES.md lists them), played with the
programs as they are."""

import functools
import json
import shlex
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "github"))
import servers
from place import BIN, Place, Running, record, schema, shell, state, wait_until

KINDS = ("sqlite", "file")


def with_each_kind(test):
    """Runs TEST once for each kind of destination, in a place of its own."""
    @functools.wraps(test)
    def tests(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                test(self, self.place(kind))
    return tests


class Case(unittest.TestCase):
    def place(self, kind: str) -> Place:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Place(kind, Path(folder.name))

    def check(self, ended, status=0, identifier=""):
        self.assertEqual(ended.status, status, ended.errors)
        self.assertIn(f"[{identifier}]" if identifier else "", ended.errors)
        return ended


class Traces(Case):
    def test_TwoPipelinesOneFolder(self):
        """The same stream, the same commit number, the same epoch: two names of files."""
        place = self.place("file")
        for number, pipeline in enumerate(("p", "q")):
            self.check(place.pipe([schema(), record(id=number), state(1)], "--pipeline", pipeline))
        self.assertEqual(place.rows(pipeline="p"), [{"id": 0}])
        self.assertEqual(place.rows(pipeline="q"), [{"id": 1}])
        self.assertEqual(len(list((place.target / "a").iterdir())), 2)

    @with_each_kind
    def test_SourceWithoutState(self, place):
        """Every hourly run of a keyless source without STATE is kept."""
        place.streamer([schema(), record(id=1), record(id=1)])
        for _ in range(3):
            self.check(place.run())
        self.assertEqual(place.rows(), [{"id": 1}] * 6)
        self.assertIsNone(place.got())

    @with_each_kind
    def test_OverlappingCron(self, place):
        """A first load of an hour, started again every 15 minutes: the later ones are status 5, the first ends."""
        place.streamer([schema(), record(id=1), state({"at": 1}), record(id=2)],
                       before="touch started", after="until test -e go; do sleep 0.01; done")
        first = place.start()
        wait_until((place.folder / "started").exists, "the streamer does not start")
        for _ in range(3):
            self.check(place.run("--wait", "50ms"), 5)
        (place.folder / "go").touch()
        self.check(first.end())
        self.assertEqual(place.rows(), [{"id": 1}, {"id": 2}])

    @with_each_kind
    def test_WaitsForTheFirstRun(self, place):
        """`--wait` outlasts a run: the second starts from the state that the first left."""
        place.streamer([schema(), record(id=1), state({"at": 1})], again=[schema(), record(id=2), state({"at": 2})],
                       before="touch started", after="until test -e go; do sleep 0.01; done")
        first = place.start()
        wait_until((place.folder / "started").exists, "the streamer does not start")
        second = place.start("--wait", "60s")
        self.assertIsNone(place.got())
        (place.folder / "go").touch()
        self.check(first.end())
        self.check(second.end())
        self.assertEqual(place.got(), {"at": 1})
        self.assertEqual(place.rows(), [{"id": 1}, {"id": 2}])

    @with_each_kind
    def test_LongSegmentThenNewColumn(self, place):
        """Rows forced out behind the last STATE, then a SCHEMA with a new column, then ABORT: nothing of it is left."""
        text = "x" * 100_000
        place.streamer([schema(id="integer", text="string"), record(id=0), state({"at": 0}),
                        *[record(id=number, text=text) for number in range(1, 150)],
                        schema(id="integer", text="string", more="string"), record(id=200, more="m")],
                       after="exit 1")
        self.check(place.run("--memory", "16MB"), 1, "streamer-failed")
        self.assertEqual(place.rows(), [{"id": 0}])
        if place.kind == "sqlite":
            columns = [row[1] for row in place.query("PRAGMA table_info(a)")]
            self.assertEqual([name for name in columns if name[0] != "_"], ["id", "text"])

    @with_each_kind
    def test_CrashBetweenCommitAndEcho(self, place):
        """The state file heals by itself."""
        run = "./streamer --state s | $persist --pipeline p --state s"
        place.streamer([schema(), record(id=1), state({"at": 1})], again=[schema(), record(id=2), state({"at": 2})])
        self.check(shell(place, f"{run} >> s"))
        self.check(shell(place, f"{run} > lost"))
        self.assertEqual((place.folder / "s").read_text(), '{"at": 1}\n')
        self.check(shell(place, f"{run} >> s"), 5, "state-older")
        self.assertEqual((place.folder / "s").read_text(), '{"at": 1}\n{"at": 2}\n')
        place.streamer([], again=[schema(), record(id=3), state({"at": 3})])
        self.check(shell(place, f"{run} >> s"))
        self.assertEqual(place.got(), {"at": 2})
        self.assertEqual(place.rows(pipeline="p"), [{"id": 1}, {"id": 2}, {"id": 3}])

    def test_OtherSourceSameName(self):
        """octokit/demo, then another repository under the same name: refused, and no bookmark is used."""
        with servers.Server("demo-github") as server:
            for kind in KINDS:
                with self.subTest(kind=kind):
                    self.another_repository(self.place(kind), server.url)

    def another_repository(self, place: Place, url: str):
        def run(repository):
            command = [BIN / "streams", "run", "github", f"{place.kind}:{place.target.name}", "-q", "--set",
                       f"base_url={url}", "--set", f"repo_path={repository}"]
            return Running(command, place.folder).end()
        self.check(run("octokit/demo"))
        errors = self.check(run("fault/empty"), 2, "other-source").errors
        for way in ("--pipeline", "--same-source"):
            self.assertIn(way, errors)

    def test_WideningKeepsValues(self):
        """Whole numbers, then halves, then 30 digits, then text, in one commit or in several: each value as sent."""
        values = [1, -2**63, 0.5, 2**53 + 1, 123456789012345678901234567890, "text"]
        for cuts in range(2):
            place = self.place("sqlite")
            lines = []
            for number, value in enumerate(values):
                lines += [record(id=number, v=value), *[state(number)] * cuts]
            self.check(place.pipe(lines, "--pipeline", "p"))
            self.assertEqual(place.query("SELECT coalesce(v__st, v) FROM a ORDER BY id"),
                             [(str(value),) for value in values])

    def test_DuplicateKeysInStaging(self):
        """A key many times in one commit, and in a whole load: its last version; a key that is null is refused."""
        place = self.place("sqlite")
        lines = [schema(key=["id"], id="integer", n="integer"), *[record(id=i % 3, n=i) for i in range(300)], state(1)]
        wanted = [{"id": i, "n": 297 + i} for i in range(3)]
        place.streamer(lines)
        for flags in ((), ("--load", "overwrite")):
            self.check(place.run(*flags))
            self.assertEqual(place.rows(), wanted)
            place.streamer([*lines, record(id=None, n=1)])
            self.check(place.run(*flags), 3, "key-null")
            self.assertEqual(place.rows(), wanted)
            place.streamer(lines)

    @with_each_kind
    def test_OverwriteWithState(self, place):
        """Night 2 brings what changed, 40 rows or none, to a source that is given a state: so it is given none, and
        the table is what a whole load gives."""
        def night(changed):
            rows = [record(id=i, n=i in changed) for i in range(100)]
            return [schema(key=["id"], id="integer", n="boolean"), *rows, state({"night": len(changed)})]
        for changed in (set(), set(range(40)), set()):
            part = [line for line in night(changed) if line.get("record", {"n": True})["n"]]
            place.streamer(night(changed), again=part)
            self.check(place.run("--load", "overwrite"))
            self.assertIsNone(place.got())
            wanted = [{"id": i, "n": i in changed} for i in range(100)]
            self.assertEqual(sorted(place.rows(), key=lambda row: row["id"]), wanted)

    @with_each_kind
    def test_BadLineWasASchema(self, place):
        """A line that is no RECORD may have been a SCHEMA: it ends the run, whatever happens to bad records."""
        bad = json.dumps(schema(id="integer", text="string"))[:-1]
        lines = [schema(), record(id=1), state(1), record(id=2), bad, record(id=3, text="t"), state(2)]
        ended = self.check(place.pipe(lines, "--pipeline", "p", "--on-bad-record", "reject"), 3)
        self.assertIn("line 5", ended.errors)
        self.assertEqual(place.rows(pipeline="p"), [{"id": 1}])
        self.assertEqual(ended.out, "1\n")

    @with_each_kind
    def test_DroppedTable(self, place):
        """A table or file that the ledger lists and the destination lacks is noticed; --refresh brings it back."""
        place.streamer([schema(), record(id=1), state({"bookmarks": {"a": {"at": 1}}})], again=[schema(), record(id=1)])
        self.check(place.run())
        if place.kind == "sqlite":
            place.query("DROP TABLE a")
        else:
            next((place.target / "a").iterdir()).unlink()
        self.assertIn("--refresh a", self.check(place.run(), 5, "table-missing").errors)
        self.check(place.run("--refresh", "a"))
        self.assertEqual(place.got(), {"bookmarks": {}})
        self.assertEqual(place.rows(), [{"id": 1}])

    @with_each_kind
    def test_RehearsalThenRun(self, place):
        """`--limit`, then the whole: no row twice, and the rehearsal leaves no state."""
        place.streamer([schema(), *[record(id=i) for i in range(5)], state({"at": 1})])
        for _ in range(2):
            self.check(place.run("--limit", "2"))
            self.assertEqual(place.rows(schema="preview"), [{"id": 0}, {"id": 1}])
            self.assertEqual(place.rows(), [])
        self.check(place.run())
        self.assertIsNone(place.got())
        self.assertEqual(place.rows(), [{"id": i} for i in range(5)])

    @with_each_kind
    def test_RetryAfterEnd(self, place):
        """Killed between the commit of END and its exit, then started again with the same run id: 0, once."""
        place.streamer([schema(), record(id=1), state({"at": 1}), record(id=2)])
        # The persister is a wrapper that commits all and is then killed, as the runner sees it.
        (place.folder / "persist-killed").write_text(
            "#!/bin/bash\n" + shlex.join([str(place.program)]) + ' "$@"\n[[ " $* " != *" --run "* ]] || kill -9 $$\n')
        (place.folder / "persist-killed").chmod(0o755)
        command = [BIN / "streams", "run", "./streamer", f"./persist-killed --path {place.target}", "--pipeline",
                   "streamer", "--run", "run-7", "-q"]
        self.check(Running(command, place.folder).end(), 1)
        self.assertEqual(place.rows(), [{"id": 1}, {"id": 2}])
        self.check(place.run("--run", "run-7"))
        self.assertEqual(place.rows(), [{"id": 1}, {"id": 2}])

    @with_each_kind
    def test_TwoStateFiles(self, place):
        """a/b and c/d into one place: refused under one name, and c/d gets no bookmark of a/b; each its own is fine."""
        place.streamer([schema(), record(id=1), state({"of": "a/b"})], name="ab")
        place.streamer([schema(), record(id=2), state({"of": "c/d"})], name="cd")
        self.check(shell(place, "./ab --state s1 | $persist --pipeline p --state s1 >> s1"))
        self.check(shell(place, "./cd --state s2 | $persist --pipeline p --state s2 >> s2"), 2, "other-source")
        self.assertEqual((place.folder / "s2").read_text(), "")
        self.check(shell(place, "./cd --state s2 | $persist --pipeline q --schema cd --state s2 >> s2"))
        self.assertEqual(place.rows(pipeline="p"), [{"id": 1}])
        self.assertEqual(place.rows(pipeline="q", schema="cd"), [{"id": 2}])

    @with_each_kind
    def test_IdenticalKeylessBatches(self, place):
        """One record ten thousand times, in equal commits and equal runs: each is a row."""
        batch = [*[record(id=7)] * 1_000, state({"at": 1})]
        self.check(place.pipe([schema(), *batch * 5], "--pipeline", "p"))
        for number in range(2, 7):
            self.check(place.pipe([schema(), *batch[:-1], state({"at": number})], "--pipeline", "p"))
        rows = place.rows(pipeline="p")
        self.assertEqual((len(rows), rows[0], rows[-1]), (10_000, {"id": 7}, {"id": 7}))

    def test_TextColumnNextRun(self):
        """Run 1 widens to text by 2^70, run 2 sends 5: the same column."""
        place = self.place("sqlite")
        head = schema(key=["id"], id="integer", n="integer")
        self.check(place.pipe([head, record(id=1, n=5), record(id=2, n=2**70), state(1)], "--pipeline", "p"))
        self.check(place.pipe([head, record(id=3, n=5), record(id=1, n=6), state(2)], "--pipeline", "p"))
        self.assertEqual(place.query("SELECT id, n FROM a ORDER BY id"), [(1, "6"), (2, str(2**70)), (3, "5")])
        names = [row[1] for row in place.query("PRAGMA table_info(a)") if row[1][0] != "_"]
        self.assertEqual(names, ["id", "n"])


class ManyTimes(Case):
    def many_times(self, count: int, once):
        """`once` in COUNT new places, half of them of each kind; not side by side, because a
        script that another thread has open for writing cannot be run."""
        for number in range(count):
            once(self.place(KINDS[number % 2]))

    def test_FailsRightAfterState(self):
        """200 streamers that write rows and a STATE and leave with 1 at once: the STATE is reached each time."""
        def once(place):
            place.streamer([schema(), record(id=1), state({"at": 1})], after="exit 1")
            self.check(place.run(), 1, "streamer-failed")
            self.assertEqual(place.rows(), [{"id": 1}])
        self.many_times(200, once)

    def test_MissingStateFile(self):
        """300 starts of a pipe whose shell makes the state file for its end while its beginning looks for it."""
        def once(place):
            place.streamer([schema(), record(id=1), state({"at": 1})])
            self.check(shell(place, "bash ./streamer --state s | $persist --pipeline p --state s >> s"))
            self.assertEqual((place.folder / "s").read_text(), '{"at": 1}\n')
        self.many_times(300, once)


if __name__ == "__main__":
    unittest.main(verbosity=2)
