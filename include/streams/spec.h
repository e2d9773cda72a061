#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/error.h"

namespace streams {

/// One setting of a program. Help, flags, variables, `describe` and the checks come from it.
struct Setting {
    enum class Kind : std::uint8_t { Text, Integer, Number, Boolean, List, Json };

    std::string name;  ///< `a_b`: the flag is `--a-b`, the variable `PERSIST_<NAME>_A_B`.
    Kind kind = Kind::Text;
    std::string description;  ///< One sentence.
    std::string fallback;     ///< The default, as text; empty: none.
    std::string variable;     ///< A conventional variable, weaker than --config: `GITHUB_TOKEN`.
    std::vector<std::string> choices;
    bool required = false;
    bool secret = false;    ///< Never printed.
    bool identity = false;  ///< Part of the print of a source.
};

/// The settings of a program, described once.
///
///     Spec("sqlite", "Loads each stream into a table of one SQLite file.")
///         .add({.name = "path", .description = "The database file.", .required = true});
class Spec {
 public:
    Spec(std::string name, std::string description)
        : name_(std::move(name)), description_(std::move(description)) {}

    Spec&& add(Setting setting) && {
        settings_.push_back(std::move(setting));
        return std::move(*this);
    }
    void append(Setting setting) { settings_.push_back(std::move(setting)); }

    const std::string& name() const { return name_; }
    const std::string& description() const { return description_; }
    const std::vector<Setting>& settings() const { return settings_; }

 private:
    std::string name_;
    std::string description_;
    std::vector<Setting> settings_;
};

/// The values of a program's settings: known, of the right kind, defaults filled in.
class Settings {
 public:
    struct Value {
        std::string text;    ///< A list is a JSON array; `true`, `false`; of kind Json, JSON.
        std::string origin;  ///< For messages: `--path`, `GITHUB_TOKEN`, `config.json`, `default`.
    };

    Settings() = default;
    explicit Settings(std::map<std::string, Value, std::less<>> values)
        : values_(std::move(values)) {}

    bool has(std::string_view name) const { return values_.find(name) != values_.end(); }

    /// Empty where the setting has no value.
    const std::string& text(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    double number(std::string_view name) const;
    bool boolean(std::string_view name) const;
    std::vector<std::string> list(std::string_view name) const;

    /// Where the value came from; empty where there is none.
    const std::string& origin(std::string_view name) const;

 private:
    std::map<std::string, Value, std::less<>> values_;
};

}  // namespace streams
