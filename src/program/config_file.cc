#include "program/config_file.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "base/file.h"

namespace streams {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kValuesMax = 200'000;
constexpr std::size_t kTextBytesMax = std::size_t{64} << 20;
constexpr int kLevelsMax = 100;
constexpr std::size_t kIncludedBytesMax = std::size_t{1} << 20;

std::unexpected<Error> bad_syntax(const std::string& where, std::string_view what) {
    return std::unexpected(
        Error{ErrorKind::Config, "config-syntax", where + ": " + std::string(what), {}, {}, {}});
}

std::string position_of(std::string_view text, std::size_t byte, const std::string& name) {
    const auto before = text.substr(0, std::min(byte, text.size()));
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto line_start = before.rfind('\n');
    const auto column =
        line_start == std::string_view::npos ? before.size() + 1 : before.size() - line_start;
    return name + ':' + std::to_string(line) + ':' + std::to_string(column);
}

// The place where brackets are nested too deeply; npos: nowhere.
std::size_t too_deep(std::string_view text) {
    int level = 0;
    bool in_text = false;
    for (std::size_t index = 0; index < text.size(); ++index) {
        const char byte = text[index];
        if (in_text) {
            if (byte == '\\') ++index;
            if (byte == '"') in_text = false;
        } else if (byte == '"') {
            in_text = true;
        } else if (byte == '{' || byte == '[') {
            if (++level > kLevelsMax) return index;
        } else if (byte == '}' || byte == ']') {
            --level;
        }
    }
    return std::string_view::npos;
}

Result<Json> parse_json(std::string_view text, const std::string& name) {
    if (const auto place = too_deep(text); place != std::string_view::npos) {
        return bad_syntax(position_of(text, place, name), "nested too deeply");
    }
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        // Its text quotes what it read, which may be a secret; only the place is told.
        const auto place = error.byte == 0 ? 0 : error.byte - 1;
        const bool at_end = place >= text.size();
        return bad_syntax(position_of(text, place, name), at_end
                                                              ? "this is no JSON: it ends too early"
                                                              : "this is no JSON from here on");
    }
}

bool is_one_of(const std::string& text, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, text) != words.end();
}

// A number of YAML's core schema; discarded: it is none.
Json number_of(std::string_view text) {
    auto digits = text;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto* end = digits.data() + digits.size();
    const int base = digits.starts_with("0x") ? 16 : digits.starts_with("0o") ? 8 : 10;
    std::int64_t integer = 0;
    const auto* begin = digits.data() + (base == 10 ? 0 : 2);
    const auto whole = std::from_chars(begin, end, integer, base);
    if (begin != end && whole.ec == std::errc() && whole.ptr == end) return integer;
    const bool plain = std::ranges::all_of(digits, [](char it) {
        return (it >= '0' && it <= '9') || it == '.' || it == 'e' || it == 'E' || it == '-' ||
               it == '+';
    });
    double real = 0;
    const auto fraction = std::from_chars(digits.data(), end, real);
    if (plain && fraction.ec == std::errc() && fraction.ptr == end) return real;
    return Json(Json::value_t::discarded);
}

Json scalar_of(const YAML::Node& node) {
    const auto& text = node.Scalar();
    const auto& tag = node.Tag();
    if (tag != "?" && !tag.empty() && !tag.starts_with("tag:yaml.org,2002:")) return text;
    if (tag == "tag:yaml.org,2002:str") return text;
    if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
    if (is_one_of(text, {"true", "True", "TRUE"})) return true;
    if (is_one_of(text, {"false", "False", "FALSE"})) return false;
    auto number = number_of(text);
    return number.is_discarded() ? Json(text) : number;
}

// Turns nodes into JSON and stops when aliases make them too many.
class YamlReader {
 public:
    explicit YamlReader(const std::string& name) : name_(name) {}

    Result<Json> read(const YAML::Node& node, int level) {
        if (++values_ > kValuesMax || level > kLevelsMax) {
            return bad_syntax(name_,
                              "too many values, or nested too deeply, once aliases are followed");
        }
        switch (node.Type()) {
            case YAML::NodeType::Scalar:
                return scalar(node);
            case YAML::NodeType::Sequence:
                return sequence(node, level);
            case YAML::NodeType::Map:
                return map(node, level);
            case YAML::NodeType::Null:
            case YAML::NodeType::Undefined:
                break;
        }
        return Json(nullptr);
    }

 private:
    Result<Json> scalar(const YAML::Node& node) {
        bytes_ += node.Scalar().size();
        if (bytes_ > kTextBytesMax)
            return bad_syntax(name_, "too much text once aliases are followed");
        return scalar_of(node);
    }

