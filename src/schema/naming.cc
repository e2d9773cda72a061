#include "schema/naming.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace streams {
namespace {

// Columns that any table may get later, whatever its settings are today.
constexpr std::array<std::string_view, 2> kOurs = {"_sdc_table_version", "_sdc_deleted_at"};
constexpr std::string_view kOurPrefix = "_streams_";
constexpr std::size_t kHashDigits = 8;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) { return lower(c); });
    return result;
}

// FNV-1a: the names that it makes are stored, so it may never change.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) {
        hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
    }
    return hash;
}

std::string hex(std::uint64_t value, std::size_t digits) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < digits; ++i) text += kDigits[value >> (60 - 4 * i) & 15];
    return text;
}

// The longest start of `text` that has at most `bytes` bytes and cuts no character.
std::string_view cut(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<std::uint8_t>(text[bytes]) & 0xC0U) == 0x80) --bytes;
    return text.substr(0, bytes);
}

}  // namespace

Names::Names(const Naming& naming) : naming_(naming) {
    for (const std::string& name : naming.reserved) reserved_.insert(folded(name));
}

std::string Names::folded(std::string_view name) const {
    return naming_.folds_case ? lower(name) : std::string(name);
}

void Names::take(std::string_view name) {
    taken_.insert(folded(name));
}

bool Names::is_free(std::string_view name) const {
    return !taken_.contains(folded(name));
}

bool Names::can_hold(std::string_view name) const {
    if (name.empty() && !naming_.takes_empty) return false;
    if (naming_.name_bytes_max != 0 && name.size() > naming_.name_bytes_max) return false;
    if (name.find_first_of(naming_.forbidden) != std::string_view::npos) return false;
    return !reserved_.contains(folded(name));
}

std::string Names::choose(std::string_view path, std::string_view suffix) {
    std::string wanted(path);
    wanted += suffix;
    const std::string low = lower(wanted);
    const bool is_ours =
        low.starts_with(kOurPrefix) || std::ranges::find(kOurs, low) != kOurs.end();
    if (!is_ours && can_hold(wanted) && is_free(wanted)) {
        take(wanted);
        return wanted;
    }
    return short_form(is_ours ? "r" + wanted : wanted, wanted);
}

std::string Names::choose_own(std::string_view own) {
    if (is_free(own)) {
        take(own);
        return std::string(own);
    }
    return short_form(own, std::string("streams:") += own);
}

std::string Names::short_form(std::string_view wanted, std::string_view hashed) {
    std::string readable(wanted);
    for (char& c : readable) {
        if (naming_.forbidden.find(c) != std::string::npos) c = '_';
    }
    std::string text(hashed);
    for (std::size_t digits = kHashDigits;; digits = 16) {
        const std::string tail = "__" + hex(hash_of(text), digits);
        const std::size_t room =
            naming_.name_bytes_max == 0 ? readable.size() : naming_.name_bytes_max - tail.size();
        std::string name = std::string(cut(readable, room)) + tail;
        if (can_hold(name) && is_free(name)) {
            take(name);
            return name;
        }
        if (digits == 16) text += '+';
    }
}

}  // namespace streams
