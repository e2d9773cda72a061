#include "schema/validator.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <re2/re2.h>

namespace streams {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kExcerptBytes = 40;

Kinds kind_of(char first) {
    switch (first) {
        case '"':
            return kTextKind;
        case 't':
        case 'f':
            return kBooleanKind;
        case 'n':
            return kNullKind;
        case '{':
            return kObjectKind;
        case '[':
            return kArrayKind;
        default:
            return kNumberKind;
    }
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string excerpt(std::string_view value) {
    if (value.size() <= kExcerptBytes) return std::string(value);
    std::size_t size = kExcerptBytes;
    while (size > 0 && (static_cast<unsigned char>(value[size]) & 0xC0U) == 0x80) --size;
    return std::string(value.substr(0, size)) + "...";
}

// Walks JSON that is known to be good, so that no step has to look for an end.
class Walk {
 public:
    explicit Walk(std::string_view text) : at_(text.data()), last_(at_ + text.size()) {}

    char peek() {
        while (at_ != last_ && is_blank(*at_)) ++at_;
        return at_ == last_ ? '\0' : *at_;
    }
    void step() { ++at_; }

    std::string_view take_string() {
        peek();
        const char* const begin = at_++;
        while (at_ != last_ && *at_ != '"') at_ += *at_ == '\\' ? 2 : 1;
        ++at_;
        return {begin, static_cast<std::size_t>(at_ - begin)};
    }

    std::string_view take_value() {
        const char first = peek();
        if (first == '"') return take_string();
        const char* const begin = at_;
        if (first != '{' && first != '[') {
            while (at_ != last_ && !is_blank(*at_) && *at_ != ',' && *at_ != ']' && *at_ != '}') {
                ++at_;
            }
            return {begin, static_cast<std::size_t>(at_ - begin)};
        }
        std::size_t depth = 0;
        do {
            const char c = *at_;
            if (c == '"') {
                take_string();
                continue;
            }
            if (c == '{' || c == '[') ++depth;
            if (c == '}' || c == ']') --depth;
            ++at_;
        } while (depth > 0 && at_ != last_);
        return {begin, static_cast<std::size_t>(at_ - begin)};
    }

 private:
    const char* at_;
    const char* last_;
};

std::string unescaped(std::string_view quoted) {
    const std::string_view raw = quoted.substr(1, quoted.size() - 2);
    if (raw.find('\\') == std::string_view::npos) return std::string(raw);
    const Json value = Json::parse(quoted, nullptr, false);
    return value.is_string() ? value.get<std::string>() : std::string(raw);
}

std::int64_t count_characters(std::string_view quoted) {
    const std::string text = unescaped(quoted);
    return std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; });
}

std::string join(std::string_view first, const std::string& rest) {
    return rest.empty() ? std::string(first) : std::string(first) + "/" + rest;
}

bool fault_at(CheckFault& fault, std::string what) {
    fault.path.clear();
    fault.what = std::move(what);
    return false;
}

bool is_whole_number(std::string_view text) {
    if (text.find_first_of(".eE") == std::string_view::npos) return true;
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return std::isfinite(value) && std::trunc(value) == value;
}

// Below 0, 0 or above 0, as the number is less than, equal to or more than the bound.
int compare(std::string_view text, const Bound& bound) {
    std::int64_t whole = 0;
    const char* const last = text.data() + text.size();
    if (const auto read = std::from_chars(text.data(), last, whole);
        bound.whole && read.ec == std::errc() && read.ptr == last) {
        return whole < *bound.whole ? -1 : whole > *bound.whole ? 1 : 0;
    }
    double value = 0;
    if (std::from_chars(text.data(), last, value).ec == std::errc::result_out_of_range) {
        value = text.front() == '-' ? -HUGE_VAL : HUGE_VAL;
    }
    if (value == bound.value && bound.whole &&
        text.find_first_of(".eE") == std::string_view::npos) {
        return text.front() == '-' ? -1 : 1;  // Beyond 64 bits, and so beyond the bound.
    }
    return value < bound.value ? -1 : value > bound.value ? 1 : 0;
}

bool check_number(const CheckNode& node, std::string_view value, CheckFault& fault) {
    if (node.minimum) {
        const int order = compare(value, *node.minimum);
        if (order < 0 || (order == 0 && node.minimum->exclusive)) {
            return fault_at(fault,
                            excerpt(value) + " is less than the minimum " + node.minimum->text);
        }
    }
    if (node.maximum) {
        const int order = compare(value, *node.maximum);
        if (order > 0 || (order == 0 && node.maximum->exclusive)) {
            return fault_at(fault,
                            excerpt(value) + " is more than the maximum " + node.maximum->text);
        }
    }
    return true;
}

// One check of one value; the values within go through `Validator::check` again.
class Checker {
 public:
    Checker(const Validator& validator, const CheckNode& node, std::string_view value,
            CheckFault& fault)
        : validator_(validator), node_(node), value_(value), fault_(fault) {}

    bool check() {
        const Kinds kind = kind_of(value_.front());
        if ((node_.kinds & kind) == 0 ||
            (kind == kNumberKind && node_.integer && !is_whole_number(value_))) {
            return fault_at(fault_, words_of(node_.kinds, node_.integer) + " was promised, " +
                                        excerpt(value_) + " came");
        }
        return check_values() && check_kind(kind) && check_choices();
    }

