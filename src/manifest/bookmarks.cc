#include "manifest/bookmarks.h"

#include <algorithm>
#include <fmt/format.h>

namespace streams::manifest {
namespace {

std::unexpected<Error> refuse(std::string what) {
    auto refused = fail(ErrorKind::Busy, "state-refused", std::move(what));
    refused.error().remedy = "give the state that this source printed, or none";
    return refused;
}

}  // namespace

bool Bookmarks::is_stream(std::string_view name) const {
    return std::ranges::any_of(layout_.streams,
                               [&](const auto& stream) { return stream.first == name; });
}

Result<Bookmarks> Bookmarks::open(Layout layout, const std::optional<std::string>& state) {
    Bookmarks bookmarks;
    bookmarks.layout_ = std::move(layout);
    if (bookmarks.layout_.labels.empty()) bookmarks.layout_.labels.emplace_back();
    if (!state) return bookmarks;
    const auto json = parse_json(*state);
    if (!json) return refuse("the state is " + json.error().what);
    if (json->is_null()) return bookmarks;
    if (!json->is_object()) return refuse("the state is not a JSON object");
    STREAMS_TRY(bookmarks.read(*json));
    return bookmarks;
}

Result<> Bookmarks::read(const Json& state) {
    const auto& members = state.members();
    const bool by_stream = std::ranges::any_of(
        members, [&](const Json::Member& member) { return is_stream(member.first); });
    const bool nested = layout_.flat && !by_stream && !members.empty() &&
                        std::ranges::all_of(members, [](const Json::Member& member) {
                            return member.second.is_object();
                        });
    if (!nested) return read_flat(state, layout_.labels.front());
    for (const auto& [label, flat] : members) {
        if (std::ranges::find(layout_.labels, label) == layout_.labels.end()) {
            others_.set(label, flat);
        } else {
            STREAMS_TRY(read_flat(flat, label));
        }
    }
    return {};
}

Result<> Bookmarks::read_flat(const Json& flat, const std::string& label) {
    for (const auto& [stream, value] : flat.members()) {
        if (is_stream(stream)) STREAMS_TRY(read_stream(stream, value, label));
    }
    return {};
}

Result<> Bookmarks::read_stream(const std::string& stream, const Json& value,
                                const std::string& label) {
    if (value.is_null()) return {};
    const auto field = std::ranges::find(layout_.streams, stream, &Place::first)->second;
    const auto take = [&](const Json& bookmark, std::string partition) -> Result<> {
        if (bookmark.is_null()) return {};
        if (!bookmark.is_text() && bookmark.kind() != Json::Kind::Number) {
            return refuse(fmt::format("the state of \"{}\" is no time: {}", stream,
                                      bookmark.dump().substr(0, 100)));
        }
        bookmarks_[{stream, std::move(partition)}] = bookmark.text();
        return {};
    };
    const std::string whole = layout_.flat ? label : "{}";
    if (!value.is_object()) return take(value, whole);
    if (const Json* cursor = value.find(field)) return take(*cursor, whole);
    const Json* states = value.find("states");
    if (states == nullptr) return {};
    for (const Json& state : states->items()) {
        const Json* partition = state.find("partition");
        const Json* cursor = state.find("cursor");
        const Json* bookmark = cursor != nullptr ? cursor->find(field) : nullptr;
        if (partition == nullptr || bookmark == nullptr) continue;
        STREAMS_TRY(take(*bookmark, partition->dump()));
    }
    return {};
}

std::optional<std::string> Bookmarks::of(const std::string& stream, const Json& partition,
                                         const std::string& label) const {
    const auto found = bookmarks_.find({stream, layout_.flat ? label : partition.dump()});
    return found == bookmarks_.end() ? std::nullopt : std::optional(found->second);
}

void Bookmarks::set(const std::string& stream, const Json& partition, const std::string& label,
                    std::string bookmark) {
    bookmarks_[{stream, layout_.flat ? label : partition.dump()}] = std::move(bookmark);
}

Json Bookmarks::flat_of(const std::string& label) const {
    Json flat = Json::object();
    for (const auto& [stream, field] : layout_.streams) {
        const auto bookmark = bookmarks_.find({stream, label});
        flat.set(stream, bookmark == bookmarks_.end() ? Json() : Json::text(bookmark->second));
    }
    return flat;
}

Json Bookmarks::dump_flat() const {
    if (layout_.labels.size() == 1) return flat_of(layout_.labels.front());
    Json state = Json::object();
    for (const std::string& label : layout_.labels) state.set(label, flat_of(label));
    for (const auto& [label, flat] : others_.members()) state.set(label, flat);
    return state;
}

Json Bookmarks::dump_streams() const {
    Json state = Json::object();
    for (const auto& [stream, field] : layout_.streams) {
        Json states = Json::list();
        for (const auto& [place, bookmark] : bookmarks_) {
            if (place.first != stream) continue;
            Json cursor = Json::object();
            cursor.set(field, Json::text(bookmark));
            if (place.second == "{}") {
                state.set(stream, std::move(cursor));
                continue;
            }
            Json entry = Json::object();
            entry.set("partition", parse_json(place.second).value_or(Json()));
            entry.set("cursor", std::move(cursor));
            states.items().push_back(std::move(entry));
        }
        if (states.items().empty()) continue;
        Json partitioned = Json::object();
        partitioned.set("use_global_cursor", Json::boolean(false));
        partitioned.set("states", std::move(states));
        state.set(stream, std::move(partitioned));
    }
    return state;
}

std::string Bookmarks::dump() const {
    return (layout_.flat ? dump_flat() : dump_streams()).dump();
}

}  // namespace streams::manifest
