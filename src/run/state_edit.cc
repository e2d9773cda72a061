#include "run/state_edit.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace streams {
namespace {

using Json = nlohmann::ordered_json;

bool is_of_stream(const Json& entry, const std::string& stream) {
    const auto inner = entry.find("stream");
    if (inner == entry.end() || !inner->is_object()) return false;
    const auto descriptor = inner->find("stream_descriptor");
    return descriptor != inner->end() && descriptor->value("name", std::string()) == stream;
}

bool is_cdk_list(const Json& state) {
    return state.is_array() && std::ranges::all_of(state, [](const Json& it) {
               return it.is_object() && it.contains("type") && it["type"].is_string();
           });
}

void erase_flat(Json& state, const std::string& stream) {
    if (state.contains(stream)) {
        state.erase(stream);
        return;
    }
    for (auto& repository : state) {
        if (repository.is_object()) repository.erase(stream);
    }
}

// `2022-07-05T13:45`, with a T or a blank.
bool is_time_at(std::string_view text) {
    constexpr std::string_view kForm = "0000-00-00T00:00";
    if (text.size() < kForm.size()) return false;
    for (std::size_t index = 0; index < kForm.size(); ++index) {
        const char byte = text[index];
        const bool digit = byte >= '0' && byte <= '9';
        const bool fits = kForm[index] == '0'   ? digit
                          : kForm[index] == 'T' ? byte == 'T' || byte == ' '
                                                : byte == kForm[index];
        if (!fits) return false;
    }
    return true;
}

void find_latest(const nlohmann::json& value, std::string& latest) {
    if (value.is_structured()) {
        for (const auto& inner : value) find_latest(inner, latest);
    } else if (value.is_string() && is_time_at(value.get_ref<const std::string&>())) {
        auto time = value.get<std::string>().substr(0, 16);
        time[10] = ' ';
        latest = std::max(latest, time);
    }
}

}  // namespace

Result<std::string> without_stream(std::string_view text, const std::string& stream) {
    auto state = Json::parse(text, nullptr, false);
    if (is_cdk_list(state)) {
        Json rest = Json::array();
        for (const auto& entry : state) {
            if (!is_of_stream(entry, stream)) rest.push_back(entry);
        }
        return rest.dump();
    }
    if (!state.is_object()) {
        return std::unexpected(Error{ErrorKind::Config,
                                     "state-layout",
                                     "the state is not of a form in which one stream can be found",
                                     {},
                                     {},
                                     "load everything again: --load overwrite"});
    }
    const auto bookmarks = state.find("bookmarks");
    if (bookmarks != state.end() && bookmarks->is_object()) {
        bookmarks->erase(stream);
        if (state.value("currently_syncing", Json()) == Json(stream))
            state.erase("currently_syncing");
    } else {
        erase_flat(state, stream);
    }
    return state.dump();
}

std::string latest_time_of(std::string_view state) {
    std::string latest;
    const auto value = nlohmann::json::parse(state, nullptr, false);
    if (!value.is_discarded()) find_latest(value, latest);
    return latest;
}

}  // namespace streams
