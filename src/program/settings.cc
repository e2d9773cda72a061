#include "program/settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "program/config_file.h"
#include "program/setting_value.h"
#include "program/url.h"

namespace streams {
namespace {

using Json = nlohmann::json;
using Values = std::map<std::string, Settings::Value, std::less<>>;

constexpr std::size_t kConfigBytesMax = std::size_t{16} << 20;

const Setting* find_setting(const Spec& spec, std::string_view name) {
    const auto found = std::ranges::find(spec.settings(), name, &Setting::name);
    return found == spec.settings().end() ? nullptr : &*found;
}

Error unknown_setting(const ProgramShape& shape, const std::string& name, std::string where) {
    std::vector<std::string> known;
    for (const auto& setting : shape.spec.settings()) known.push_back(setting.name);
    const auto meant = nearest(name, known);
    Error error{ErrorKind::Config,
                "unknown-setting",
                shape.program + " has no setting \"" + ascii_excerpt(name, 60) + '"',
                std::move(where),
                {},
                "see: " + shape.program + " --help"};
    if (!meant.empty()) error.remedy = "did you mean \"" + meant + "\"?";
    return error;
}

std::string upper(std::string_view text) {
    std::string upper_text;
    for (const char byte : text) {
        const bool is_lower = byte >= 'a' && byte <= 'z';
        upper_text += is_lower ? static_cast<char>(byte - 'a' + 'A') : byte == '-' ? '_' : byte;
    }
    return upper_text;
}

class Resolver {
 public:
    Resolver(const ProgramShape& shape, const Environment& environment)
        : shape_(shape), environment_(environment) {}

    Result<> take_defaults() {
        for (const auto& setting : shape_.spec.settings()) {
            if (!setting.fallback.empty())
                STREAMS_TRY(take_text(setting, setting.fallback, "default"));
            if (setting.variable.empty()) continue;
            const auto value = environment_.find(setting.variable);
            if (value && !value->empty()) STREAMS_TRY(take_text(setting, *value, setting.variable));
        }
        return {};
    }

    Result<> take_file(const std::string& path) {
        auto text = read_file(path, kConfigBytesMax);
        if (!text) return while_doing("read the settings", std::move(text).error());
        auto config = parse_config(*text, path);
        if (!config) return std::unexpected(std::move(config).error());
        if (config->is_null()) return {};
        if (!config->is_object()) {
            return fail(ErrorKind::Config, "config-syntax",
                        path + ": settings are an object, {\"name\": value}");
        }
        const auto lookup = [this](std::string_view name) { return environment_.find(name); };
        if (auto expanded = expand(*config, folder_of(path), lookup); !expanded) {
            return while_doing(path, std::move(expanded).error());
        }
        bool holds_secret = false;
        for (const auto& [name, value] : config->items()) {
            const auto* setting = find_setting(shape_.spec, name);
            if (setting == nullptr) return std::unexpected(unknown_setting(shape_, name, path));
            if (value.is_null()) continue;
            holds_secret = holds_secret || setting->secret;
            auto taken = value_of_json(*setting, value, path);
            if (!taken) return std::unexpected(std::move(taken).error());
            values_[name] = *std::move(taken);
        }
        if (holds_secret) warn_of_readers(path);
        return {};
    }

    Result<> take_variables() {
        const auto prefix = shape_.variable_prefix();
        if (prefix.empty()) return {};
        for (const auto& [name, value] : environment_.variables) {
            if (!name.starts_with(prefix)) continue;
            const auto& settings = shape_.spec.settings();
            const auto setting = std::ranges::find_if(
                settings, [&](const auto& it) { return prefix + upper(it.name) == name; });
            if (setting == settings.end()) {
                log_warning("the variable " + name + " names no setting of " + shape_.program);
            } else {
                STREAMS_TRY(take_text(*setting, value, name));
            }
        }
        return {};
    }

