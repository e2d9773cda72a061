#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "message/json_scanner.h"

namespace streams {

/// The members of a message that mean something to us; all others are passed over.
enum class Member : std::uint8_t {
    Type,
    Stream,
    Record,
    Schema,
    Value,
    KeyProperties,
    KeyFields,
    BookmarkProperties,
    Version,
    TimeExtracted,
    AirbyteState,
    AirbyteLog,
    AirbyteTrace,
    AirbyteCatalog,
    AirbyteSpec,
    AirbyteStatus,
    AirbyteControl,
};
inline constexpr std::size_t kMembers = 17;

/// `key_properties`.
std::string_view name_of(Member member);

/// The kind of a value, for messages: `an object`, `null`.
std::string_view kind_of(std::string_view value);

/// The members of one line, by their own bytes.
///
/// Every value of the line is checked, also those that are passed over. Of members with the same
/// name the last one counts; a name may be written with escapes.
class MessageMembers {
 public:
    /// **Errors.** False: the line is no JSON object; `fault` says where.
    bool read(std::string_view line);
    const JsonFault& fault() const { return fault_; }

    /// The value's own bytes; empty where there is none.
    std::string_view operator[](Member member) const {
        return values_[static_cast<std::size_t>(member)];
    }

    /// Whether there is a value and it is not null.
    bool has(Member member) const {
        const std::string_view value = (*this)[member];
        return !value.empty() && value.front() != 'n';
    }

 private:
    std::array<std::string_view, kMembers> values_;
    JsonFault fault_;
    std::string unescaped_;
};

}  // namespace streams
