#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/node.h"
#include "manifest/template.h"
#include "streams/error.h"

namespace streams::manifest {

using Names = std::vector<std::string_view>;

/// A component of a resolved manifest, while it is being built. Refers to the manifest's nodes and
/// file name, which outlive it.
class Part {
 public:
    Part(const std::string& file, const Node& node) : file_(&file), node_(&node) {}

    std::string_view kind() const { return node_->text_of("type"); }
    const Node& node() const { return *node_; }
    const std::string& file() const { return *file_; }
    const Node* find(std::string_view name) const { return node_->find(name); }

    /// A property that is one component; none where it is missing.
    std::optional<Part> child(std::string_view name) const;

    /// A property that is a list of components, or one.
    std::vector<Part> children(std::string_view name) const;

    /// A property as it stands, without templates.
    std::string word(std::string_view name, std::string_view fallback = {}) const;
    bool flag(std::string_view name, bool fallback = false) const;

    /// Our own extension: `x-streams: {name: ...}`; null where it is missing.
    const Node* extension(std::string_view name) const;

    /// A property with templates in it; `fallback` where it is missing.
    Result<Template> text(std::string_view name, std::string_view fallback,
                          const Names& allowed) const;
    Result<std::optional<Template>> text(std::string_view name, const Names& allowed) const;
    Result<Template> compile(const Node& text, const Names& allowed) const;

    /// Config `id`, with the place of the property, or of the component.
    std::unexpected<Error> refuse(std::string_view property, std::string id,
                                  std::string what) const;

    /// Config `component-misplaced`: such a component cannot stand in this property.
    std::unexpected<Error> misplaced(std::string_view role) const;

 private:
    const std::string* file_;
    const Node* node_;
};

/// One thing per kind of component that can play a role.
template <typename Made>
struct Maker {
    std::string_view kind;
    std::function<Result<Made>(const Part&)> make;
};

/// Makes what `part` is by the one of `makers` that knows its kind.
template <typename Made, typename Makers>
Result<Made> make_by_kind(const Part& part, const Makers& makers, std::string_view role) {
    for (const Maker<Made>& maker : makers) {
        if (maker.kind == part.kind()) return maker.make(part);
    }
    return part.misplaced(role);
}

}  // namespace streams::manifest