    Result<> take_url(const std::string& text, const std::string& origin) {
        auto url = parse_url(text);
        if (!url) return std::unexpected(std::move(url).error());
        const auto& schemes = shape_.abilities.schemes;
        if (std::ranges::find(schemes, url->scheme) == schemes.end()) {
            return std::unexpected(Error{
                ErrorKind::Config,
                "url",
                shape_.program + " does not know URLs that begin with " + url->scheme + ":",
                {},
                {},
                schemes.empty() ? std::string() : "its URLs begin with " + schemes.front() + ":"});
        }
        const auto* path = find_setting(shape_.spec, shape_.path_setting);
        ensure(path != nullptr, "path_setting names a setting");
        if (!url->path.empty()) STREAMS_TRY(take_text(*path, url->path, origin));
        for (const auto& [name, value] : url->query) {
            const auto* setting = find_setting(shape_.spec, name);
            if (setting == nullptr) return std::unexpected(unknown_setting(shape_, name, origin));
            STREAMS_TRY(take_text(*setting, value, origin));
        }
        return {};
    }

    void take_flags(const Values& flags) {
        for (const auto& [name, value] : flags) values_[name] = value;
    }

    Result<> check_required(const CommandLine& line) const {
        for (const auto& setting : shape_.spec.settings()) {
            if (!setting.required || values_.contains(setting.name)) continue;
            auto remedy = line.under_streams ? given_to_streams(setting)
                                             : "give " + flag_of(setting.name) + ", or \"" +
                                                   setting.name + "\" in --config";
            if (!setting.variable.empty()) remedy += ", or the variable " + setting.variable;
            return std::unexpected(
                Error{ErrorKind::Config,
                      "setting-missing",
                      shape_.program + " needs the setting \"" + setting.name + '"',
                      {},
                      setting.description,
                      std::move(remedy)});
        }
        return {};
    }

    Settings settings() && { return Settings(std::move(values_)); }

 private:
    Result<> take_text(const Setting& setting, const std::string& text, const std::string& origin) {
        auto value = value_of_text(setting, text, origin);
        if (!value) return std::unexpected(std::move(value).error());
        values_[setting.name] = *std::move(value);
        return {};
    }

    std::string given_to_streams(const Setting& setting) const {
        if (setting.name == shape_.path_setting && !shape_.abilities.schemes.empty()) {
            return "name it in the URL: " + shape_.abilities.schemes.front() + ":" +
                   upper(setting.name);
        }
        const bool of_source = shape_.kind == ProgramShape::Kind::Streamer;
        return std::string("give ") + (of_source ? "--set " : "--to ") + setting.name + "=...";
    }

    static void warn_of_readers(const std::string& path) {
        struct stat found = {};
        if (::stat(path.c_str(), &found) == 0 && (found.st_mode & S_IROTH) != 0) {
            log_warning(path +
                        " holds a secret, and everyone on this machine may read it: chmod 600 " +
                        path);
        }
    }

    const ProgramShape& shape_;
    const Environment& environment_;
    Values values_;
};

}  // namespace

std::string ProgramShape::variable_prefix() const {
    switch (kind) {
        case Kind::Persister:
            return "PERSIST_" + upper(spec.name()) + '_';
        case Kind::Streamer:
            return "STREAM_" + upper(spec.name()) + '_';
        case Kind::Tool:
            break;
    }
    return {};
}

std::optional<std::string> Environment::find(std::string_view name) const {
    for (const auto& [known, value] : variables) {
        if (known == name) return value;
    }
    return std::nullopt;
}

Environment process_environment() {
    Environment environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) continue;
        environment.variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

Result<Settings> resolve_settings(const ProgramShape& shape, const CommandLine& line,
                                  const Environment& environment) {
    return resolve_settings(shape, line, environment, true);
}

Result<Settings> resolve_settings(const ProgramShape& shape, const CommandLine& line,
                                  const Environment& environment, bool required) {
    Resolver resolver(shape, environment);
    STREAMS_TRY(resolver.take_defaults());
    for (const auto& path : line.config_files) STREAMS_TRY(resolver.take_file(path));
    STREAMS_TRY(resolver.take_variables());
    if (!line.url.empty()) STREAMS_TRY(resolver.take_url(line.url, line.options.origin("url")));
    resolver.take_flags(line.flags);
    if (required) STREAMS_TRY(resolver.check_required(line));
    return std::move(resolver).settings();
}

}  // namespace streams
