#include "manifest/manifest.h"

#include <algorithm>
#include <fmt/format.h>

#include "manifest/resolve.h"

namespace streams::manifest {
namespace {

std::string title_of(const Part& root, const std::string& name) {
    const Node* title = root.extension("title");
    return title != nullptr ? title->text : name;
}

bool is_flat(const Part& root) {
    const Node* state = root.extension("state");
    return state != nullptr && state->text == "flat";
}

// `{name: {...}}` that a list of streams may hold as ready texts: the names to check.
Result<> read_check(const Part& root, Manifest& manifest) {
    const auto check = root.child("check");
    if (!check) return {};
    if (check->kind() != "CheckStream") return check->misplaced("check");
    const Node* names = check->find("stream_names");
    if (names == nullptr) return {};
    for (const Node& name : names->items) {
        if (manifest.find(name.text) == nullptr) {
            return check->refuse("stream_names", "property-value",
                                 fmt::format("there is no stream \"{}\" to check", name.text));
        }
        manifest.check_streams.push_back(name.text);
    }
    return {};
}

}  // namespace

const StreamPlan* Manifest::find(std::string_view stream) const {
    const auto found = std::ranges::find(streams, stream, &StreamPlan::name);
    return found == streams.end() ? nullptr : &*found;
}

Result<Manifest> load_manifest(const std::string& name, const std::string& file,
                               const std::string& text) {
    const auto document = parse_yaml(file, text);
    if (!document) return std::unexpected(document.error());
    const auto resolved = resolve_manifest(file, *document);
    if (!resolved) return std::unexpected(resolved.error());
    const Part root(file, *resolved);
    if (root.find("dynamic_streams") != nullptr) {
        return root.refuse("dynamic_streams", "component-later",
                           "dynamic_streams is not run here yet");
    }
    Manifest manifest{.file = file,
                      .title = title_of(root, name),
                      .spec = connection_spec(name, root),
                      .patterns = setting_patterns(root),
                      .streams = {},
                      .check_streams = {},
                      .flat_state = is_flat(root)};
    for (const Part& part : root.children("streams")) {
        auto plan = make_stream_plan(part);
        if (!plan) return std::unexpected(std::move(plan).error());
        if (manifest.find(plan->name) != nullptr) {
            return part.refuse("name", "property-value",
                               fmt::format("there are two streams \"{}\"", plan->name));
        }
        manifest.streams.push_back(*std::move(plan));
    }
    STREAMS_TRY(read_check(root, manifest));
    return manifest;
}

Json config_of(const Spec& spec, const Settings& settings) {
    Json config = Json::object();
    for (const Setting& setting : spec.settings()) {
        if (!settings.has(setting.name)) continue;
        const std::string& text = settings.text(setting.name);
        auto json = parse_json(text);
        const bool is_text = setting.kind == Setting::Kind::Text;
        // A setting that is an object in the schema is a text with JSON in it here.
        const bool keep = is_text && !(json && (json->is_object() || json->is_list()));
        config.set(setting.name, keep || !json ? Json::text(text) : *std::move(json));
    }
    return config;
}

}  // namespace streams::manifest
