#include "base/log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <poll.h>
#include <unistd.h>

namespace streams {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

LogOptions& current_options() {
    static LogOptions options;
    return options;
}

std::string_view name_of(LogLevel level) {
    constexpr std::array<std::string_view, 4> kNames = {"DEBUG", "INFO", "WARNING", "ERROR"};
    return kNames.at(static_cast<std::size_t>(level));
}

bool is_logged(LogLevel level) {
    const auto options = current_options();
    if (options.quiet) return level >= LogLevel::Error;
    return options.verbose || level > LogLevel::Debug;
}

void append_escape(std::string& text, unsigned char byte) {
    text += "\\x";
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
}

bool is_continuation(unsigned char byte) {
    return (byte & 0xC0) == 0x80;
}

// The length of the well-formed UTF-8 sequence at the front of `text`; 0: there is none, or it is a
// C1 control or a direction override, which some terminals obey.
std::size_t visible_sequence(std::string_view text) {
    const auto at = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned char first = at(0);
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
    if (length == 0 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t index = 1; index < length; ++index) {
        if (!is_continuation(at(index))) return 0;
    }
    const unsigned char second = at(1);
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0)) return 0;
    if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90)) return 0;
    if (first == 0xC2 && second < 0xA0) return 0;
    const bool general = first == 0xE2;  // U+202A to U+202E, U+2066 to U+2069, U+2028, U+2029.
    if (general && second == 0x80 && at(2) >= 0xA8 && at(2) <= 0xAE) return 0;
    if (general && second == 0x81 && at(2) >= 0xA6 && at(2) <= 0xA9) return 0;
    return length;
}

std::string json_text(std::string_view text) {
    std::string escaped = "\"";
    for (const char byte : text) {
        if (byte == '"' || byte == '\\') escaped += '\\';
        escaped += byte == '\t' ? ' ' : byte;
    }
    return escaped + '"';
}

std::string timestamp() {
    timespec now = {};
    ::clock_gettime(CLOCK_REALTIME, &now);
    std::tm parts = {};
    ::gmtime_r(&now.tv_sec, &parts);
    std::array<char, 40> text = {};
    const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    const auto millis = std::to_string(1000 + now.tv_nsec / 1'000'000);
    return std::string(text.data(), length) + '.' + millis.substr(1) + 'Z';
}

}  // namespace

void set_log(LogOptions options) {
    current_options() = options;
}

LogOptions log_options() {
    return current_options();
}

void log(LogLevel level, std::string_view message) {
    if (!is_logged(level)) return;
    const auto name = name_of(level);
    if (current_options().format == LogFormat::Json) {
        write_to_people("{\"level\":\"" + std::string(name) + "\",\"time\":\"" + timestamp() +
                        "\",\"message\":" + json_text(printable(message)) + "}\n");
        return;
    }
    const std::string indent(name.size() < 6 ? 6 - name.size() : 0, ' ');
    write_to_people(indent + std::string(name) + ' ' + printable(message) + '\n');
}

void log_debug(std::string_view message) {
    log(LogLevel::Debug, message);
}
void log_info(std::string_view message) {
    log(LogLevel::Info, message);
}
void log_warning(std::string_view message) {
    log(LogLevel::Warning, message);
}
void log_error(std::string_view message) {
    log(LogLevel::Error, message);
}

// What cannot be written to standard error has nowhere to go; the run is not failed for it.
void write_to_people(std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(STDERR_FILENO, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd ready = {STDERR_FILENO, POLLOUT, 0};
            ::poll(&ready, 1, 1000);
        } else if (errno != EINTR) {
            return;
        }
    }
}

std::string printable(std::string_view foreign) {
    std::string text;
    text.reserve(foreign.size());
    while (!foreign.empty()) {
        const auto byte = static_cast<unsigned char>(foreign[0]);
        const bool is_plain = (byte >= 0x20 && byte < 0x7F) || byte == '\t';
        const std::size_t length = is_plain ? 1 : byte >= 0x80 ? visible_sequence(foreign) : 0;
        if (length != 0) {
            text += foreign.substr(0, length);
        } else {
            append_escape(text, byte);
        }
        foreign.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return text;
}

std::string ascii_excerpt(std::string_view foreign, std::size_t bytes_max) {
    std::string text;
    for (const char raw : foreign) {
        if (text.size() >= bytes_max) return text + "...";
        const auto byte = static_cast<unsigned char>(raw);
        if ((byte >= 0x20 && byte < 0x7F) || byte == '\t') {
            text += raw;
        } else {
            append_escape(text, byte);
        }
    }
    return text;
}

}  // namespace streams
