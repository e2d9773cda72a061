"""What the documents tell people to type is told in a story that a test runs, or is a tool of this project."""

import os
import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def documents() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in listed]


def commands_in(document: Path) -> list[tuple[int, str]]:
    """The lines of blocks that are marked as sh, without their comments; continued lines are one."""
    found, within, kept = [], False, ""
    for number, line in enumerate(document.read_text().splitlines(), 1):
        if line.startswith("```"):
            within = line.strip() == "```sh"
        elif within and line.strip() and not line.startswith("#"):
            kept += re.sub(r"\s+#.*$", "", line)
            if kept.endswith("\\"):
                kept = kept[:-1]
                continue
            found.append((number, " ".join(kept.split())))
            kept = ""
    return found


def told() -> set[str]:
    found = set()
    for story in (ROOT / "examples" / "shell").glob("*.test"):
        for line in story.read_text().splitlines():
            if line.startswith("$ "):
                found.add(" ".join(line[2:].split()))
    return found


class Documents(unittest.TestCase):
    def test_every_command_is_told_in_a_story_or_is_a_tool(self):
        stories = told()
        count = 0
        for document in documents():
            for number, command in commands_in(document):
                count += 1
                tool = re.match(r"(\.ci/run|tools/[\w-]+)(\s|$)", command)
                known = command in stories or (tool and os.access(ROOT / tool[1], os.X_OK))
                with self.subTest(f"{document.relative_to(ROOT)}:{number}"):
                    self.assertTrue(known, f"in no examples/shell/*.test: {command}")
        self.assertGreater(count, 0)

    def test_the_first_document_is_one_screen(self):
        self.assertLessEqual(len((ROOT / "README.md").read_text().splitlines()), 80)

    def test_the_list_of_words_has_each_word_once(self):
        words = re.findall(r"^\| \*\*([^*]+)\*\*", (ROOT / "docs/GLOSSARY.md").read_text(), re.M)
        self.assertGreater(len(words), 10)
        self.assertEqual(sorted(words), sorted(set(words)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
