#include "manifest/stream_plan.h"

#include <array>
#include <fmt/format.h>

namespace streams::manifest {
namespace {

// A text, or a list of texts; a list in the list is a path, of which the first step counts.
std::vector<std::string> key_of(const Part& part) {
    std::vector<std::string> key;
    const Node* node = part.find("primary_key");
    if (node == nullptr) return key;
    if (node->is_scalar() && !node->text.empty()) key.push_back(node->text);
    for (const Node& item : node->items) {
        if (item.is_scalar()) key.push_back(item.text);
        if (item.is_list() && !item.items.empty()) key.push_back(item.items.front().text);
    }
    return key;
}

Result<Json> schema_of(const Part& part, const std::vector<std::string>& key) {
    if (const auto loader = part.child("schema_loader")) {
        if (loader->kind() != "InlineSchemaLoader") return loader->misplaced("schema loader");
        if (const Node* schema = loader->find("schema")) return json_of(*schema);
    }
    Json properties = Json::object();
    for (const std::string& name : key) properties.set(name, Json::object());
    Json schema = Json::object();
    schema.set("type", Json::text("object"));
    schema.set("properties", std::move(properties));
    return schema;
}

Result<> refuse_later(const Part& part, std::initializer_list<std::string_view> properties) {
    for (const std::string_view property : properties) {
        if (part.find(property) == nullptr) continue;
        return part.refuse(property, "component-later",
                           fmt::format("{} is not run here yet", property));
    }
    return {};
}

Result<> read_retriever(const Part& retriever, StreamPlan& plan) {
    if (retriever.kind() != "SimpleRetriever") return retriever.misplaced("retriever");
    STREAMS_TRY(refuse_later(
        retriever, {"pagination_reset", "page_size_reduction", "request_window_splitting"}));
    if (const auto decoder = retriever.child("decoder");
        decoder && decoder->kind() != "JsonDecoder") {
        return decoder->misplaced("decoder");
    }
    const auto requester = retriever.child("requester");
    const auto selector = retriever.child("record_selector");
    if (!requester || !selector) return retriever.misplaced("retriever with its parts");
    auto made_requester = Requester::make(*requester);
    if (!made_requester) return std::unexpected(std::move(made_requester).error());
    plan.requester = *std::move(made_requester);
    auto made_selector = RecordSelector::make(*selector);
    if (!made_selector) return std::unexpected(std::move(made_selector).error());
    plan.selector = *std::move(made_selector);
    auto paginator = Paginator::make(retriever);
    if (!paginator) return std::unexpected(std::move(paginator).error());
    plan.paginator = *std::move(paginator);
    auto router = make_partition_router(retriever);
    if (!router) return std::unexpected(std::move(router).error());
    plan.router = *std::move(router);
    return {};
}

}  // namespace

std::vector<std::string> StreamPlan::bookmarks() const {
    const Json* properties = schema.find("properties");
    if (!cursor || properties == nullptr || properties->find(cursor->field()) == nullptr) return {};
    return {cursor->field()};
}

Result<StreamPlan> make_stream_plan(const Part& part) {
    if (part.kind() != "DeclarativeStream") return part.misplaced("stream");
    STREAMS_TRY(refuse_later(part, {"file_uploader"}));
    StreamPlan plan;
    plan.name = part.word("name");
    if (plan.name.empty()) {
        return part.refuse("name", "property-missing", "DeclarativeStream needs \"name\"");
    }
    plan.key = key_of(part);
    auto schema = schema_of(part, plan.key);
    if (!schema) return std::unexpected(std::move(schema).error());
    plan.schema = *std::move(schema);
    const auto retriever = part.child("retriever");
    if (!retriever) return part.misplaced("retriever");
    STREAMS_TRY(read_retriever(*retriever, plan));
    if (const auto cursor = part.child("incremental_sync")) {
        auto made = DatetimeCursor::make(*cursor);
        if (!made) return std::unexpected(std::move(made).error());
        plan.cursor = *std::move(made);
    }
    auto transformations = make_transformations(part);
    if (!transformations) return std::unexpected(std::move(transformations).error());
    plan.transformations = *std::move(transformations);
    return plan;
}

}  // namespace streams::manifest
