#include "streamers/file/column_guess.h"

#include <algorithm>
#include <charconv>

namespace streams::file_source {
namespace {

constexpr std::size_t kDigitsMax = 38;
constexpr std::string_view kDigits = "0123456789";

}  // namespace

void ColumnGuess::add(std::string_view value) {
    if (seen_ == Seen::Text) return;
    if (value == "true" || value == "false") {
        seen_ = seen_ == Seen::None || seen_ == Seen::Boolean ? Seen::Boolean : Seen::Text;
        return;
    }
    if (seen_ == Seen::Boolean) {
        seen_ = Seen::Text;
        return;
    }
    add_number(value);
}

void ColumnGuess::add_number(std::string_view value) {
    seen_ = Seen::Text;  // Until the value has shown that it is a number.
    const bool is_negative = value.starts_with('-');
    if (is_negative) value.remove_prefix(1);
    const auto whole = std::min(value.find_first_not_of(kDigits), value.size());
    if (whole == 0 || value.size() > kDigitsMax + 1) return;
    if (value[0] == '0' && whole > 1) return;
    std::size_t scale = 0;
    if (whole < value.size()) {
        const auto fraction = value.substr(whole + 1);
        if (value[whole] != '.' || fraction.empty() ||
            fraction.find_first_not_of(kDigits) != std::string_view::npos) {
            return;
        }
        scale = fraction.size();
        has_fraction_ = true;
        has_zeros_ = has_zeros_ || fraction.ends_with('0');
    }
    if (is_negative && value.find_first_of("123456789") == std::string_view::npos) return;  // -0
    if (value.size() - (scale != 0 ? 1 : 0) > kDigitsMax) return;
    is_uniform_ = is_uniform_ && (is_first_ || scale == scale_);
    scale_ = scale;
    is_first_ = false;
    seen_ = Seen::Numeric;
}

ColumnGuess::Kind ColumnGuess::kind() const {
    switch (seen_) {
        case Seen::None:
            return Kind::Nothing;
        case Seen::Boolean:
            return Kind::Boolean;
        case Seen::Text:
            return Kind::Text;
        case Seen::Numeric:
            break;
    }
    if (!has_fraction_) return Kind::Integer;
    if (!has_zeros_) return Kind::Number;
    return is_uniform_ ? Kind::Decimal : Kind::Text;
}

void ColumnGuess::follow(const ColumnGuess& earlier) {
    const auto before = earlier.kind();
    const auto now = kind();
    if (before == Kind::Nothing) return;
    const bool mixes = (before == Kind::Boolean) != (now == Kind::Boolean);
    const bool is_narrower = now == Kind::Integer && before != Kind::Integer;
    const bool has_its_scale =
        before == Kind::Decimal && now == Kind::Number && is_uniform_ && scale_ == earlier.scale_;
    if (now == Kind::Nothing || is_narrower || has_its_scale) {
        const bool is_text = before == Kind::Text || (now != Kind::Nothing && mixes);
        *this = earlier;
        if (is_text) seen_ = Seen::Text;
    } else if (before == Kind::Text || now == Kind::Text || mixes) {
        seen_ = Seen::Text;
    }
}

std::string ColumnGuess::word() const {
    switch (kind()) {
        case Kind::Nothing:
            return {};
        case Kind::Boolean:
            return "boolean";
        case Kind::Integer:
            return "integer";
        case Kind::Decimal:
            return "decimal " + std::to_string(scale_);
        case Kind::Number:
            return "number";
        case Kind::Text:
            break;
    }
    return "text";
}

ColumnGuess ColumnGuess::of_word(std::string_view word) {
    ColumnGuess guess;
    if (word == "boolean") guess.seen_ = Seen::Boolean;
    if (word == "text") guess.seen_ = Seen::Text;
    const bool is_decimal = word.starts_with("decimal ");
    if (word != "integer" && word != "number" && !is_decimal) return guess;
    guess.seen_ = Seen::Numeric;
    guess.is_first_ = false;
    guess.has_fraction_ = word != "integer";
    if (!is_decimal) return guess;
    guess.has_zeros_ = true;
    std::from_chars(word.data() + 8, word.data() + word.size(), guess.scale_);
    return guess;
}

std::string ColumnGuess::schema() const {
    switch (kind()) {
        case Kind::Nothing:
            return {};
        case Kind::Boolean:
            return R"({"type":["null","boolean"]})";
        case Kind::Integer:
            return R"({"type":["null","integer"]})";
        case Kind::Decimal:
            return R"({"type":["null","number"],"multipleOf":0.)" + std::string(scale_ - 1, '0') +
                   "1}";
        case Kind::Number:
            return R"({"type":["null","number"]})";
        case Kind::Text:
            break;
    }
    return R"({"type":["null","string"]})";
}

}  // namespace streams::file_source
