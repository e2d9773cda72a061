#include "manifest/catalog.h"

#include <algorithm>
#include <fmt/format.h>

namespace streams::manifest {
namespace {

Json texts(const std::vector<std::string>& values) {
    Json list = Json::list();
    for (const std::string& value : values) list.items().push_back(Json::text(value));
    return list;
}

Json metadata_entry(Json breadcrumb, Json metadata) {
    Json entry = Json::object();
    entry.set("breadcrumb", std::move(breadcrumb));
    entry.set("metadata", std::move(metadata));
    return entry;
}

Json metadata_of(const StreamPlan& plan) {
    Json list = Json::list();
    Json whole = Json::object();
    whole.set("inclusion", Json::text("available"));
    whole.set("table-key-properties", texts(plan.key));
    whole.set("forced-replication-method", Json::text(plan.cursor ? "INCREMENTAL" : "FULL_TABLE"));
    if (plan.cursor) whole.set("valid-replication-keys", texts({plan.cursor->field()}));
    list.items().push_back(metadata_entry(Json::list(), std::move(whole)));
    const Json* properties = plan.schema.find("properties");
    if (properties == nullptr) return list;
    for (const auto& [name, schema] : properties->members()) {
        const bool needed = std::ranges::find(plan.key, name) != plan.key.end() ||
                            (plan.cursor && plan.cursor->field() == name);
        Json field = Json::object();
        field.set("inclusion", Json::text(needed ? "automatic" : "available"));
        list.items().push_back(metadata_entry(texts({"properties", name}), std::move(field)));
    }
    return list;
}

Json entry_of(const StreamPlan& plan) {
    Json entry = Json::object();
    entry.set("tap_stream_id", Json::text(plan.name));
    entry.set("stream", Json::text(plan.name));
    entry.set("key_properties", texts(plan.key));
    entry.set("replication_method", Json::text(plan.cursor ? "INCREMENTAL" : "FULL_TABLE"));
    if (plan.cursor) entry.set("replication_key", Json::text(plan.cursor->field()));
    entry.set("schema", plan.schema);
    entry.set("metadata", metadata_of(plan));
    return entry;
}

// Catalogs that people wrote have "true" for true.
std::optional<bool> said_yes(const Json* value) {
    if (value == nullptr || value->is_null()) return std::nullopt;
    return value->is_true() || value->text() == "true";
}

bool is_breadcrumb(const Json& entry, const std::vector<std::string>& path) {
    const Json* breadcrumb = entry.find("breadcrumb");
    return breadcrumb != nullptr && breadcrumb->is_list() && *breadcrumb == texts(path);
}

const Json* metadata_at(const Json& entry, const std::vector<std::string>& path,
                        std::string_view name) {
    const Json* metadata = entry.find("metadata");
    if (metadata == nullptr) return nullptr;
    for (const Json& item : metadata->items()) {
        if (!is_breadcrumb(item, path)) continue;
        const Json* values = item.find("metadata");
        if (values != nullptr) return values->find(name);
    }
    return nullptr;
}

bool is_selected(const Json& entry) {
    const Json* schema = entry.find("schema");
    for (const Json* value : {metadata_at(entry, {}, "selected"), entry.find("selected"),
                              schema != nullptr ? schema->find("selected") : nullptr,
                              metadata_at(entry, {}, "selected-by-default")}) {
        if (const auto said = said_yes(value)) return *said;
    }
    return false;
}

// The stream's own name comes first: `stream` may be an alias of it.
std::string name_of(const Json& entry) {
    for (const std::string_view name : {"tap_stream_id", "stream"}) {
        const Json* value = entry.find(name);
        if (value != nullptr && value->is_text()) return value->text();
    }
    return {};
}

// The older form: an object of schemas by stream.
Json listed(const Json& streams) {
    if (!streams.is_object()) return streams;
    Json list = Json::list();
    for (const auto& [name, schema] : streams.members()) {
        Json entry = Json::object();
        entry.set("stream", Json::text(name));
        entry.set("schema", schema);
        list.items().push_back(std::move(entry));
    }
    return list;
}

}  // namespace

std::string catalog_of(const Manifest& manifest) {
    Json streams = Json::list();
    for (const StreamPlan& plan : manifest.streams) streams.items().push_back(entry_of(plan));
    Json catalog = Json::object();
    catalog.set("streams", std::move(streams));
    return catalog.dump();
}

Selection::Chosen Selection::chosen(const Json& entry, const StreamPlan& plan) {
    Chosen chosen;
    const Json* method = metadata_at(entry, {}, "replication-method");
    if (method == nullptr) method = entry.find("replication_method");
    chosen.whole = method != nullptr && method->text() == "FULL_TABLE";
    const Json* schema = entry.find("schema");
    const Json* theirs = schema != nullptr ? schema->find("properties") : nullptr;
    const Json* ours = plan.schema.find("properties");
    if (ours == nullptr) return chosen;
    for (const auto& [name, property] : ours->members()) {
        const bool needed = std::ranges::find(plan.key, name) != plan.key.end();
        const Json* old = theirs != nullptr ? theirs->find(name) : nullptr;
        for (const Json* value : {metadata_at(entry, {"properties", name}, "selected"),
                                  old != nullptr ? old->find("selected") : nullptr}) {
            const auto said = said_yes(value);
            if (!said) continue;
            if (!*said && !needed) chosen.dropped.insert(name);
            break;
        }
    }
    return chosen;
}

Result<Selection> Selection::read(const std::optional<std::string>& catalog,
                                  const Manifest& manifest) {
    Selection selection;
    if (!catalog) return selection;
    selection.everything_ = false;
    const auto json = parse_json(*catalog);
    const Json* streams = json ? json->find("streams") : nullptr;
    if (streams == nullptr) {
        return fail(
            ErrorKind::Config, "catalog-unreadable",
            json ? "the catalog has no \"streams\"" : "the catalog is " + json.error().what);
    }
    const Json list = listed(*streams);
    for (const Json& entry : list.items()) {
        if (!is_selected(entry)) continue;
        const std::string name = name_of(entry);
        const StreamPlan* plan = manifest.find(name);
        if (plan == nullptr) {
            return fail(ErrorKind::Config, "stream-unknown",
                        fmt::format("the catalog selects \"{}\", which is no stream here", name));
        }
        selection.streams_.emplace(name, chosen(entry, *plan));
    }
    if (selection.streams_.empty()) {
        auto refused = fail(ErrorKind::Config, "nothing-selected", "the catalog selects no stream");
        refused.error().remedy = "set \"selected\": true in the metadata of those that you want";
        return refused;
    }
    return selection;
}

bool Selection::wants(const std::string& stream) const {
    return everything_ || streams_.contains(stream);
}

bool Selection::wants_whole(const std::string& stream) const {
    const auto found = streams_.find(stream);
    return found != streams_.end() && found->second.whole;
}

void Selection::strip(const std::string& stream, Json& fields) const {
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return;
    for (const std::string& name : found->second.dropped) fields.remove(name);
}

}  // namespace streams::manifest
