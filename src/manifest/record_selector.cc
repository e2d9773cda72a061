#include "manifest/record_selector.h"

#include <fmt/format.h>

namespace streams::manifest {
namespace {

std::unexpected<Error> wrong_shape(const Json& found, std::string_view expected) {
    auto refused = fail(ErrorKind::Data, "record-shape",
                        fmt::format("the answer holds something else than {}", expected));
    refused.error().why = found.dump().substr(0, 200);
    return refused;
}

}  // namespace

Result<RecordSelector> RecordSelector::make(const Part& part) {
    RecordSelector made;
    const auto extractor = part.child("extractor");
    if (part.kind() != "RecordSelector") return part.misplaced("record selector");
    if (!extractor || extractor->kind() != "DpathExtractor") {
        return extractor ? extractor->misplaced("record extractor") : part.misplaced("extractor");
    }
    if (extractor->find("record_expander") != nullptr) {
        return extractor->refuse("record_expander", "component-later",
                                 "record_expander is not run here yet");
    }
    const Node* only = extractor->extension("only");
    made.only_lists_ = only != nullptr && only->text == "list";
    for (const Node& key : extractor->find("field_path")->items) {
        auto text = extractor->compile(key, {"stream_partition"});
        if (!text) return std::unexpected(std::move(text).error());
        made.path_.push_back(*std::move(text));
    }
    if (const auto filter = part.child("record_filter")) {
        if (filter->kind() != "RecordFilter") return filter->misplaced("record filter");
        auto condition = filter->text(
            "condition", {"record", "stream_partition", "next_page_token", "stream_state"});
        if (!condition) return std::unexpected(std::move(condition).error());
        made.condition_ = *std::move(condition);
    }
    made.transforms_first_ = part.flag("transform_before_filtering");
    return made;
}

Result<> RecordSelector::take(Json& at, std::vector<Json*>& found) const {
    if (at.is_list()) {
        for (Json& item : at.items()) {
            if (!item.is_object()) return wrong_shape(item, "records");
            found.push_back(&item);
        }
        return {};
    }
    if (only_lists_) return wrong_shape(at, "a list of records");
    if (!at.is_truthy()) return {};
    if (!at.is_object()) return wrong_shape(at, "records");
    found.push_back(&at);
    return {};
}

Result<> RecordSelector::extract(Json& at, std::size_t depth, const std::vector<std::string>& path,
                                 std::vector<Json*>& found) const {
    if (depth == path.size()) return take(at, found);
    if (path[depth] == "*") {
        for (Json& item : at.items()) STREAMS_TRY(extract(item, depth + 1, path, found));
        for (auto& [name, value] : at.members()) {
            STREAMS_TRY(extract(value, depth + 1, path, found));
        }
        return {};
    }
    Json* next = at.find(path[depth]);
    return next == nullptr ? Result<>() : extract(*next, depth + 1, path, found);
}

Result<std::vector<Json*>> RecordSelector::records(Json& body, const Scope& scope) const {
    std::vector<std::string> path;
    for (const Template& key : path_) {
        auto text = key.text(scope);
        if (!text) return std::unexpected(std::move(text).error());
        path.push_back(*std::move(text));
    }
    std::vector<Json*> found;
    STREAMS_TRY(extract(body, 0, path, found));
    return found;
}

Result<bool> RecordSelector::wants(const Json& record, const Scope& scope) const {
    if (!condition_ || condition_->source().empty()) return true;
    return condition_->holds(scope.with("record", record));
}

}  // namespace streams::manifest
