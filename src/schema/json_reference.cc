#include "schema/json_reference.h"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "schema/keywords.h"

namespace streams {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kDepthMax = 128;

// A reference is part of a URL: `%25` is a percent sign.
std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        const char* const digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            plain += static_cast<char>(byte);
            i += 2;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

// A step of a JSON pointer: `~1` is a slash, `~0` a tilde.
std::string step_of(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape = text[i] == '~' && i + 1 < text.size();
        plain += !is_escape ? text[i] : text[i + 1] == '1' ? '/' : '~';
        if (is_escape) ++i;
    }
    return plain;
}

std::string without_dots(std::string_view path) {
    std::vector<std::string_view> steps;
    bool is_folder = false;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view step = path.substr(begin, end - begin);
        is_folder = step == "." || step == "..";
        if (step == ".." && steps.size() > 1) steps.pop_back();
        if (!is_folder) steps.push_back(step);
        begin = end + 1;
    }
    std::string text;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (i > 0) text += '/';
        text += steps[i];
    }
    if (is_folder) text += '/';
    return text;
}

// Where the path of a URI starts: behind the scheme and the host.
std::size_t path_at(std::string_view uri) {
    const std::size_t scheme = uri.find(':');
    if (scheme == std::string_view::npos) return 0;
    if (!uri.substr(scheme + 1).starts_with("//")) return scheme + 1;
    return std::min(uri.find('/', scheme + 3), uri.size());
}

bool has_scheme(std::string_view uri) {
    const std::size_t colon = uri.find(':');
    return colon != std::string_view::npos && colon < uri.find_first_of("/?#");
}

// RFC 3986, as far as identifiers of schemas need it. `base` has no fragment.
std::string resolve(std::string_view base, std::string_view reference) {
    if (has_scheme(reference)) return std::string(reference);
    if (reference.empty() || reference.starts_with('#')) {
        return std::string(base) + std::string(reference);
    }
    const std::size_t path = path_at(base);
    if (reference.starts_with('/'))
        return std::string(base.substr(0, path)) + std::string(reference);
    const std::size_t folder = base.rfind('/');
    const std::string_view front = folder == std::string_view::npos || folder < path
                                       ? ""
                                       : base.substr(path, folder + 1 - path);
    const std::size_t fragment = std::min(reference.find('#'), reference.size());
    const std::string joined = std::string(front) + std::string(reference.substr(0, fragment));
    const bool needs_slash = path > 0 && !joined.starts_with('/') && base.find("//") < path;
    return std::string(base.substr(0, path)) + (needs_slash ? "/" : "") + without_dots(joined) +
           std::string(reference.substr(fragment));
}

std::unexpected<Error> bad_reference(const std::string& reference, std::string_view what) {
    return fail(ErrorKind::Data, "schema-ref",
                "the reference \"" + reference + "\" " + std::string(what));
}

}  // namespace

Result<Draft> draft_of(const Json& root) {
    static constexpr std::array<std::pair<std::string_view, Draft>, 5> kDrafts = {{
        {"draft-04", Draft::Four},
        {"draft-06", Draft::Six},
        {"draft-07", Draft::Seven},
        {"2019-09", Draft::From2019},
        {"2020-12", Draft::From2020},
    }};
    const auto found = root.is_object() ? root.find("$schema") : root.end();
    if (!root.is_object() || found == root.end() || !found->is_string()) return Draft::Seven;
    const auto& uri = found->get_ref<const std::string&>();
    for (const auto& [name, draft] : kDrafts) {
        if (uri.find(name) != std::string::npos) return draft;
    }
    // The draft that is current, and names of private dialects.
    if (uri.find("/draft-0") == std::string::npos) return Draft::Seven;
    return fail(ErrorKind::Data, "schema-draft",
                "the schema is of the draft \"" + uri + "\", which is not read here");
}

Result<SchemaReferences> SchemaReferences::of(const Json& root, Draft draft) {
    SchemaReferences references(root, draft);
    references.bases_.emplace_back();
    references.named_.try_emplace("", SchemaPlace{&root, 0});
    STREAMS_TRY(references.note(root, 0, 0));
    return references;
}

SchemaPlace SchemaReferences::root() const {
    return within(*root_, 0);
}

SchemaPlace SchemaReferences::within(const Json& schema, std::size_t base) const {
    const auto found = own_bases_.find(&schema);
    return {&schema, found == own_bases_.end() ? base : found->second};
}

