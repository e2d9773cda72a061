#pragma once

#include <string>

#include "demo/github/dice.h"

namespace streams::demo {

/// A line of text as people write them: several scripts, emoji, quotes, Markdown.
std::string title_text(Dice& dice);

/// Paragraphs with the line ends of GitHub's own forms (CRLF); sometimes a table, code, or 20 kB.
std::string body_text(Dice& dice);

/// A commit's message: a subject, and sometimes a body after an empty line.
std::string message_text(Dice& dice);

}  // namespace streams::demo
