"""What stream-github does about each status that GitHub answers with (generated answers of demo-github).

All runs begin together and the tests look at what came of them: nearly all of their time is waiting as they are told.
"""

import json
import re
import subprocess
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import servers

ALL = {"commits": 250, "issues": 130}
DEMO = {"commits": 40, "issues": 13}
NEWEST = {"commits": "2017-01-17T20:32:05Z", "issues": "2022-07-05T13:45:22Z"}

# fault: what arrives.
GOES_ON = {
    "empty": {},
    "issues-disabled": {"commits": 250},
    "renamed": DEMO,
    "found": DEMO,
    "moved": DEMO,
    "elsewhere": DEMO,
    "secondary-limit": ALL,
    "429": ALL,
    "429-date": ALL,
    "primary-limit": ALL,
    "flaky": ALL,
    "gateway-timeout": ALL,
    "odd-401": ALL,
    "other-host": ALL,
}

# fault: exit statuses of which one is expected, and words of the message.
STOPS = {
    "down": ({4}, ["[server-error]", "500"]),
    "bad-token": ({2}, ["[token-refused]", "401", "Bad credentials"]),
    "forbidden": ({2}, ["[access-refused]", "403", "Resource not accessible by personal access token"]),
    "sso": ({2}, ["[access-refused]", "403", "SAML", "https://github.com/orgs/"]),
    "too-deep": ({1}, ["[request-refused]", "422", "cursor based pagination"]),
    "later-page-down": ({4}, ["[server-error]", "502", "page=2"]),
    "redirect-loop": ({1}, ["[bad-redirect]"]),
    "endless": ({1}, ["[paging-loop]"]),
    "not-json": ({3}, ["[answer-not-json]"]),
    "wrong-shape": ({3}, ["[record-shape]"]),
}


# Where each stream is made to wait: two streams are enough.
WAITS = ("secondary-limit", "429", "429-date", "primary-limit", "primary-limit-wait", "odd-401", "flaky", "down")

