"""replay-github gives every recorded answer as it was recorded, in the order of the recording."""

import json
import unittest

import servers

HOST = "https://api.github.com"


def recordings():
    for file in sorted(servers.RECORDED.glob("*/normalized-fixture.json")):
        for answer in json.loads(file.read_text()):
            yield file.parent.name, answer


class Replay(unittest.TestCase):
    def test_every_answer_comes_back_with_our_own_host(self):
        with servers.Server("replay-github", str(servers.RECORDED)) as server:
            count = 0
            for scenario, recorded in recordings():
                with self.subTest(scenario=scenario, path=recorded["path"]):
                    status, headers, body = servers.fetch(server.url + recorded["path"], recorded["method"].upper())
                    self.assertEqual(status, recorded["status"])
                    response = recorded["response"]
                    if isinstance(response, str):
                        self.assertEqual(body.decode(), response.replace(HOST, server.url))
                    else:
                        self.assertEqual(json.loads(body),
                                         json.loads(json.dumps(response).replace(HOST, server.url)))
                    for name in ("link", "location", "etag"):
                        expected = recorded["headers"].get(name)
                        self.assertEqual(headers.get(name), expected and expected.replace(HOST, server.url))
                    self.assertNotIn(HOST.encode(), body)
                    count += 1
            self.assertGreater(count, 40)

    def test_following_the_links_gives_the_thirteen_issues(self):
        with servers.Server("replay-github", str(servers.RECORDED), "paginate-issues") as server:
            issues = servers.fetch_all(server.url + "/repos/octokit-fixture-org/paginate-issues/issues?per_page=3")
            self.assertEqual([issue["number"] for issue in issues], list(range(13, 0, -1)))

    def test_what_was_not_recorded_is_404_and_says_so(self):
        with servers.Server("replay-github", str(servers.RECORDED), "paginate-issues") as server:
            for path in ("/repos/octokit-fixture-org/paginate-issues/issues?per_page=4", "/repos/a/b/issues"):
                status, _, body = servers.fetch(server.url + path)
                self.assertEqual((status, json.loads(body)["message"]), (404, "not recorded"))

    def test_lenient_replay_ignores_the_query_and_gives_empty_lists(self):
        with servers.Server("replay-github", str(servers.RECORDED), "paginate-issues", "--any-query",
                            "--others-empty") as server:
            repository = server.url + "/repos/octokit-fixture-org/paginate-issues"
            self.assertEqual(len(servers.fetch_all(repository + "/issues?state=all&per_page=100&sort=updated")), 13)
            self.assertEqual(servers.fetch_all(repository + "/commits?per_page=100"), [])
            self.assertEqual(servers.fetch(server.url + "/repos/a/b/commits")[0], 404)


if __name__ == "__main__":
    servers.need(servers.BIN / "replay-github", servers.RECORDED)
    servers.main()