const std::string* SchemaReferences::reference_of(const Json& schema) {
    const auto found = schema.is_object() ? schema.find("$ref") : schema.end();
    if (!schema.is_object() || found == schema.end() || !found->is_string()) return nullptr;
    return &found->get_ref<const std::string&>();
}

const std::string* SchemaReferences::identifier_of(const Json& schema) const {
    if (!has_siblings() && reference_of(schema) != nullptr) return nullptr;
    const auto found = schema.find(draft_ == Draft::Four ? "id" : "$id");
    if (found == schema.end() || !found->is_string()) return nullptr;
    return &found->get_ref<const std::string&>();
}

Result<> SchemaReferences::note(const Json& schema, std::size_t base, std::size_t depth) {
    if (depth > kDepthMax) {
        return fail(ErrorKind::Data, "schema-size",
                    "the schema is nested deeper than " + std::to_string(kDepthMax) + " levels");
    }
    if (!schema.is_object()) return {};
    if (const std::string* id = identifier_of(schema); id != nullptr) {
        const std::string uri = resolve(bases_[base], *id);
        const std::size_t fragment = std::min(uri.find('#'), uri.size());
        if (fragment > 0 && !id->starts_with('#')) {
            base = bases_.size();
            bases_.push_back(uri.substr(0, fragment));
            own_bases_[&schema] = base;
            named_.try_emplace(bases_.back(), SchemaPlace{&schema, base});
        }
        if (fragment + 1 < uri.size()) named_.try_emplace(uri, SchemaPlace{&schema, base});
    }
    note_anchor(schema, base);
    return note_parts(schema, base, depth);
}

void SchemaReferences::note_anchor(const Json& schema, std::size_t base) {
    if (!has_siblings()) return;
    for (const char* word : {"$anchor", "$dynamicAnchor"}) {
        const auto anchor = schema.find(word);
        if (anchor == schema.end() || !anchor->is_string()) continue;
        named_.try_emplace(bases_[base] + "#" + anchor->get<std::string>(),
                           SchemaPlace{&schema, base});
    }
}

Result<> SchemaReferences::note_parts(const Json& schema, std::size_t base, std::size_t depth) {
    for (const auto& item : schema.items()) {
        const Parts parts = parts_of(item.key());
        const Json& value = item.value();
        if (parts == Parts::None || !value.is_structured()) continue;
        if (parts == Parts::One && value.is_object()) {
            STREAMS_TRY(note(value, base, depth + 1));
        } else if (value.is_array() || parts == Parts::Named) {
            for (const Json& part : value) STREAMS_TRY(note(part, base, depth + 1));
        }
    }
    return {};
}

Result<SchemaPlace> SchemaReferences::follow(const std::string& reference, std::size_t base) const {
    const std::string uri = resolve(bases_[base], reference);
    const std::size_t fragment = std::min(uri.find('#'), uri.size());
    if (const auto anchor = named_.find(uri); anchor != named_.end()) return anchor->second;
    const auto resource = named_.find(uri.substr(0, fragment));
    if (resource == named_.end()) {
        return bad_reference(reference,
                             "leads out of the schema; such references are never fetched");
    }
    if (fragment + 1 >= uri.size()) return resource->second;
    const std::string pointer = unescaped(std::string_view(uri).substr(fragment + 1));
    const auto place = pointer.starts_with('/') ? walk_pointer(resource->second, pointer)
                                                : Result<SchemaPlace>(SchemaPlace{});
    if (!place || place->schema == nullptr) {
        return bad_reference(reference, "leads to nothing in the schema");
    }
    return place;
}

Result<SchemaPlace> SchemaReferences::walk_pointer(SchemaPlace place,
                                                   std::string_view pointer) const {
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const std::size_t end = std::min(pointer.find('/'), pointer.size());
        const std::string step = step_of(pointer.substr(0, end));
        pointer.remove_prefix(end);
        const Json& outer = *place.schema;
        if (outer.is_object()) {
            const auto found = outer.find(step);
            if (found == outer.end()) return SchemaPlace{};
            place = within(*found, place.base);
            continue;
        }
        std::size_t index = 0;
        const char* const last = step.data() + step.size();
        const auto read = std::from_chars(step.data(), last, index);
        if (!outer.is_array() || read.ec != std::errc() || read.ptr != last ||
            index >= outer.size()) {
            return SchemaPlace{};
        }
        place = within(outer[index], place.base);
    }
    return place;
}

}  // namespace streams
