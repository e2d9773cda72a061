#include "storage/object_names.h"

#include <charconv>
#include <cstdint>
#include <fmt/format.h>

#include "base/hash.h"

namespace streams {
namespace {

constexpr std::size_t kBytesMax = 180;  // 255 in most file systems, less our own suffix.

bool stays(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.' ||
           byte >= 0x80;
}

}  // namespace

std::string escaped_part(std::string_view name) {
    std::string part;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto byte = static_cast<unsigned char>(name[i]);
        const bool hides = i == 0 && (byte == '.' || byte == '_');
        if (stays(byte) && !hides) {
            part += name[i];
        } else {
            part += fmt::format("%{:02X}", byte);
        }
    }
    if (part.empty()) return "%";
    if (part.size() <= kBytesMax) return part;
    std::size_t end = kBytesMax - 34;
    while (end > 0 && (static_cast<unsigned char>(part[end]) & 0xC0) == 0x80) --end;
    return part.substr(0, end) + "%-" + sha256_hex(name).substr(0, 32);
}

std::string unescaped_part(std::string_view part) {
    if (part == "%") return {};
    std::string name;
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (part[i] != '%') {
            name += part[i];
            continue;
        }
        unsigned byte = 0;
        const auto digits = part.substr(i + 1, 2);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (error != std::errc() || digits.size() != 2) return std::string(part);
        name += static_cast<char>(byte);
        i += 2;
    }
    return name;
}

}  // namespace streams
