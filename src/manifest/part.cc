#include "manifest/part.h"

#include <fmt/format.h>

namespace streams::manifest {

std::optional<Part> Part::child(std::string_view name) const {
    const Node* node = find(name);
    if (node == nullptr || !node->is_map()) return std::nullopt;
    return Part(*file_, *node);
}

std::vector<Part> Part::children(std::string_view name) const {
    std::vector<Part> parts;
    const Node* node = find(name);
    if (node == nullptr) return parts;
    if (node->is_map()) parts.emplace_back(*file_, *node);
    for (const Node& item : node->items) parts.emplace_back(*file_, item);
    return parts;
}

std::string Part::word(std::string_view name, std::string_view fallback) const {
    const Node* node = find(name);
    return node != nullptr && node->is_scalar() ? node->text : std::string(fallback);
}

bool Part::flag(std::string_view name, bool fallback) const {
    const Node* node = find(name);
    return node == nullptr ? fallback : json_of(*node).is_true();
}

const Node* Part::extension(std::string_view name) const {
    const Node* extensions = find("x-streams");
    return extensions == nullptr ? nullptr : extensions->find(name);
}

Result<Template> Part::compile(const Node& text, const Names& allowed) const {
    return Template::compile(*file_, text, find("$parameters"), allowed);
}

Result<Template> Part::text(std::string_view name, std::string_view fallback,
                            const Names& allowed) const {
    if (const Node* node = find(name); node != nullptr && node->is_scalar()) {
        return compile(*node, allowed);
    }
    Node text;
    text.kind = Node::Kind::Scalar;
    text.text = fallback;
    text.place = node_->place;
    return compile(text, allowed);
}

Result<std::optional<Template>> Part::text(std::string_view name, const Names& allowed) const {
    const Node* node = find(name);
    if (node == nullptr || !node->is_scalar()) return std::optional<Template>();
    auto made = compile(*node, allowed);
    if (!made) return std::unexpected(std::move(made).error());
    return std::optional<Template>(*std::move(made));
}

std::unexpected<Error> Part::refuse(std::string_view property, std::string id,
                                    std::string what) const {
    const Node* node = find(property);
    auto refused = fail(ErrorKind::Config, std::move(id), std::move(what));
    refused.error().where = shown_place(*file_, node == nullptr ? node_->place : node->place);
    return refused;
}

std::unexpected<Error> Part::misplaced(std::string_view role) const {
    return refuse("type", "component-misplaced",
                  kind().empty()
                      ? fmt::format("a component without \"type\" where {} belongs", role)
                      : fmt::format("{} is no {}", kind(), role));
}

}  // namespace streams::manifest
