#include "program/command_line.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "program/common_options.h"
#include "program/setting_value.h"

namespace streams {
namespace {

using Values = std::map<std::string, Settings::Value, std::less<>>;

std::unexpected<Error> wrong_usage(std::string what, const ProgramShape& shape) {
    return std::unexpected(Error{
        ErrorKind::Config, "usage", std::move(what), {}, {}, "see: " + shape.program + " --help"});
}

// One flag as it was typed: `--a-b=V`.
struct Typed {
    std::string flag;  // `--a-b`, `-n`.
    std::optional<std::string> value;
    std::string origin;  // As a person typed it, if otherwise: `--set a_b`.
};

Typed split_flag(const std::string& argument) {
    if (!argument.starts_with("--")) {
        if (argument.size() == 2) return {argument, std::nullopt};
        auto value = argument.substr(argument[2] == '=' ? 3 : 2);
        return {argument.substr(0, 2), std::move(value)};
    }
    const auto equals = argument.find('=');
    if (equals == std::string::npos) return {argument, std::nullopt};
    return {argument.substr(0, equals), argument.substr(equals + 1)};
}

class Parser {
 public:
    Parser(const ProgramShape& shape, const std::vector<std::string>& arguments)
        : shape_(shape), arguments_(arguments), options_(all_options(shape)) {}

    Result<CommandLine> parse() {
        take_word();
        bool flags_ended = false;
        while (next_ < arguments_.size()) {
            const auto& argument = arguments_[next_++];
            if (argument == "--" && !flags_ended) {
                flags_ended = true;
            } else if (!flags_ended && argument.size() > 1 && argument.starts_with('-')) {
                STREAMS_TRY(take_flag(split_flag(argument)));
            } else {
                line_.operands.push_back(argument);
            }
        }
        STREAMS_TRY(take_hidden());
        for (const auto& option : options_) {
            const auto& fallback = option.setting.fallback;
            if (!fallback.empty()) {
                option_values_.try_emplace(option.setting.name,
                                           Settings::Value{fallback, "default"});
            }
        }
        line_.options = Settings(option_values_);
        line_.config_files = line_.options.list("config");
        line_.url = line_.options.text("url");
        const bool only_asks = line_.options.boolean("help") || line_.options.boolean("version") ||
                               line_.options.boolean("about");
        if (!only_asks) STREAMS_TRY(check_operands());
        return std::move(line_);
    }

 private:
    void take_word() {
        if (shape_.words.empty()) return;
        line_.word = shape_.words.front().name;
        if (arguments_.empty()) return;
        if (std::ranges::find(shape_.words, arguments_[0], &Word::name) == shape_.words.end())
            return;
        line_.word = arguments_[0];
        next_ = 1;
    }

    Result<> take_flag(Typed typed) {
        if (const auto* option = option_of(typed.flag)) {
            if (!option->means_word.empty()) line_.word = option->means_word;
            const bool any_value = !option->value.empty();
            return take(option->setting, std::move(typed), option_values_, any_value);
        }
        for (const auto& setting : shape_.spec.settings()) {
            if (flag_of(setting.name) == typed.flag) {
                return take(setting, std::move(typed), line_.flags, false);
            }
            if (setting.kind == Setting::Kind::Boolean && typed.flag.starts_with("--no-") &&
                !typed.value && typed.flag.substr(5) == flag_of(setting.name).substr(2)) {
                return take(setting, {flag_of(setting.name), "false"}, line_.flags, false);
            }
        }
        return std::unexpected(unknown(typed));
    }

    // How `streams` was told a setting that it hands over.
    std::string origin_of(const std::string& flag) const {
        if (flag == "--url") return "DESTINATION";
        std::string name = flag.substr(std::min<std::size_t>(flag.size(), 2));
        std::ranges::replace(name, '-', '_');
        return (shape_.kind == ProgramShape::Kind::Streamer ? "--set " : "--to ") + name;
    }

    // What a runner hands over so that `ps` does not show it: a JSON array of `--flag=value`. It
    // may come by a file that a program before this one has read.
    Result<> take_hidden() {
        const auto given = option_values_.find("arguments_fd");
        if (given == option_values_.end()) return {};
        const auto number = static_cast<int>(Settings(option_values_).integer("arguments_fd"));
        const Descriptor file(number);
        static_cast<void>(::lseek(number, 0, SEEK_SET));
        std::string text;
        std::array<char, 4096> bytes = {};
        while (true) {
            const auto count = read_some(number, bytes.data(), bytes.size(), "--arguments-fd");
            if (!count) return while_doing("read --arguments-fd", count.error());
            if (*count == 0) break;
            text.append(bytes.data(), *count);
        }
        const auto hidden = nlohmann::json::parse(text, nullptr, false);
        if (!hidden.is_array()) return wrong_usage("--arguments-fd holds no JSON array", shape_);
        for (const auto& argument : hidden) {
            auto typed =
                split_flag(argument.is_string() ? argument.get<std::string>() : argument.dump());
            typed.origin = origin_of(typed.flag);
            STREAMS_TRY(take_flag(std::move(typed)));
        }
        line_.under_streams = true;
        return {};
    }

