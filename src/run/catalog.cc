#include "run/catalog.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "program/command_line.h"
#include "run/shell_words.h"

namespace streams {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool matches(std::string_view pattern, const Json& stream) {
    return matches_glob(pattern, text_of(stream, "tap_stream_id")) ||
           matches_glob(pattern, text_of(stream, "stream"));
}

bool is_exclusion(const std::string& pattern) {
    return pattern.starts_with('!');
}

bool is_wanted(const Json& stream, const std::vector<std::string>& patterns) {
    bool wanted = std::ranges::all_of(patterns, is_exclusion);
    for (const auto& pattern : patterns) {
        const std::string_view text(pattern);
        if (is_exclusion(pattern) && matches(text.substr(1), stream)) return false;
        if (!is_exclusion(pattern) && matches(text, stream)) wanted = true;
    }
    return wanted;
}

// The metadata of a breadcrumb, made where it is missing; null: the catalog has no metadata.
Json* metadata_at(Json& stream, const Json& breadcrumb) {
    auto& entries = stream["metadata"];
    if (entries.is_null()) entries = Json::array();
    if (!entries.is_array()) return nullptr;
    for (auto& entry : entries) {
        if (!entry.is_object() || !entry.contains("breadcrumb")) continue;
        if (entry["breadcrumb"] == breadcrumb && entry["metadata"].is_object()) {
            return &entry["metadata"];
        }
    }
    entries.push_back({{"breadcrumb", breadcrumb}, {"metadata", Json::object()}});
    return &entries.back()["metadata"];
}

void select_fields(Json& stream) {
    for (auto& entry : stream["metadata"]) {
        if (!entry.is_object() || !entry.contains("metadata")) continue;
        auto& metadata = entry["metadata"];
        const bool is_root = entry["breadcrumb"].empty();
        if (is_root || text_of(metadata, "inclusion") != "available") continue;
        if (metadata.contains("selected")) continue;
        metadata["selected"] = metadata.value("selected-by-default", Json(true)) != Json(false);
    }
    // The older way, without metadata.
    const auto schema = stream.find("schema");
    if (schema == stream.end() || !schema->is_object() || !schema->contains("properties")) return;
    for (auto& field : (*schema)["properties"]) {
        if (text_of(field, "inclusion") == "available" && !field.contains("selected")) {
            field["selected"] = true;
        }
    }
}

void set_method(Json& stream, Json& root) {
    const bool is_set =
        root.contains("replication-method") || stream.contains("replication_method");
    if (is_set) return;
    const auto forced = text_of(root, "forced-replication-method");
    root["replication-method"] = forced.empty() ? "FULL_TABLE" : forced;
}

void mark(Json& stream, bool selected) {
    auto* root = metadata_at(stream, Json::array());
    if (root != nullptr) {
        (*root)["selected"] = selected;
        if (selected) set_method(stream, *root);
    }
    auto schema = stream.find("schema");
    if (schema != stream.end() && schema->is_object()) (*schema)["selected"] = selected;
    if (stream.contains("is_selected")) stream["is_selected"] = selected;
    if (stream.contains("selected")) stream["selected"] = selected;
    if (selected && root != nullptr) select_fields(stream);
}

std::unexpected<Error> unknown_stream(const std::string& pattern, const Json& streams,
                                      std::string_view flag) {
    std::vector<std::string> names;
    for (const auto& stream : streams) names.push_back(text_of(stream, "tap_stream_id"));
    const auto meant = nearest(pattern, names);
    std::string remedy = "the source has: ";
    for (std::size_t index = 0; index < names.size() && index < 10; ++index) {
        remedy += (index == 0 ? "" : ", ") + names[index];
    }
    if (names.size() > 10) remedy += ", ...";
    if (!meant.empty()) remedy = "did you mean " + meant + "?";
    return std::unexpected(
        Error{ErrorKind::Config,
              "stream-unknown",
              "no stream of the source matches " + std::string(flag) + ' ' + pattern,
              {},
              {},
              std::move(remedy)});
}

Result<> check_patterns(const std::vector<std::string>& patterns, const Json& streams) {
    for (const auto& pattern : patterns) {
        const auto text = std::string_view(pattern).substr(is_exclusion(pattern) ? 1 : 0);
        const bool known =
            std::ranges::any_of(streams, [&](const Json& it) { return matches(text, it); });
        if (!known) return unknown_stream(std::string(text), streams, "--stream");
    }
    return {};
}

}  // namespace

Result<SelectedCatalog> select_streams(std::string_view catalog,
                                       const std::vector<std::string>& patterns) {
    auto document = Json::parse(catalog, nullptr, false);
    if (!document.is_object() || !document.contains("streams") || !document["streams"].is_array()) {
        return fail(ErrorKind::Data, "catalog", "what the source discovered is no catalog");
    }
    auto& streams = document["streams"];
    for (const auto& stream : streams) {
        if (!stream.is_object()) {
            return fail(ErrorKind::Data, "catalog", "a stream of the catalog is no object");
        }
    }
    STREAMS_TRY(check_patterns(patterns, streams));
    SelectedCatalog result{{}, streams.size(), 0};
    for (auto& stream : streams) {
        const bool wanted = is_wanted(stream, patterns);
        mark(stream, wanted);
        if (wanted) ++result.selected;
    }
    if (result.selected == 0) {
        return std::unexpected(Error{
            ErrorKind::Config,
            "nothing-selected",
            streams.empty() ? "the source has no streams" : "--stream leaves no stream selected",
            {},
            {},
            {}});
    }
    result.text = document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
    return result;
}

Result<> check_streams(std::string_view catalog, const std::vector<std::string>& names,
                       std::string_view flag) {
    const auto document = Json::parse(catalog, nullptr, false);
    if (!document.is_object() || !document.contains("streams")) return {};
    const auto& streams = document["streams"];
    for (const auto& name : names) {
        const bool known = std::ranges::any_of(streams, [&](const Json& stream) {
            return text_of(stream, "tap_stream_id") == name || text_of(stream, "stream") == name;
        });
        if (!known) return unknown_stream(name, streams, flag);
    }
    return {};
}

}  // namespace streams
