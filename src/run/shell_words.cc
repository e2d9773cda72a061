#include "run/shell_words.h"

namespace streams {
namespace {

bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n';
}

// Reads one word from the front of `rest`, which does not begin with a blank.
class WordReader {
 public:
    explicit WordReader(std::string_view rest) : rest_(rest) {}

    Result<std::string> read() {
        while (!rest_.empty() && !is_blank(rest_.front())) {
            const char first = take();
            if (first == '\'') {
                STREAMS_TRY(read_quoted('\''));
            } else if (first == '"') {
                STREAMS_TRY(read_quoted('"'));
            } else if (first == '\\' && !rest_.empty()) {
                word_ += take();
            } else {
                word_ += first;
            }
        }
        return std::move(word_);
    }

    std::string_view rest() const { return rest_; }

 private:
    char take() {
        const char first = rest_.front();
        rest_.remove_prefix(1);
        return first;
    }

    Result<> read_quoted(char quote) {
        while (!rest_.empty()) {
            const char byte = take();
            if (byte == quote) return {};
            const bool escapes = quote == '"' && byte == '\\' && !rest_.empty() &&
                                 (rest_.front() == '"' || rest_.front() == '\\' ||
                                  rest_.front() == '$' || rest_.front() == '`');
            word_ += escapes ? take() : byte;
        }
        return fail(ErrorKind::Config, "usage", "a quote in the command has no end");
    }

    std::string_view rest_;
    std::string word_;
};

bool is_plain(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') ||
           std::string_view("_-./:=@%+,").find(byte) != std::string_view::npos;
}

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view command) {
    std::vector<std::string> words;
    while (!command.empty()) {
        if (is_blank(command.front())) {
            command.remove_prefix(1);
            continue;
        }
        WordReader reader(command);
        auto word = reader.read();
        if (!word) return std::unexpected(std::move(word).error());
        words.push_back(*std::move(word));
        command = reader.rest();
    }
    return words;
}

std::string quoted_word(std::string_view word) {
    bool plain = !word.empty();
    for (const char byte : word) plain = plain && is_plain(byte);
    if (plain) return std::string(word);
    std::string quoted = "'";
    for (const char byte : word) {
        if (byte == '\'') {
            quoted += "'\\''";
        } else {
            quoted += byte;
        }
    }
    return quoted + '\'';
}

bool matches_glob(std::string_view pattern, std::string_view text) {
    std::size_t star = std::string_view::npos;  // The last star in the pattern...
    std::size_t retry = 0;                      // ...and where its next try in the text begins.
    std::size_t at = 0;
    std::size_t index = 0;
    while (index < text.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            retry = index;
        } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == text[index])) {
            ++at;
            ++index;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            index = ++retry;
        } else {
            return false;
        }
    }
    while (at < pattern.size() && pattern[at] == '*') ++at;
    return at == pattern.size();
}

}  // namespace streams
