#include "run/summary.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "program/quantity.h"
#include "run/shell_words.h"
#include "run/state_edit.h"

namespace streams {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kTelling = 1;  // Of a shorter run, seconds: starting the programs is the most.
constexpr std::size_t kStreamsShown = 9;
constexpr std::size_t kNameWidthMax = 40;
constexpr std::size_t kStateBytesShown = 300;

std::string rows_text(std::uint64_t rows) {
    return with_commas(rows) + (rows == 1 ? " row" : " rows");
}

std::string count_text(std::size_t count, std::string_view noun) {
    return std::to_string(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

std::chrono::milliseconds millis(double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

std::string seconds_text(double seconds) {
    return duration_text(millis(seconds));
}

// `13.6k/s`, where the stream took long enough to have a speed.
std::string rate_text(std::uint64_t rows, double seconds) {
    if (seconds < 10) return {};
    const double rate = static_cast<double>(rows) / seconds;
    const double shown = rate < 1000 ? rate : rate / 1000;
    std::array<char, 32> text = {};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), shown,
                                   std::chars_format::fixed, rate < 1000 ? 0 : 1)
                         .ptr;
    return std::string(text.data(), end) + (rate < 1000 ? "/s" : "k/s");
}

std::string join(const std::vector<std::string>& texts) {
    std::string joined;
    for (const auto& text : texts) joined += (joined.empty() ? "" : ", ") + ascii_excerpt(text, 40);
    return joined;
}

std::string notes_of(const StreamReport& stream) {
    if (stream.created) {
        return stream.key.empty() ? "new table, no key" : "new table, key " + join(stream.key);
    }
    std::string notes;
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count == 0) return;
        notes += (notes.empty() ? "" : ", ") + with_commas(count) + ' ' + std::string(what);
    };
    add(stream.new_rows, "new");
    add(stream.changed, "changed");
    add(stream.same, "came again, the same");
    return notes;
}

// Columns of text: each as wide as its widest cell, those of numbers to the right.
class Table {
 public:
    using Row = std::array<std::string, 6>;

    void add(Row row) { rows_.push_back(std::move(row)); }

    std::string text() const {
        std::string text;
        for (const auto& row : rows_) text += line(row);
        return text;
    }

 private:
    std::string line(const Row& row) const {
        std::string text = " ";
        for (std::size_t column = 0; column < row.size(); ++column) {
            const auto width = width_of(column);
            if (width == 0) continue;
            const std::string gap(width - row[column].size(), ' ');
            const bool right = column == 1 || column == 2 || column == 3;
            text += column == 0 ? " " : "   ";
            text += right ? gap + row[column] : row[column] + gap;
        }
        text.erase(text.find_last_not_of(' ') + 1);
        return text + '\n';
    }

    std::size_t width_of(std::size_t column) const {
        std::size_t width = 0;
        for (const auto& row : rows_) width = std::max(width, row[column].size());
        return width;
    }

    std::vector<Row> rows_;
};

std::string table_text(const RunFacts& facts, const RunReport& report) {
    std::vector<StreamReport> streams;
    for (const auto& stream : report.streams()) {
        if (stream.rows != 0) streams.push_back(stream);
    }
    if (streams.size() > kStreamsShown + 1) {
        std::ranges::sort(streams, [](const StreamReport& left, const StreamReport& right) {
            return left.rows != right.rows ? left.rows > right.rows : left.name < right.name;
        });
    }
    Table table;
    StreamReport others;
    std::size_t other_count = 0;
    for (std::size_t index = 0; index < streams.size(); ++index) {
        const auto& stream = streams[index];
        if (streams.size() > kStreamsShown + 1 && index >= kStreamsShown) {
            others.rows += stream.rows;
            ++other_count;
            continue;
        }
        const auto sample = facts.samples.find(stream.name);
        table.add({ascii_excerpt(stream.name, kNameWidthMax), rows_text(stream.rows),
                   seconds_text(stream.seconds), rate_text(stream.rows, stream.seconds),
                   notes_of(stream), sample == facts.samples.end() ? "" : sample->second});
    }
    if (other_count != 0) {
        table.add(
            {std::to_string(other_count) + " others", rows_text(others.rows), "", "", "", ""});
    }
    return table.text();
}

std::string since_text(const RunFacts& facts) {
    if (!facts.state_before) return {};
    const auto time = latest_time_of(*facts.state_before);
    return time.empty() ? std::string() : " since " + time;
}

