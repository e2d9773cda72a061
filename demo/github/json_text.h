#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace streams::demo {

/// Writes one JSON object, member by member, in the order of the calls.
///
/// A document library would cost seconds of compilation and sort the members; GitHub does not.
class JsonObject {
 public:
    JsonObject& text(std::string_view key, std::string_view value);
    JsonObject& number(std::string_view key, std::int64_t value);
    JsonObject& flag(std::string_view key, bool value);
    JsonObject& null(std::string_view key);
    /// `value` is JSON already.
    JsonObject& json(std::string_view key, std::string_view value);
    /// An empty `value` becomes null.
    JsonObject& text_or_null(std::string_view key, std::string_view value);
    /// An empty `value` becomes null.
    JsonObject& json_or_null(std::string_view key, std::string_view value);

    std::string str() const { return text_ + '}'; }

 private:
    void begin(std::string_view key);

    std::string text_ = "{";
};

/// The elements, which are JSON already, as a JSON array.
std::string json_list(const std::vector<std::string>& elements);

/// `value` with quotes around it; bytes above 0x7f are kept as they are.
std::string json_quoted(std::string_view value);

}  // namespace streams::demo
