"""Comments, pull requests and milestones of demo-github have the members of GitHub's published events."""

import gzip
import json
import unittest

import servers

# Only in an event, or in the answer to one pull request; a list does not have them.
NOT_IN_LISTS = {"merged", "mergeable", "rebaseable", "mergeable_state", "merged_by", "comments", "review_comments",
                "maintainer_can_modify", "commits", "additions", "deletions", "changed_files"}
# Published later than these examples.
NEWER = {"active_lock_reason", "auto_merge", "reactions", "performed_via_github_app", "draft"}


def examples(event: str, member: str) -> list[dict]:
    events = json.loads(gzip.decompress(servers.WEBHOOKS.read_bytes()))
    return [example[member] for found in events if found["name"] == event for example in found["examples"]]


class Shapes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = servers.Server("demo-github")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def listed(self, name: str) -> list[dict]:
        return servers.fetch_all(f"{self.server.url}/repos/octokit/large/{name}")

    def compare(self, ours: list[dict], theirs: list[dict]):
        self.assertTrue(ours and theirs)
        expected = set.intersection(*[set(one) for one in theirs]) - NOT_IN_LISTS
        for one in ours:
            self.assertLessEqual(expected, set(one))
            self.assertLessEqual(set(one), expected | NEWER)

    def test_comments(self):
        self.compare(self.listed("issues/comments?per_page=100"), examples("issue_comment", "comment"))

    def test_milestones(self):
        self.compare(self.listed("milestones?state=all"), examples("milestone", "milestone"))

    def test_pull_requests(self):
        ours = self.listed("pulls?state=all&per_page=100")
        theirs = examples("pull_request", "pull_request")
        self.compare(ours, theirs)
        for part in ("head", "base"):
            self.assertEqual(set(ours[0][part]), set(theirs[0][part]))
        self.assertEqual(set(ours[0]["_links"]), set(theirs[0]["_links"]))

    def test_numbers_and_texts_are_what_they_should_be(self):
        ours = self.listed("issues?state=all&per_page=100")
        self.assertEqual(len(ours), 361)
        for issue in ours:
            self.assertGreater(issue["id"], 2**31)
            self.assertRegex(issue["updated_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
            self.assertEqual(issue["state"] == "closed", issue["closed_at"] is not None)


if __name__ == "__main__":
    servers.need(servers.BIN / "demo-github", servers.WEBHOOKS)
    servers.main()