    Result<Json> sequence(const YAML::Node& node, int level) {
        Json items = Json::array();
        for (const auto& one : node) {
            auto item = read(one, level + 1);
            if (!item) return item;
            items.push_back(*std::move(item));
        }
        return items;
    }

    Result<Json> map(const YAML::Node& node, int level) {
        Json object = Json::object();
        Json merged = Json::object();
        for (const auto& one : node) {
            if (!one.first.IsScalar())
                return bad_syntax(place(one.first), "a key has to be a text");
            auto value = read(one.second, level + 1);
            if (!value) return value;
            const auto& key = one.first.Scalar();
            if (key == "<<" && one.first.Tag() == "?") {
                merge(merged, *value);
            } else if (object.contains(key)) {
                return bad_syntax(place(one.first), "a key comes twice");
            } else {
                object[key] = *std::move(value);
            }
        }
        for (auto& [key, value] : merged.items()) {
            if (!object.contains(key)) object[key] = value;
        }
        return object;
    }

    // The first of several maps wins.
    static void merge(Json& into, const Json& from) {
        if (from.is_array()) {
            for (const auto& one : from) merge(into, one);
        } else if (from.is_object()) {
            into.insert(from.begin(), from.end());
        }
    }

    std::string place(const YAML::Node& node) const {
        const auto mark = node.Mark();
        return name_ + ':' + std::to_string(mark.line + 1) + ':' + std::to_string(mark.column + 1);
    }

    const std::string& name_;
    std::size_t values_ = 0;
    std::size_t bytes_ = 0;
};

Result<Json> parse_yaml(std::string_view text, const std::string& name) {
    try {
        const auto documents = YAML::LoadAll(std::string(text));
        if (documents.empty()) return Json(nullptr);
        if (documents.size() > 1)
            return bad_syntax(name, "one YAML document was expected, not several");
        return YamlReader(name).read(documents.front(), 0);
    } catch (const YAML::Exception& error) {
        // Messages of the parser are fixed texts; those of the scanner too.
        const auto line = std::to_string(error.mark.line + 1);
        const auto column = std::to_string(error.mark.column + 1);
        return bad_syntax(name + ':' + line + ':' + column, "this is no YAML: " + error.msg);
    }
}

bool is_json(std::string_view text, std::string_view name) {
    if (name.ends_with(".yaml") || name.ends_with(".yml")) return false;
    if (name.ends_with(".json")) return true;
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && text[first] == '{';
}

Result<std::string> replacement(std::string_view name, const std::string& folder,
                                const Lookup& lookup) {
    if (name.starts_with("file:")) {
        std::string path(name.substr(5));
        if (!path.starts_with('/') && !folder.empty()) path = folder + '/' + path;
        auto text = read_file(path, kIncludedBytesMax);
        if (!text) return text;
        if (text->ends_with('\n')) text->pop_back();
        if (text->ends_with('\r')) text->pop_back();
        return text;
    }
    if (auto value = lookup(name)) return *std::move(value);
    return fail(ErrorKind::Config, "variable-missing",
                "there is no variable " + std::string(name) + " in the environment");
}

Result<std::string> expand_text(std::string_view text, const std::string& folder,
                                const Lookup& lookup) {
    std::string expanded;
    while (true) {
        const auto dollar = text.find('$');
        expanded += text.substr(0, dollar);
        if (dollar == std::string_view::npos) return expanded;
        text.remove_prefix(dollar + 1);
        if (text.starts_with('$')) {
            expanded += '$';
            text.remove_prefix(1);
        } else if (text.starts_with('{')) {
            const auto end = text.find('}');
            if (end == std::string_view::npos) {
                return fail(ErrorKind::Config, "config-syntax",
                            "${ has no } (a dollar is written $$)");
            }
            auto value = replacement(text.substr(1, end - 1), folder, lookup);
            if (!value) return value;
            expanded += *value;
            text.remove_prefix(end + 1);
        } else {
            expanded += '$';
        }
    }
}

}  // namespace

Result<Json> parse_config(std::string_view text, const std::string& name) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return is_json(text, name) ? parse_json(text, name) : parse_yaml(text, name);
}

Result<> expand(Json& value, const std::string& folder, const Lookup& lookup) {
    if (value.is_string()) {
        auto expanded = expand_text(value.get_ref<const std::string&>(), folder, lookup);
        if (!expanded) return std::unexpected(std::move(expanded).error());
        value = *std::move(expanded);
    } else if (value.is_structured()) {
        for (auto& inner : value) STREAMS_TRY(expand(inner, folder, lookup));
    }
    return {};
}

}  // namespace streams