 private:
    bool check_kind(Kinds kind) {
        switch (kind) {
            case kNumberKind:
                return check_number(node_, value_, fault_);
            case kTextKind:
                return check_text();
            case kArrayKind:
                return check_array();
            case kObjectKind:
                return check_object();
            default:
                return true;
        }
    }

    bool check_values() {
        if (node_.values.empty()) return true;
        const Json value = Json::parse(value_, nullptr, false);
        const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
        if (std::ranges::find(node_.values, text) != node_.values.end()) return true;
        // 1.0 is 1, also within an object or array.
        const bool is_equal = (value.is_number() || value.is_structured()) &&
                              std::ranges::any_of(node_.values, [&](const std::string& allowed) {
                                  return Json::parse(allowed, nullptr, false) == value;
                              });
        return is_equal ||
               fault_at(fault_, excerpt(value_) + " is none of the values that are allowed");
    }

    bool check_text() {
        if (node_.length_min >= 0 || node_.length_max >= 0) {
            const std::int64_t length = count_characters(value_);
            if (length < node_.length_min) {
                return fault_at(fault_, "a text of " + std::to_string(length) +
                                            " characters is shorter than " +
                                            std::to_string(node_.length_min));
            }
            if (node_.length_max >= 0 && length > node_.length_max) {
                return fault_at(fault_, "a text of " + std::to_string(length) +
                                            " characters is longer than " +
                                            std::to_string(node_.length_max));
            }
        }
        if (node_.pattern < 0) return true;
        const re2::RE2& pattern = *validator_.patterns[static_cast<std::size_t>(node_.pattern)];
        return re2::RE2::PartialMatch(unescaped(value_), pattern) ||
               fault_at(fault_,
                        excerpt(value_) + " does not match the pattern " + pattern.pattern());
    }

    bool check_array() {
        if (node_.items < 0 && node_.items_min < 0 && node_.items_max < 0) return true;
        Walk walk(value_);
        walk.step();
        std::int64_t count = 0;
        while (walk.peek() != ']') {
            const std::string_view item = walk.take_value();
            if (node_.items >= 0 && !validator_.check(node_.items, item, fault_)) {
                fault_.path = join(std::to_string(count), fault_.path);
                return false;
            }
            ++count;
            if (walk.peek() == ',') walk.step();
        }
        if (count < node_.items_min) {
            return fault_at(fault_, std::to_string(count) + " items are fewer than " +
                                        std::to_string(node_.items_min));
        }
        if (node_.items_max >= 0 && count > node_.items_max) {
            return fault_at(fault_, std::to_string(count) + " items are more than " +
                                        std::to_string(node_.items_max));
        }
        return true;
    }

    bool check_object() {
        if (node_.properties.empty() && node_.required.empty() && node_.others < 0 &&
            node_.others_allowed) {
            return true;
        }
        Walk walk(value_);
        walk.step();
        std::vector<std::string> missing = node_.required;
        while (walk.peek() != '}') {
            const std::string name = unescaped(walk.take_string());
            walk.peek();
            walk.step();  // The colon.
            const std::string_view member = walk.take_value();
            std::erase(missing, name);
            if (!check_member(name, member)) return false;
            if (walk.peek() == ',') walk.step();
        }
        return missing.empty() || fault_at(fault_, "\"" + missing.front() + "\" is missing");
    }

    bool check_member(const std::string& name, std::string_view member) {
        const auto found = node_.properties.find(name);
        std::int32_t node = node_.others;
        if (found != node_.properties.end()) {
            node = found->second;
        } else if (!node_.others_allowed) {
            return fault_at(fault_, "\"" + excerpt(name) + "\" is not allowed");
        }
        if (node < 0 || validator_.check(node, member, fault_)) return true;
        fault_.path = join(excerpt(name), fault_.path);
        return false;
    }

    bool check_choices() {
        for (const std::int32_t part : node_.all_of) {
            if (!validator_.check(part, value_, fault_)) return false;
        }
        for (const auto& choices : node_.any_of) {
            if (count_matches(choices) == 0) return false;
        }
        for (const auto& choices : node_.one_of) {
            const std::size_t matches = count_matches(choices);
            if (matches == 0) return false;
            if (matches > 1) {
                return fault_at(fault_, excerpt(value_) + " matches several of oneOf");
            }
        }
        return true;
    }

    std::size_t count_matches(const std::vector<std::int32_t>& choices) {
        std::size_t matches = 0;
        for (const std::int32_t choice : choices) {
            if (choice < 0 || validator_.check(choice, value_, fault_)) ++matches;
        }
        return matches;
    }

    const Validator& validator_;
    const CheckNode& node_;
    std::string_view value_;
    CheckFault& fault_;
};

}  // namespace

Validator::Validator() = default;
Validator::~Validator() = default;

bool Validator::check(std::int32_t node, std::string_view value, CheckFault& fault) const {
    return Checker(*this, nodes[static_cast<std::size_t>(node)], value, fault).check();
}

}  // namespace streams