std::string amount_text(const RunFacts& facts, const RunReport& report) {
    const auto total = report.total();
    const auto tables = " in " + count_text(report.tables(), "table");
    if (facts.first_run || facts.is_rehearsal) return rows_text(total.rows) + tables;
    const bool can_tell = total.new_rows + total.changed + total.same != 0;
    if (!can_tell && total.rows != 0) return rows_text(total.rows) + tables + since_text(facts);
    std::string text =
        with_commas(total.new_rows) + (total.new_rows == 1 ? " new row" : " new rows");
    if (total.changed != 0) text += ", " + with_commas(total.changed) + " changed";
    if (total.new_rows + total.changed != 0) text += tables;
    text += since_text(facts);
    if (total.same != 0) text += " (" + with_commas(total.same) + " came again, the same)";
    return text;
}

std::string what_of(const RunReport::Work& work) {
    if (work.slowest == "parse") return "parsing";
    return work.slowest == "write"    ? "writing"
           : work.slowest == "commit" ? "committing"
                                      : "loading";
}

std::string slowest_text(const RunFacts& facts, const RunReport& report) {
    const auto& work = report.work();
    const bool is_known = !work.slowest.empty() && work.total >= kTelling;
    const double loading = is_known ? work.seconds : std::max(report.commit_seconds(), 0.0);
    const bool source_is_slower = is_known ? work.slowest == "source" || work.slowest == "pipe"
                                           : facts.streamer_seconds >= loading;
    const auto total = seconds_text(static_cast<double>(facts.elapsed.count()) / 1000);
    if (!source_is_slower)
        return " Slowest: " + what_of(work) + " (" + seconds_text(loading) + " of " + total + ").";
    const bool has_pages = std::ranges::any_of(report.streams(), &StreamReport::has_pages);
    std::string text = facts.is_tap ? " Slowest: the tap ("
                       : has_pages  ? " Slowest: the API ("
                                    : " Slowest: the source (";
    if (is_known && work.total > 0) {
        const auto percent = static_cast<int>(work.seconds / work.total * 100 + 0.5);
        text += std::to_string(percent) + " % of the time was spent waiting for it; ";
    }
    text += seconds_text(facts.streamer_seconds);
    if (facts.elapsed.count() >= 10'000) {
        text += " of " + total + "; loading took " + seconds_text(facts.persister_cpu) + " of CPU";
    }
    return text + ").";
}

std::string done_line(const RunFacts& facts, const RunReport& report) {
    std::string text = facts.is_rehearsal ? "Done   a rehearsal: "
                       : facts.is_dry     ? "Done   nothing stored: "
                                          : "Done   ";
    if (!report.has_commits() && report.total().rows == 0 && report.streams().empty() &&
        facts.first_run) {
        text += "no rows came, " + duration_text(facts.elapsed) + ".\n";
        return text;
    }
    text += amount_text(facts, report) + ", " + duration_text(facts.elapsed);
    const auto empty = report.empty_streams();
    if (facts.first_run && empty != 0) {
        text += "; " + count_text(empty, "stream") + (empty == 1 ? " was empty" : " were empty");
    }
    text += '.';
    const bool worth_telling = facts.first_run || facts.elapsed.count() >= 10'000;
    if (worth_telling && report.tables() != 0) text += slowest_text(facts, report);
    return text + '\n';
}

std::string state_line(const RunFacts& facts) {
    if (!facts.state || facts.is_rehearsal || facts.is_dry) return {};
    return "State  " + ascii_excerpt(*facts.state, kStateBytesShown) + "   kept in " +
           printable(facts.state_place) + '\n';
}

// The stream whose rows a person wants to see first: of those that have a telling row, else of all,
// the one with most.
std::string next_table(const RunFacts& facts, const RunReport& report) {
    const StreamReport* best = nullptr;
    const auto is_better = [&](const StreamReport& stream) {
        if (best == nullptr) return true;
        const bool tells = facts.samples.contains(stream.name);
        const bool best_tells = facts.samples.contains(best->name);
        return tells == best_tells ? stream.rows > best->rows : tells;
    };
    for (const auto& stream : report.streams()) {
        if (stream.rows != 0 && is_better(stream)) best = &stream;
    }
    return best == nullptr ? std::string() : best->table;
}