    Result<> take(const Setting& setting, Typed typed, Values& values, bool any_value) {
        if (setting.kind == Setting::Kind::Boolean) {
            if (!typed.value) typed.value = "true";
            if (any_value && *typed.value != "true" && *typed.value != "false") {
                values[setting.name] = {*std::move(typed.value), typed.flag};
                return {};
            }
        } else if (!typed.value) {
            if (next_ == arguments_.size()) {
                return wrong_usage(typed.flag + " needs a value", shape_);
            }
            typed.value = arguments_[next_++];
        }
        auto& value = values[setting.name];
        value.origin = typed.origin.empty() ? typed.flag : typed.origin;
        return add_text(setting, *std::move(typed.value), value);
    }

    const Option* option_of(std::string_view flag) const {
        for (const auto& option : options_) {
            const bool by_letter =
                option.letter != 0 && flag.size() == 2 && flag[1] == option.letter;
            if (by_letter || flag_of(option.setting.name) == flag) return &option;
        }
        return nullptr;
    }

    Error unknown(const Typed& typed) const {
        const auto& flag = typed.flag;
        std::vector<std::string> known;
        for (const auto& option : options_) {
            if (!option.hidden) known.push_back(flag_of(option.setting.name));
        }
        for (const auto& setting : shape_.spec.settings()) known.push_back(flag_of(setting.name));
        const auto meant = nearest(flag, known);
        Error error{ErrorKind::Config,
                    "unknown-flag",
                    shape_.program + " has no flag " + ascii_excerpt(flag, 60),
                    {},
                    {},
                    "see: " + shape_.program + " --help"};
        if (!meant.empty()) error.remedy = "did you mean " + meant + "?";
        if (typed.origin.empty()) return error;
        error.id = "unknown-setting";
        error.what = shape_.program + " has no setting " + ascii_excerpt(typed.origin, 60);
        if (!meant.empty()) error.remedy = "did you mean " + origin_of(meant) + "?";
        return error;
    }

    Result<> check_operands() const {
        const auto word = std::ranges::find(shape_.words, line_.word, &Word::name);
        const auto& operands = shape_.words.empty() ? shape_.operands : word->operands;
        std::istringstream names(operands);
        std::string name;
        std::size_t wanted = 0;
        std::size_t most = 0;
        while (names >> name) {
            if (name == "...")
                most = line_.operands.size();
            else
                ++most;
            if (name != "..." && !name.starts_with('[')) ++wanted;
        }
        if (line_.operands.size() > most) return too_many(line_.operands[most]);
        if (line_.operands.size() >= wanted) return {};
        const auto before =
            shape_.words.empty() ? shape_.program : shape_.program + ' ' + line_.word;
        return wrong_usage(before + " needs " + operands, shape_);
    }

    Result<> too_many(const std::string& operand) const {
        std::vector<std::string> words;
        words.reserve(shape_.words.size());
        for (const auto& word : shape_.words) words.push_back(word.name);
        if (std::ranges::find(words, operand) != words.end()) {
            return wrong_usage("\"" + operand + "\" is not expected here: the word comes first",
                               shape_);
        }
        // Of several the first may be a word with a slip of the hand in it.
        const auto& first = line_.operands.front();
        const bool first_is_word =
            nearest(operand, words).empty() && !nearest(first, words).empty();
        const auto& wrong = first_is_word ? first : operand;
        auto refused = wrong_usage(ascii_excerpt(wrong, 60) + " is not expected here", shape_);
        const auto meant = nearest(wrong, words);
        if (!meant.empty()) refused.error().remedy = "did you mean " + meant + "?";
        return refused;
    }

    const ProgramShape& shape_;
    const std::vector<std::string>& arguments_;
    std::vector<Option> options_;
    std::size_t next_ = 0;
    CommandLine line_;
    Values option_values_;
};

// Insertions, deletions, replacements and swapped neighbours.
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before_last(to.size() + 1);
    std::vector<std::size_t> last(to.size() + 1);
    std::vector<std::size_t> row(to.size() + 1);
    for (std::size_t column = 0; column <= to.size(); ++column) row[column] = column;
    for (std::size_t line = 1; line <= from.size(); ++line) {
        before_last = std::exchange(last, row);
        row[0] = line;
        for (std::size_t column = 1; column <= to.size(); ++column) {
            const std::size_t replaced = from[line - 1] == to[column - 1] ? 0 : 1;
            row[column] =
                std::min({last[column] + 1, row[column - 1] + 1, last[column - 1] + replaced});
            const bool swapped = line > 1 && column > 1 && from[line - 1] == to[column - 2] &&
                                 from[line - 2] == to[column - 1];
            if (swapped) row[column] = std::min(row[column], before_last[column - 2] + 1);
        }
    }
    return row[to.size()];
}

}  // namespace

Result<CommandLine> parse_command_line(const ProgramShape& shape,
                                       const std::vector<std::string>& arguments) {
    return Parser(shape, arguments).parse();
}

std::vector<std::string> arguments_of(int argc, char** argv) {
    return argc > 1 ? std::vector<std::string>(argv + 1, argv + argc) : std::vector<std::string>();
}

std::string nearest(std::string_view typed, const std::vector<std::string>& names) {
    std::string best;
    std::size_t best_distance =
        std::max<std::size_t>(1, std::min<std::size_t>(typed.size(), 40) / 3) + 1;
    if (typed.size() > 100) return best;
    for (const auto& name : names) {
        const auto apart = distance(typed, name);
        if (apart < best_distance) {
            best = name;
            best_distance = apart;
        }
    }
    if (!best.empty() || typed.size() < 4) return best;
    const auto longer =
        std::ranges::find_if(names, [&](const auto& it) { return it.starts_with(typed); });
    return longer == names.end() ? best : *longer;
}

}  // namespace streams
