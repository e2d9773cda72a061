#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace streams {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

enum class LogFormat : std::uint8_t { Text, Json };

struct LogOptions {
    LogFormat format = LogFormat::Text;
    bool quiet = false;    ///< Errors only.
    bool verbose = false;  ///< Debug too.
};

/// Chooses what is logged, and how. Called once, before any thread is started.
void set_log(LogOptions options);
LogOptions log_options();

/// Writes one line to standard error, in one write: `  INFO Persisted batch of 41 records`, or
/// `{"level":"INFO","time":"...","message":"..."}`. Control characters are escaped.
/// **Threads.** Any.
void log(LogLevel level, std::string_view message);

void log_debug(std::string_view message);
void log_info(std::string_view message);
void log_warning(std::string_view message);
void log_error(std::string_view message);

/// Writes text for people to standard error as it is, in one write. The caller has made whatever is
/// not its own `printable`.
void write_to_people(std::string_view text);

/// `foreign` without anything that a terminal would obey: control characters, and bytes that are
/// no UTF-8, become `\x1b`. Tabs stay.
std::string printable(std::string_view foreign);

/// As `printable`, but nothing beyond ASCII stays either, and text longer than `bytes_max` is cut
/// and ends in `...`.
std::string ascii_excerpt(std::string_view foreign, std::size_t bytes_max);

}  // namespace streams
