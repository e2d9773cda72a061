"""What stream-github does about each status that GitHub answers with (generated answers of demo-github)."""

import time
import unittest
from concurrent.futures import ThreadPoolExecutor

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


class Faults(unittest.TestCase):
    def setUp(self):
        self.server = servers.Server("demo-github", "--verbose")
        self.addCleanup(lambda: self.server.stop())

    def sync(self, repositories: str, **more) -> servers.Outcome:
        config = {"access_token": "0123", "repo_path": repositories, "base_url": self.server.url}
        return servers.sync(config, **more)

    def sync_each(self, faults) -> dict[str, servers.Outcome]:
        """One run for each fault, several at a time: most of them wait."""
        with ThreadPoolExecutor(8) as runs:
            return dict(zip(faults, runs.map(lambda fault: self.sync(f"fault/{fault}"), faults)))

    def test_what_it_gets_over(self):
        outcomes = self.sync_each(GOES_ON)
        for fault, counts in GOES_ON.items():
            with self.subTest(fault=fault):
                found = outcomes[fault]
                self.assertEqual((found.status, found.counts()), (0, counts), str(found))
                for stream in counts:
                    keys = {record.get("sha") or record["id"] for record in found.records(stream)}
                    self.assertEqual(len(keys), counts[stream])
                    self.assertEqual({record["_sdc_repository"] for record in found.records(stream)},
                                     {f"fault/{fault}"})
                    self.assertEqual(found.state[stream], NEWEST[stream])

    def test_what_stops_it_and_what_it_says(self):
        outcomes = self.sync_each(STOPS)
        for fault, (statuses, words) in STOPS.items():
            with self.subTest(fault=fault):
                found = outcomes[fault]
                self.assertIn(found.status, statuses, str(found))
                critical = found.errors[found.errors.find("CRITICAL"):]
                self.assertRegex(critical, r"^CRITICAL .* \[[a-z-]+\]\n", str(found))
                for word in words:
                    self.assertIn(word, critical)
                self.assertNotIn("0123", found.errors)

    def test_no_state_runs_ahead_of_the_rows_when_it_stops(self):
        for fault, found in self.sync_each(("too-deep", "later-page-down", "endless")).items():
            with self.subTest(fault=fault):
                self.assertNotEqual(found.status, 0)
                for state in found.states:
                    self.assertIsNone(state.get("commits"), "commits come newest first")
                    self.assertIsNone(state.get("issues"), "none was read to the end")

    def test_a_failed_run_loses_no_bookmark_and_the_next_one_goes_on(self):
        failed = self.sync("fault/down", state=NEWEST | {"issue_comments": None, "pull_requests": None})
        self.assertEqual(failed.status, 4, str(failed))
        for state in failed.states:
            self.assertEqual((state["commits"], state["issues"]), (NEWEST["commits"], NEWEST["issues"]))

    def test_a_blocked_repository_is_skipped_and_the_others_are_read(self):
        found = self.sync("fault/blocked octokit/demo")
        self.assertEqual((found.status, found.counts()), (0, DEMO), str(found))
        self.assertIn("fault/blocked", found.errors)

    def test_an_absent_repository_is_named_and_so_is_what_may_be_the_reason(self):
        found = self.sync("octokit/absent")
        self.assertIn(found.status, (1, 2), str(found))
        self.assertIn("octokit/absent", found.errors)
        self.assertIn("404", found.errors)

    def test_a_wrong_token_is_said_to_be_refused_and_not_shown(self):
        config = {"access_token": "wrong-0123456789", "repo_path": "octokit/demo", "base_url": self.server.url}
        found = servers.sync(config)
        self.assertEqual((found.status, found.counts(), found.states), (2, {}, []), str(found))
        self.assertIn("[token-refused]", found.errors)
        self.assertNotIn("wrong-0123456789", found.errors)

    def test_a_dead_host_is_unreachable(self):
        self.server.stop()
        found = self.sync("octokit/demo")
        self.assertEqual(found.status, 4, str(found))
        self.assertIn("CRITICAL", found.errors)
        self.assertIn(self.server.host, found.errors)
        self.server = servers.Server("demo-github")

    def test_it_waits_as_long_as_it_is_told(self):
        start = time.monotonic()
        found = self.sync("fault/primary-limit-wait")
        self.assertEqual(found.counts(), ALL, str(found))
        self.assertGreater(time.monotonic() - start, 1, "the reset is up to 2 s away")

    def test_a_token_stays_with_its_host(self):
        for fault in ("elsewhere", "other-host"):
            self.sync(f"fault/{fault}-token")
        foreign = [line for line in self.server.requests() if "/foreign/" in line]
        self.assertTrue(foreign)
        self.assertEqual([line for line in foreign if "with token" in line], [])


if __name__ == "__main__":
    servers.need(servers.BIN / "stream-github", servers.BIN / "demo-github")
    servers.main()
