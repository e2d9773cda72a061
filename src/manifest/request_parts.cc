#include "manifest/request_parts.h"

#include <fmt/format.h>

#include "http/percent.h"

namespace streams::manifest {
namespace {

std::string form_text(const http::Query& form) {
    std::string text;
    for (const auto& [name, value] : form) {
        if (!text.empty()) text += '&';
        text += http::percent_encode(name) + '=' + http::percent_encode(value);
    }
    return text;
}

void set_parameter(http::Query& query, std::string name, std::string value) {
    std::erase_if(query, [&](const auto& known) { return known.first == name; });
    query.emplace_back(std::move(name), std::move(value));
}

}  // namespace

Result<> RequestParts::apply_to(http::Request& request) && {
    const auto url = http::Url::parse(request.url);
    if (!url) return std::unexpected(url.error());
    for (auto& parameter : query) {
        if (!url->has_parameter(parameter.first)) request.query.push_back(std::move(parameter));
    }
    for (const auto& [name, value] : headers) request.headers.set(name, value);
    if (!json.is_null()) {
        request.body = json.dump();
        if (!request.headers.has("Content-Type")) {
            request.headers.set("Content-Type", "application/json");
        }
    } else if (!form.empty()) {
        request.body = form_text(form);
        request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    }
    return {};
}

Result<RequestOption> RequestOption::make(const Part& part) {
    if (part.kind() != "RequestOption") return part.misplaced("request option");
    RequestOption option;
    const std::string into = part.word("inject_into");
    if (into == "request_parameter") {
        option.into_ = Into::Parameter;
    } else if (into == "header") {
        option.into_ = Into::Header;
    } else if (into == "body_data") {
        option.into_ = Into::Form;
    } else if (into == "body_json") {
        option.into_ = Into::Json;
    } else {
        auto refused = part.refuse("inject_into", "property-value",
                                   fmt::format("nothing is injected into \"{}\"", into));
        refused.error().remedy = "one of: request_parameter, header, body_data, body_json";
        return refused;
    }
    const Node* path = part.find("field_path");
    const Node* name = path == nullptr ? part.find("field_name") : nullptr;
    if (path == nullptr && name == nullptr) {
        return part.refuse("", "property-missing", "RequestOption needs \"field_name\"");
    }
    std::vector<const Node*> keys;
    if (name != nullptr) keys.push_back(name);
    if (path != nullptr) {
        for (const Node& item : path->items) keys.push_back(&item);
    }
    for (const Node* key : keys) {
        auto made = part.compile(*key, {"stream_partition"});
        if (!made) return std::unexpected(std::move(made).error());
        option.path_.push_back(*std::move(made));
    }
    return option;
}

Result<> RequestOption::inject(const Json& value, const Scope& scope, RequestParts& parts) const {
    std::vector<std::string> path;
    for (const Template& key : path_) {
        auto text = key.text(scope);
        if (!text) return std::unexpected(std::move(text).error());
        path.push_back(*std::move(text));
    }
    if (path.empty()) return {};
    switch (into_) {
        case Into::Parameter:
            set_parameter(parts.query, path.front(), value.plain());
            break;
        case Into::Header:
            parts.headers.set(path.front(), value.plain());
            break;
        case Into::Form:
            set_parameter(parts.form, path.front(), value.plain());
            break;
        case Into::Json: {
            Json* at = &parts.json;
            for (std::size_t i = 0; i + 1 < path.size(); ++i) {
                if (at->find(path[i]) == nullptr) at->set(path[i], Json::object());
                at = at->find(path[i]);
            }
            at->set(path.back(), value);
            break;
        }
    }
    return {};
}

Result<std::optional<RequestOption>> optional_request_option(const Part& part,
                                                             std::string_view property) {
    const auto child = part.child(property);
    if (!child) return std::optional<RequestOption>();
    auto made = RequestOption::make(*child);
    if (!made) return std::unexpected(std::move(made).error());
    return std::optional<RequestOption>(*std::move(made));
}

}  // namespace streams::manifest