std::string next_lines(const RunFacts& facts, const RunReport& report) {
    std::string text;
    const auto table = next_table(facts, report);
    if (facts.can_show && !table.empty()) {
        text += "Next   streams show " + quoted_word(facts.argument) + ' ' + quoted_word(table);
        if (facts.is_rehearsal) text += " --schema preview";
        text += '\n';
    }
    const bool goes_on = facts.first_run && !facts.is_rehearsal && !facts.is_dry;
    if (goes_on && facts.is_tap && !facts.cron_command.empty()) {
        text += "Cron   */15 * * * * " + facts.cron_command + '\n';
    }
    return text;
}

// Of a foreign persister: only what the streamer said, if it did.
std::string uncounted_text(const RunFacts& facts, const RunReport& report) {
    const auto sent = report.total().records;
    std::string text = "Done   ";
    text += sent == 0 ? printable(facts.destination) + " does not count its rows"
                      : rows_text(sent) + " sent";
    text += ", " + duration_text(facts.elapsed) + ".\n" + state_line(facts);
    if (facts.first_run) text += next_lines(facts, report);
    return text;
}

// What only the persister knows: docs/REPORT.md.
void add_work(const Json& work, Json& report) {
    for (const char* name : {"bytes", "commits", "slowest", "bottleneck"}) {
        report[name] = work.value(name, Json());
    }
    report["work"] = work.value("seconds", Json());
    for (auto& stream : report["streams"]) {
        for (const auto& written : work.value("streams", Json::array())) {
            if (written.value("stream", Json()) != stream["stream"]) continue;
            stream["bytes"] = written.value("bytes", Json());
            stream["write_seconds"] = written.value("write_seconds", Json());
        }
    }
}

}  // namespace

std::string header_text(const RunFacts& facts) {
    std::string text = printable(facts.source) + " -> " + printable(facts.destination);
    if (facts.is_rehearsal) {
        text += "   rehearsal";
    } else if (facts.first_run) {
        text += "   first run";
    } else {
        text += "   goes on" + since_text(facts);
    }
    if (facts.discovered != 0 && facts.has_patterns) {
        text += "; " + count_text(facts.discovered, "stream") + " discovered, " +
                std::to_string(facts.selected) + " selected by --stream";
    } else if (facts.discovered != 0) {
        text += ", " + count_text(facts.selected, "stream");
    }
    return text + '\n';
}

std::string summary_text(const RunFacts& facts, const RunReport& report) {
    const auto total = report.total();
    if (!facts.counts_rows) return uncounted_text(facts, report);
    const bool news = facts.first_run || facts.is_rehearsal ||
                      total.new_rows + total.changed != 0 || (total.rows != 0 && total.same == 0);
    std::string text = news ? table_text(facts, report) : "";
    text += done_line(facts, report);
    if (news)
        text += state_line(facts) +
                (facts.first_run || facts.is_rehearsal ? next_lines(facts, report) : "");
    return text;
}

std::string safe_text(const RunFacts& facts, const RunReport& report) {
    if (!facts.counts_rows) {
        return printable(facts.destination) +
               " may have stored rows; the state is that of its last answer";
    }
    const auto rows = report.total().rows;
    if (rows == 0) return "nothing was stored; the state is unchanged";
    return rows_text(rows) + (rows == 1 ? " is" : " are") +
           " stored, up to the last STATE; nothing after it";
}

std::string report_json(const RunFacts& facts, const RunReport& report, int status,
                        const std::string& problem) {
    Json streams = Json::array();
    for (const auto& stream : report.streams()) {
        streams.push_back({{"stream", stream.name},
                           {"table", stream.table},
                           {"rows", stream.rows},
                           {"new", stream.new_rows},
                           {"changed", stream.changed},
                           {"same", stream.same},
                           {"created", stream.created},
                           {"seconds", stream.seconds}});
    }
    Json text = {{"source", facts.source},
                 {"destination", facts.argument},
                 {"pipeline", facts.pipeline},
                 {"run", facts.run},
                 {"first_run", facts.first_run},
                 {"status", status},
                 {"seconds", static_cast<double>(facts.elapsed.count()) / 1000},
                 {"rows", report.total().rows},
                 {"streams", std::move(streams)}};
    const auto work = Json::parse(report.work().json, nullptr, false);
    if (work.is_object()) add_work(work, text);
    auto state = Json::parse(facts.state.value_or("null"), nullptr, false);
    text["state"] = state.is_discarded() ? Json() : std::move(state);
    if (!problem.empty()) text["error"] = problem;
    return text.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace streams
