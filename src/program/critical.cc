#include "program/critical.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/log.h"
#include "program/exit_status.h"
#include "program/settings.h"

namespace streams {
namespace {

constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kPlain = "\x1b[0m";

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// An excerpt has a gutter: `17 | {"type": ...`.
bool is_excerpt(std::string_view part) {
    const auto bar = part.find(" | ");
    return bar != std::string_view::npos && part.find('\n') != std::string_view::npos &&
           part.substr(0, bar).find_first_not_of("0123456789 ") == std::string_view::npos;
}

std::string part_text(std::string_view label, std::string_view part) {
    std::string text;
    const bool excerpt = is_excerpt(part);
    for (const auto line : lines_of(part)) {
        text += "  ";
        if (!excerpt) {
            const auto shown = text.size() == 2 ? label : std::string_view();
            text += std::string(shown) + std::string(7 - shown.size(), ' ');
        }
        text += printable(line) + '\n';
    }
    return text;
}

std::string json_line(const Error& error, std::string_view safe) {
    nlohmann::ordered_json line = {
        {"level", "CRITICAL"}, {"id", error.id}, {"message", error.what}};
    if (!error.where.empty()) line["where"] = error.where;
    if (!error.why.empty()) line["why"] = error.why;
    if (!error.remedy.empty()) line["do"] = error.remedy;
    if (!safe.empty()) line["safe"] = safe;
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace

std::string critical_text(const Error& error, std::string_view safe, bool colour) {
    std::string text = colour ? std::string(kRed) + "CRITICAL" + std::string(kPlain) : "CRITICAL";
    text += ' ' + printable(error.what) + " [" + printable(error.id) + "]\n";
    for (const auto& part : {error.where, error.why}) {
        if (is_excerpt(part)) text += part_text({}, part);
    }
    if (!is_excerpt(error.where)) text += part_text("where", error.where);
    if (!is_excerpt(error.why)) text += part_text("why", error.why);
    text += part_text("do", error.remedy);
    text += part_text("safe", safe);
    return text;
}

int print_critical(const Error& error, std::string_view safe) {
    const bool as_json = log_options().format == LogFormat::Json;
    write_to_people(as_json ? json_line(error, safe) : critical_text(error, safe, may_colour()));
    return exit_status_of(error.kind);
}

std::string coloured_critical(std::string text) {
    constexpr std::string_view kWord = "CRITICAL";
    if (text.starts_with(kWord) && may_colour()) {
        text.insert(kWord.size(), kPlain);
        text.insert(0, kRed);
    }
    return text;
}

bool is_terminal() {
    return ::isatty(STDERR_FILENO) == 1 && process_environment().find("TERM") != "dumb";
}

bool may_colour() {
    return is_terminal() && process_environment().find("NO_COLOR").value_or("").empty();
}

}  // namespace streams
