#include "run/log_relay.h"

#include "base/log.h"

namespace streams {
namespace {

constexpr std::size_t kLastLinesMax = 12;
constexpr std::size_t kLineBytesMax = 2000;

// The forms of our programs, of singer-python and of the Meltano SDK:
//   INFO text | INFO text | 2026-11-20 09:14:03,000 | INFO     | name | text
bool is_everyday(std::string_view line) {
    auto text = line;
    while (text.starts_with(' ')) text.remove_prefix(1);
    for (const std::string_view level : {"INFO", "DEBUG", "METRIC"}) {
        const auto behind = text.substr(std::min(level.size(), text.size()));
        const bool ends = behind.empty() || behind.front() == ' ' || behind.front() == ':';
        if (text.starts_with(level) && ends) return true;
    }
    const auto head = line.substr(0, 80);
    for (const std::string_view level : {"| INFO ", "| DEBUG ", " INFO:", "[INFO]", "level=info"}) {
        if (head.find(level) != std::string_view::npos) return true;
    }
    return head.find("\"level\":\"INFO\"") != std::string_view::npos ||
           head.find("\"level\": \"info\"") != std::string_view::npos;
}

bool is_critical(std::string_view line) {
    return line.starts_with("CRITICAL ") || line.starts_with("FATAL ");
}

}  // namespace

std::string LogRelay::take(std::string_view line) {
    const auto text = printable(line.substr(0, kLineBytesMax));
    for (const std::string_view sign :
         {"[output-closed]", "BrokenPipeError", "Broken pipe", "EPIPE"}) {
        met_broken_pipe_ = met_broken_pipe_ || text.find(sign) != std::string::npos;
    }
    const bool continues = in_critical_ && line.starts_with("  ");
    in_critical_ = is_critical(line) || continues;
    if (in_critical_) {
        if (!continues) critical_.clear();
        critical_ += text + '\n';
    }
    const bool everyday = is_everyday(line);
    if (!everyday) {
        last_.push_back(text);
        if (last_.size() > kLastLinesMax) last_.pop_front();
    }
    const bool shown = shows_ == Shows::Everything || (shows_ == Shows::Unusual && !everyday);
    if (!shown || in_critical_ || text.empty()) return {};
    return name_ + ": " + text + '\n';
}

std::string LogRelay::critical_id() const {
    const std::string_view first = std::string_view(critical_).substr(0, critical_.find('\n'));
    const auto open = first.rfind(" [");
    if (!first.ends_with(']') || open == std::string_view::npos) return {};
    const auto id = first.substr(open + 2, first.size() - open - 3);
    return std::string(id.find(' ') == std::string_view::npos ? id : std::string_view());
}

std::string LogRelay::last_lines() const {
    std::string text;
    const bool were_shown = shows_ != Shows::Nothing && !last_.empty();
    if (were_shown) return last_.back() + '\n';
    for (const auto& line : last_) text += line + '\n';
    return text;
}

}  // namespace streams
