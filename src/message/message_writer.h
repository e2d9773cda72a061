#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/error.h"
#include "streams/streamer.h"

namespace streams {

/// How a SCHEMA names its key.
enum class Dialect : std::uint8_t {
    Singer,    ///< `key_properties`, and `bookmark_properties` where there are some.
    Year2017,  ///< `"key": true` in the schema; nothing else.
};

/// Makes lines of messages. Each function appends one whole line, or nothing and answers with an
/// error.
///
/// Texts of JSON are written byte for byte; one with line ends in it loses its blanks.
///
/// **Errors.** Data `json-syntax`: a text with line ends that is no JSON, or a schema that is no
/// object. Data `utf8`: a name that is not UTF-8.
class MessageFormat {
 public:
    explicit MessageFormat(Dialect dialect = Dialect::Singer) : dialect_(dialect) {}

    Result<> append_schema(std::string& to, std::string_view stream, std::string_view schema,
                           const std::vector<std::string>& key,
                           const std::vector<std::string>& bookmarks) const;
    Result<> append_record(std::string& to, std::string_view stream, std::string_view record) const;
    Result<> append_state(std::string& to, std::string_view value) const;

 private:
    Dialect dialect_;
};

/// The schema, in which each property of `key` has `"key": true`; a property that is missing is
/// added. All other bytes stay as they are.
///
/// **Errors.** Data `json-syntax`.
Result<std::string> schema_with_keys(std::string_view schema, const std::vector<std::string>& key);

/// Writes messages to a descriptor, in lines that are gathered and leave with each STATE, with
/// 64 KiB, and with `flush`. A line is never written by half without an error.
class MessageWriter final : public Output {
 public:
    /// `progress` may be empty. `descriptor` is not closed, and nothing is flushed by destruction.
    explicit MessageWriter(int descriptor, Dialect dialect = Dialect::Singer,
                           std::function<void(const Progress&)> progress = {})
        : descriptor_(descriptor), format_(dialect), progress_(std::move(progress)) {}

    Result<> schema(std::string_view stream, std::string_view schema,
                    const std::vector<std::string>& key,
                    const std::vector<std::string>& bookmarks) override;
    Result<> record(std::string_view stream, std::string_view record) override;
    Result<> state(std::string_view value) override;
    void progress(const Progress& progress) override;

    /// Call once more at the end.
    /// **Errors.** Failed `output-closed` (nobody reads any more), `disk-full`, `system`. After one
    /// every later call answers with the same.
    Result<> flush();

 private:
    Result<> flush_if_full();

    int descriptor_;
    MessageFormat format_;
    std::function<void(const Progress&)> progress_;
    std::string waiting_;  ///< Whole lines.
    Result<> broken_;      ///< The first failed write: what the reader has got is unknown.
};

}  // namespace streams
