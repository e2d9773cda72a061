#include "cli/state_history.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "program/quantity.h"

namespace streams {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kStateBytesShown = 60;
constexpr std::size_t kRowsBytesShown = 40;
constexpr std::size_t kValueBytesShown = 100;
// The state is the rest of the line and is taken as it is: read and written again, its numbers
// might be others. Within a text quotes would be escaped.
constexpr std::string_view kBeforeState = "},\"state\":";

std::string rows_of(const Json& line) {
    std::string text;
    const auto rows = line.find("rows");
    if (rows == line.end() || !rows->is_object()) return text;
    for (const auto& [stream, count] : rows->items()) {
        if (!count.is_number_unsigned() || count == 0U) continue;
        text += (text.empty() ? "" : ", ") + stream + ' ' + with_commas(count.get<std::uint64_t>());
    }
    return text;
}

// `2026-11-20 09:14:03Z`.
std::string short_time(std::string time) {
    if (time.size() < 19) return time;
    time.resize(19);
    time[10] = ' ';
    return time + 'Z';
}

void append_cell(std::string& line, const std::string& text, std::size_t width) {
    line += (line.empty() ? "  " : "   ") + text + std::string(width - text.size(), ' ');
}

// Every place that holds no object, by its path: `bookmarks.issues.since`.
void flatten(const Json& value, const std::string& path,
             std::map<std::string, std::string>& places) {
    if (value.is_object() && !value.empty()) {
        for (const auto& [name, inner] : value.items()) {
            auto place = path;
            if (!place.empty()) place += '.';
            place += name;
            flatten(inner, place, places);
        }
    } else {
        places[path] = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
}

std::map<std::string, std::string> places_of(std::string_view state) {
    std::map<std::string, std::string> places;
    const auto value = Json::parse(state, nullptr, false);
    const bool has_places = !value.is_discarded() && !value.is_null();
    if (has_places) flatten(value, {}, places);
    return places;
}

std::string shown(const std::string& text) {
    return ascii_excerpt(text, kValueBytesShown);
}

}  // namespace

Result<std::vector<PastState>> read_history(std::string_view lines) {
    std::vector<PastState> past;
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size());
        const auto text = lines.substr(0, end);
        const auto line = Json::parse(text, nullptr, false);
        lines.remove_prefix(std::min(end + 1, lines.size()));
        const auto behind_rows = text.find(kBeforeState);
        if (!line.is_object() || !line.contains("commit") ||
            behind_rows == std::string_view::npos) {
            return fail(ErrorKind::Data, "answer-not-json",
                        "the destination's history cannot be read");
        }
        past.push_back({.commit = line["commit"].get<std::int64_t>(),
                        .time = line.value("time", std::string()),
                        .run = line.value("run", std::string()),
                        .reason = line.value("reason", std::string()),
                        .rows = rows_of(line),
                        .state = std::string(
                            text.substr(behind_rows + kBeforeState.size(),
                                        text.size() - behind_rows - kBeforeState.size() - 1))});
    }
    return past;
}

std::string history_table(const std::vector<PastState>& past) {
    std::vector<std::vector<std::string>> rows;
    for (auto one = past.rbegin(); one != past.rend(); ++one) {
        const auto why =
            one->reason.empty() ? (one->run.empty() ? "" : "run " + one->run) : one->reason;
        rows.push_back({std::to_string(one->commit), short_time(one->time), ascii_excerpt(why, 40),
                        ascii_excerpt(one->rows, kRowsBytesShown),
                        ascii_excerpt(one->state, kStateBytesShown)});
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            std::size_t width = 0;
            for (const auto& other : rows) width = std::max(width, other[column].size());
            if (width != 0) append_cell(line, row[column], width);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

std::string state_difference(std::string_view from, std::string_view to) {
    const auto before = places_of(from);
    const auto after = places_of(to);
    std::string text;
    for (const auto& [path, value] : before) {
        const auto now = after.find(path);
        if (now == after.end()) {
            text += "- " + shown(path) + "  " + shown(value) + '\n';
        } else if (now->second != value) {
            text += "~ " + shown(path) + "  " + shown(value) + " -> " + shown(now->second) + '\n';
        }
    }
    for (const auto& [path, value] : after) {
        if (!before.contains(path)) text += "+ " + shown(path) + "  " + shown(value) + '\n';
    }
    return text;
}

}  // namespace streams
