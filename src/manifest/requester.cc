#include "manifest/requester.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace streams::manifest {
namespace {

const Names& request_names() {
    static const Names names = {"stream_partition", "next_page_token"};
    return names;
}

// Every scalar below `node` with its path.
void collect(const Node& node, std::vector<std::string>& path,
             std::vector<std::pair<std::vector<std::string>, const Node*>>& out) {
    if (node.is_map() && !node.members.empty()) {
        for (const Node::Member& member : node.members) {
            path.push_back(member.name);
            collect(member.value, path, out);
            path.pop_back();
        }
        return;
    }
    out.emplace_back(path, &node);
}

std::string joined(std::string base, std::string path) {
    while (base.ends_with('/')) base.pop_back();
    path.erase(0, path.find_first_not_of('/'));
    return path.empty() ? base : base + '/' + path;
}

}  // namespace

Result<Requester::Pairs> Requester::pairs_of(const Part& part, std::string_view property) {
    Pairs pairs;
    const Node* map = part.find(property);
    if (map == nullptr) return pairs;
    if (!map->is_map()) {
        return part.refuse(property, "component-later",
                           fmt::format("{} as one text is not sent here yet", property));
    }
    for (const Node::Member& member : map->members) {
        Node name;
        name.kind = Node::Kind::Scalar;
        name.text = member.name;
        name.place = member.place;
        auto key = part.compile(name, request_names());
        if (!key) return std::unexpected(std::move(key).error());
        if (!member.value.text_of("type").empty()) {
            return part.refuse(property, "component-later",
                               fmt::format("{} in {} is not run here yet",
                                           member.value.text_of("type"), property));
        }
        Node text = member.value;
        if (!text.is_scalar()) text.text = json_of(member.value).dump();
        auto value = part.compile(text, request_names());
        if (!value) return std::unexpected(std::move(value).error());
        pairs.emplace_back(*std::move(key), *std::move(value));
    }
    return pairs;
}

Result<> Requester::read_parts(const Part& part) {
    for (const std::string_view later :
         {"fetch_properties_from_endpoint", "query_properties", "request_body"}) {
        if (part.find(later) == nullptr) continue;
        return part.refuse(later, "component-later", fmt::format("{} is not run here yet", later));
    }
    for (auto& [property, pairs] :
         std::array<std::pair<std::string_view, Pairs*>, 3>{{{"request_parameters", &parameters_},
                                                             {"request_headers", &headers_},
                                                             {"request_body_data", &form_}}}) {
        auto read = pairs_of(part, property);
        if (!read) return std::unexpected(std::move(read).error());
        *pairs = *std::move(read);
    }
    return read_json(part);
}

Result<> Requester::read_json(const Part& part) {
    const Node* body = part.find("request_body_json");
    if (body == nullptr) return {};
    std::vector<std::pair<std::vector<std::string>, const Node*>> leaves;
    std::vector<std::string> path_to;
    collect(*body, path_to, leaves);
    for (const auto& [place, node] : leaves) {
        Node text = *node;
        if (!text.is_scalar()) text.text = json_of(*node).dump();
        auto value = part.compile(text, request_names());
        if (!value) return std::unexpected(std::move(value).error());
        json_.push_back({place, *std::move(value), json_of(*node)});
    }
    return {};
}

Result<Requester> Requester::make(const Part& part) {
    Requester made;
    if (part.kind() != "HttpRequester") return part.misplaced("requester");
    const bool whole = part.find("url") != nullptr;
    auto base = part.text(whole ? "url" : "url_base", "", request_names());
    if (!base) return std::unexpected(std::move(base).error());
    if (base->source().empty()) {
        return part.refuse("", "property-missing", "HttpRequester needs \"url\" or \"url_base\"");
    }
    auto path = part.text("path", "", request_names());
    if (!path) return std::unexpected(std::move(path).error());
    made.url_base_ = *std::move(base);
    made.path_ = *std::move(path);
    made.method_ = part.word("http_method", "GET");
    STREAMS_TRY(made.read_parts(part));
    auto authentication = make_authentication(part);
    if (!authentication) return std::unexpected(std::move(authentication).error());
    made.authentication_ = *std::move(authentication);
    auto handler = ErrorHandler::make(part.child("error_handler"));
    if (!handler) return std::unexpected(std::move(handler).error());
    made.error_handler_ = *std::move(handler);
    return made;
}

Result<http::Request> Requester::request(const Scope& scope) const {
    auto base = url_base_.text(scope);
    if (!base) return std::unexpected(std::move(base).error());
    auto path = path_.text(scope);
    if (!path) return std::unexpected(std::move(path).error());
    http::Request request;
    request.method = method_;
    request.url = joined(*std::move(base), *std::move(path));
    request.headers.set("Accept", "application/json");
    request.repeatable = true;  // Reading, whatever the method.
    return request;
}

Result<> Requester::fill_json(const Scope& scope, Json& out) const {
    for (const BodyValue& body : json_) {
        Json value = body.literal;
        if (!body.value.is_literal()) {
            auto given = body.value.value(scope);
            if (!given) return std::unexpected(std::move(given).error());
            value = *std::move(given);
        }
        Json* at = &out;
        for (const std::string& key : body.path) {
            if (at->find(key) == nullptr) at->set(key, Json());
            at = at->find(key);
        }
        *at = std::move(value);
    }
    return {};
}

Result<RequestParts> Requester::parts(const Scope& scope) const {
    RequestParts parts;
    const auto each = [&](const Pairs& pairs, const auto& take) -> Result<> {
        for (const auto& [name, value] : pairs) {
            auto key = name.text(scope);
            if (!key) return std::unexpected(std::move(key).error());
            auto text = value.text(scope);
            if (!text) return std::unexpected(std::move(text).error());
            if (!text->empty()) take(*std::move(key), *std::move(text));
        }
        return {};
    };
    STREAMS_TRY(each(parameters_, [&](std::string name, std::string value) {
        parts.query.emplace_back(std::move(name), std::move(value));
    }));
    STREAMS_TRY(each(headers_, [&](std::string name, std::string value) {
        parts.headers.set(std::move(name), std::move(value));
    }));
    STREAMS_TRY(each(form_, [&](std::string name, std::string value) {
        parts.form.emplace_back(std::move(name), std::move(value));
    }));
    STREAMS_TRY(fill_json(scope, parts.json));
    return parts;
}

}  // namespace streams::manifest
