#include "demo/github/words.h"

#include <array>
#include <string_view>

namespace streams::demo {
namespace {

constexpr std::array<std::string_view, 16> kLines = {{
    "Crash when the file name holds a quote: \"a\".csv",
    "Docs: explain `--state` before `--config`",
    "Überlange Zeilen werden abgeschnitten",
    "日本語のファイル名が壊れる",
    "Ошибка при чтении пустого ответа",
    "لا يعمل البحث مع العربية",
    "Windows path C:\\new\\table is read as line breaks",
    "🚀 Faster first page",
    "Tab\there, and a trailing blank ",
    "Rounding: 0.1 + 0.2 is not 0.3",
    "Memory grows with 1,000,000 rows",
    "SELECT * FROM issues; DROP TABLE issues; --",
    "<script>alert('hi')</script> in a title",
    "Naïve café: e\u0301 and é are two spellings",
    "👩‍👩‍👧 counts as five letters",
    "null",
}};

constexpr std::array<std::string_view, 8> kParagraphs = {{
    "Steps to reproduce:\r\n\r\n1. start it\r\n2. stop it\r\n3. start it again",
    "```sh\r\nprintf 'a\\tb\\n' | persist-file --path out\r\n```",
    "| column | type |\r\n|---|---|\r\n| id | int64 |\r\n| note | text, may be \"\" |",
    "Seen on three machines. 数字は 2147483648 です。",
    "> quoted by mail\r\n>> twice\r\n\r\nAgreed 👍🏽",
    "- [x] first\r\n- [ ] second with a backslash \\ and a zero width\u200bspace",
    "See #1, @ana-ortiz-demo and https://example.com/?a=1&b=%20#top",
    "Ελληνικά, עברית, ไทย and 한국어 in one line.",
}};

constexpr std::array<std::string_view, 8> kSubjects = {{
    "read the answer before the header is closed",
    "keep the order of pages",
    "spell the setting as the manual does",
    "add a test for the empty list",
    "räume alte Dateien auf",
    "修正: 時刻の丸め",
    "drop the second copy of the table 🧹",
    "Revert \"keep the order of pages\"",
}};

}  // namespace

std::string title_text(Dice& dice) {
    return std::string(dice.pick(kLines));
}

std::string body_text(Dice& dice) {
    const auto paragraphs = dice.one_in(61) ? 300U : 1U + dice.below(4);
    std::string out;
    for (std::uint64_t at = 0; at < paragraphs; ++at) {
        if (!out.empty()) out += "\r\n\r\n";
        out += dice.pick(kParagraphs);
    }
    // A zero byte in the middle of a text, as old GitHub comments have them.
    if (dice.one_in(151)) out += std::string("\0 after a zero byte", 19);
    return out;
}

std::string message_text(Dice& dice) {
    auto out = std::string(dice.pick(kSubjects));
    if (dice.one_in(3)) out += "\n\n" + std::string(dice.pick(kLines)) + ", explained at length.";
    if (dice.one_in(5)) out += "\n\nSigned-off-by: Ana Ortíz <ana-ortiz-demo@example.com>";
    return out;
}

}  // namespace streams::demo
