#include "run/progress_lines.h"

#include <algorithm>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "program/quantity.h"

namespace streams {
namespace {

constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::seconds kPlainLine{30};
constexpr std::size_t kLinesMax = 12;
constexpr std::size_t kNameWidthMax = 40;

std::chrono::milliseconds millis(ProgressLines::Time::duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration);
}

// A longer line would take two of the screen's, which are not counted.
std::size_t terminal_width() {
    winsize size = {};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
    return size.ws_col;
}

std::string page_text(const StreamReport& stream) {
    if (stream.wait_seconds > 0) {
        const auto wait = static_cast<std::int64_t>(stream.wait_seconds * 1000);
        return "   waits " + duration_text(std::chrono::milliseconds(wait)) + " for the source";
    }
    if (stream.ended || stream.page == 0) return {};
    auto text = "   page " + std::to_string(stream.page);
    if (stream.pages != 0) text += " of " + std::to_string(stream.pages);
    return text;
}

}  // namespace

std::string progress_line(const StreamReport& stream, std::size_t name_width) {
    auto name = ascii_excerpt(stream.name, kNameWidthMax);
    name.resize(std::max(name.size(), name_width), ' ');
    const auto rows = with_commas(std::max(stream.rows, stream.records));
    return "  " + name + "   " + std::string(rows.size() < 9 ? 9 - rows.size() : 0, ' ') + rows +
           " rows" + page_text(stream);
}

void ProgressLines::show(const RunReport& report, Time now) {
    if (quiet_) return;
    if (on_terminal_) {
        if (now - last_ < kRedraw || report.streams().empty()) return;
        last_ = now;
        draw(report);
        return;
    }
    if (now - last_ < kPlainLine) return;
    last_ = now;
    const auto total = report.total();
    write_to_people(title_ + "   " + duration_text(millis(now - start_)) + "   " +
                    with_commas(std::max(total.rows, total.records)) + " rows read, " +
                    with_commas(total.rows) + " stored\n");
}

// The streams that are at work come last, where the eye is; of many the last ones are shown.
void ProgressLines::draw(const RunReport& report) {
    std::vector<StreamReport> streams;
    for (const bool ended : {true, false}) {
        std::ranges::copy_if(report.streams(), std::back_inserter(streams),
                             [ended](const auto& it) { return it.ended == ended; });
    }
    const auto hidden = streams.size() > kLinesMax ? streams.size() - kLinesMax : 0;
    std::size_t width = 0;
    for (std::size_t index = hidden; index < streams.size(); ++index) {
        width = std::max(width, std::min(streams[index].name.size(), kNameWidthMax));
    }
    std::string text;
    if (drawn_ != 0) text = "\x1b[" + std::to_string(drawn_) + "F";
    for (std::size_t index = hidden; index < streams.size(); ++index) {
        const auto line = progress_line(streams[index], width).substr(0, terminal_width() - 1);
        text += "\x1b[2K" + line + '\n';
    }
    drawn_ = streams.size() - hidden;
    write_to_people(text);
}

void ProgressLines::write_above(std::string_view text) {
    clear();
    write_to_people(text);
}

void ProgressLines::clear() {
    if (drawn_ != 0) write_to_people("\x1b[" + std::to_string(drawn_) + "F\x1b[0J");
    drawn_ = 0;
}

}  // namespace streams
