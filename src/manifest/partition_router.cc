#include "manifest/partition_router.h"

#include <array>

#include "manifest/stream_plan.h"

namespace streams::manifest {
namespace {

using Made = std::unique_ptr<PartitionRouter>;

const Json* value_at(const Json& record, const std::vector<std::string>& path) {
    const Json* at = &record;
    for (const std::string& key : path) {
        at = at->find(key);
        if (at == nullptr) return nullptr;
    }
    return at;
}

// `a.b` or `a/b` as manifests write paths in one word.
std::vector<std::string> path_of(const std::string& text) {
    std::vector<std::string> path;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find_first_of("./", start), text.size());
        path.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return path;
}

class Lists final : public PartitionRouter {
 public:
    static Result<Made> make(const Part& part) {
        auto made = std::make_unique<Lists>();
        auto field = part.text("cursor_field", "", {});
        if (!field) return std::unexpected(std::move(field).error());
        made->field_ = *std::move(field);
        const Node* values = part.find("values");
        std::vector<const Node*> nodes;
        if (values->is_scalar()) nodes.push_back(values);
        for (const Node& item : values->items) nodes.push_back(&item);
        for (const Node* node : nodes) {
            auto value = part.compile(*node, {});
            if (!value) return std::unexpected(std::move(value).error());
            made->values_.push_back(*std::move(value));
        }
        auto option = optional_request_option(part, "request_option");
        if (!option) return std::unexpected(std::move(option).error());
        made->option_ = *std::move(option);
        return made;
    }

    Result<> each(const Scope& scope, const ReadParent& /*read_parent*/,
                  const Visit& visit) const override {
        const auto field = field_.text(scope);
        if (!field) return std::unexpected(field.error());
        for (const Template& text : values_) {
            const auto value = text.value(scope);
            if (!value) return std::unexpected(value.error());
            const std::vector<Json> one = {*value};
            for (const Json& item : value->is_list() ? value->items() : one) {
                Partition partition;
                partition.values.set(*field, item);
                if (option_) partition.injected.emplace_back(&*option_, item);
                STREAMS_TRY(visit(partition));
            }
        }
        return {};
    }

 private:
    Template field_;
    std::vector<Template> values_;
    std::optional<RequestOption> option_;
};

class Substreams final : public PartitionRouter {
 public:
    static Result<Made> make(const Part& part) {
        auto made = std::make_unique<Substreams>();
        for (const Part& config : part.children("parent_stream_configs")) {
            const auto stream = config.child("stream");
            if (!stream) return config.misplaced("parent stream");
            if (config.find("extra_fields") != nullptr) {
                return config.refuse("extra_fields", "component-later",
                                     "extra_fields is not run here yet");
            }
            auto plan = make_stream_plan(*stream);
            if (!plan) return std::unexpected(std::move(plan).error());
            auto option = optional_request_option(config, "request_option");
            if (!option) return std::unexpected(std::move(option).error());
            auto field = config.text("partition_field", "", {});
            if (!field) return std::unexpected(std::move(field).error());
            made->parents_.push_back({std::make_unique<StreamPlan>(*std::move(plan)),
                                      path_of(config.word("parent_key")), *std::move(field),
                                      *std::move(option)});
        }
        return made;
    }

    Result<> each(const Scope& scope, const ReadParent& read_parent,
                  const Visit& visit) const override {
        for (const Parent& parent : parents_) {
            const auto field = parent.field.text(scope);
            if (!field) return std::unexpected(field.error());
            STREAMS_TRY(
                read_parent(*parent.stream, [&](const Json& record, const Json& slice) -> Result<> {
                    const Json* key = value_at(record, parent.key);
                    if (key == nullptr || key->is_null()) return {};
                    Partition partition;
                    partition.values.set(*field, *key);
                    partition.values.set("parent_slice", slice);
                    if (parent.option) partition.injected.emplace_back(&*parent.option, *key);
                    return visit(partition);
                }));
        }
        return {};
    }

 private:
    struct Parent {
        std::unique_ptr<StreamPlan> stream;
        std::vector<std::string> key;
        Template field;
        std::optional<RequestOption> option;
    };

    std::vector<Parent> parents_;
};

// Every partition of the first router with every one of the others.
class Products final : public PartitionRouter {
 public:
    explicit Products(std::vector<Made> routers) : routers_(std::move(routers)) {}

    Result<> each(const Scope& scope, const ReadParent& read_parent,
                  const Visit& visit) const override {
        return from(0, Partition(), scope, read_parent, visit);
    }

 private:
    Result<> from(std::size_t i, const Partition& outer, const Scope& scope,
                  const ReadParent& read_parent, const Visit& visit) const {
        if (i == routers_.size()) return visit(outer);
        return routers_[i]->each(scope, read_parent, [&](const Partition& inner) {
            Partition both = outer;
            for (const auto& [name, value] : inner.values.members()) both.values.set(name, value);
            both.injected.insert(both.injected.end(), inner.injected.begin(), inner.injected.end());
            return from(i + 1, both, scope, read_parent, visit);
        });
    }

    std::vector<Made> routers_;
};

const std::array<Maker<Made>, 2>& makers() {
    static const std::array<Maker<Made>, 2> all = {{
        {"ListPartitionRouter", Lists::make},
        {"SubstreamPartitionRouter", Substreams::make},
    }};
    return all;
}

}  // namespace

std::string Partition::label() const {
    std::string label;
    for (const auto& [name, value] : values.members()) {
        if (name == "parent_slice") continue;
        if (!label.empty()) label += ", ";
        label += value.plain();
    }
    return label;
}

Result<Made> make_partition_router(const Part& retriever) {
    std::vector<Made> routers;
    for (const Part& part : retriever.children("partition_router")) {
        auto made = make_by_kind<Made>(part, makers(), "partition router");
        if (!made) return std::unexpected(std::move(made).error());
        routers.push_back(*std::move(made));
    }
    if (routers.empty()) return Made();
    if (routers.size() == 1) return std::move(routers.front());
    return std::make_unique<Products>(std::move(routers));
}

}  // namespace streams::manifest