BEHIND = NEWEST | {"issue_comments": None, "pull_requests": None}


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = servers.Server("demo-github", "--verbose")
        cls.addClassCleanup(cls.server.stop)
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.two_streams = Path(folder, "catalog.json")
        cls.two_streams.write_text(json.dumps(cls.catalog()))
        faults = {*GOES_ON, *STOPS, "blocked octokit/demo", "primary-limit-wait", "elsewhere-token", "other-host-token"}
        runs = {fault: lambda fault=fault: cls.sync(f"fault/{fault}") for fault in faults}
        runs["absent"] = lambda: cls.sync("octokit/absent")
        runs["down-behind"] = lambda: cls.sync("fault/down-behind", state=BEHIND)
        runs["wrong-token"] = lambda: cls.sync("octokit/demo", access_token="wrong-0123456789")
        runs["dead-host"] = lambda: cls.sync("octokit/demo", base_url=cls.nobody())
        with ThreadPoolExecutor(len(runs)) as threads:
            cls.outcomes = dict(zip(runs, threads.map(lambda run: run(), runs.values())))

    @classmethod
    def config(cls, repositories: str, **more) -> dict:
        return {"access_token": "0123", "repo_path": repositories, "base_url": cls.server.url} | more

    @classmethod
    def catalog(cls) -> dict:
        found = servers.run_streamer(cls.config("octokit/demo"), "discover")
        catalog = json.loads(found.stdout)
        for stream in catalog["streams"]:
            stream["selected"] = stream["tap_stream_id"] in ALL
            for entry in stream.get("metadata", []):
                if not entry["breadcrumb"]:
                    entry["metadata"]["selected"] = stream["selected"]
        return catalog

    @classmethod
    def sync(cls, repositories: str, state=None, **more) -> servers.Outcome:
        waits = repositories.split("/")[-1] in WAITS
        words = ("--catalog", str(cls.two_streams)) if waits else ()
        start = time.monotonic()
        found = servers.sync(cls.config(repositories, **more), *words, state=state)
        found.seconds = time.monotonic() - start
        return found

    @staticmethod
    def nobody() -> str:
        """Where a server was, and is no more."""
        server = servers.Server("demo-github")
        server.stop()
        return server.url

    def test_what_it_gets_over(self):
        for fault, counts in GOES_ON.items():
            with self.subTest(fault=fault):
                found = self.outcomes[fault]
                self.assertEqual((found.status, found.counts()), (0, counts), str(found))
                for stream in counts:
                    keys = {record.get("sha") or record["id"] for record in found.records(stream)}
                    self.assertEqual(len(keys), counts[stream])
                    self.assertEqual({record["_sdc_repository"] for record in found.records(stream)},
                                     {f"fault/{fault}"})
                    self.assertEqual(found.state[stream], NEWEST[stream])

    def test_what_stops_it_and_what_it_says(self):
        for fault, (statuses, words) in STOPS.items():
            with self.subTest(fault=fault):
                found = self.outcomes[fault]
                self.assertIn(found.status, statuses, str(found))
                critical = found.errors[found.errors.find("CRITICAL"):]
                self.assertRegex(critical, r"^CRITICAL .* \[[a-z-]+\]\n", str(found))
                for word in words:
                    self.assertIn(word, critical)
                self.assertNotIn("0123", found.errors)

    def test_no_state_runs_ahead_of_the_rows_when_it_stops(self):
        for fault in ("too-deep", "later-page-down", "endless"):
            with self.subTest(fault=fault):
                found = self.outcomes[fault]
                self.assertNotEqual(found.status, 0)
                for state in found.states:
                    self.assertIsNone(state.get("commits"), "commits come newest first")
                    self.assertIsNone(state.get("issues"), "none was read to the end")

    def test_a_failed_run_loses_no_bookmark(self):
        failed = self.outcomes["down-behind"]
        self.assertEqual(failed.status, 4, str(failed))
        for state in failed.states:
            self.assertEqual((state["commits"], state["issues"]), (NEWEST["commits"], NEWEST["issues"]))

    def test_a_blocked_repository_is_skipped_and_the_others_are_read(self):
        found = self.outcomes["blocked octokit/demo"]
        self.assertEqual((found.status, found.counts()), (0, DEMO), str(found))
        self.assertIn("fault/blocked", found.errors)

    def test_an_absent_repository_is_named_and_so_is_what_may_be_the_reason(self):
        found = self.outcomes["absent"]
        self.assertIn(found.status, (1, 2), str(found))
        self.assertIn("octokit/absent", found.errors)
        self.assertIn("404", found.errors)

    def test_a_wrong_token_is_said_to_be_refused_and_not_shown(self):
        found = self.outcomes["wrong-token"]
        self.assertEqual((found.status, found.counts(), found.states), (2, {}, []), str(found))
        self.assertIn("[token-refused]", found.errors)
        self.assertNotIn("wrong-0123456789", found.errors)

    def test_a_dead_host_is_unreachable(self):
        found = self.outcomes["dead-host"]
        self.assertEqual(found.status, 4, str(found))
        self.assertRegex(found.errors, r"CRITICAL http://127\.0\.0\.1:\d+ .*\[unreachable\]")

    def test_it_waits_as_long_as_it_is_told(self):
        found = self.outcomes["primary-limit-wait"]
        self.assertEqual(found.counts(), ALL, str(found))
        self.assertGreater(found.seconds, 1, "the reset is up to 2 s away")

    def test_a_secondary_limit_that_does_not_say_how_long_is_a_minute_or_more(self):
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder, "config.json")
            config.write_text(json.dumps(self.config("fault/secondary-blind")))
            streamer = subprocess.Popen([servers.BIN / "stream-github", "--config", config], text=True,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            said = next((line for line in streamer.stderr if "rate limit" in line), "it says nothing")
            streamer.terminate()
            streamer.communicate(timeout=30)
        waits = re.search(r"Waiting (\d+) s for the rate limit", said)
        self.assertTrue(waits, said)
        self.assertGreaterEqual(int(waits[1]), 60)
        asked = [line for line in self.server.requests() if "secondary-blind" in line]
        self.assertEqual(len(asked), 1, "it asked again at once")

    def test_a_token_stays_with_its_host(self):
        foreign = [line for line in self.server.requests() if "/foreign/" in line]
        self.assertTrue(foreign)
        self.assertEqual([line for line in foreign if "with token" in line], [])


if __name__ == "__main__":
    servers.need(servers.BIN / "stream-github", servers.BIN / "demo-github")
    servers.main()
