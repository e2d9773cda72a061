#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "streams/error.h"

namespace streams {

/// The drafts of JSON Schema that differ in what we read.
enum class Draft : std::uint8_t { Four, Six, Seven, From2019, From2020 };

/// The draft that a document's `$schema` names; 7 where it names none.
/// **Errors.** Data `schema-draft`: it names another one.
Result<Draft> draft_of(const nlohmann::json& root);

/// A schema within a document, and which URI its references are relative to.
struct SchemaPlace {
    const nlohmann::json* schema = nullptr;
    std::size_t base = 0;
};

/// What the references within one document lead to. Nothing is ever fetched.
class SchemaReferences {
 public:
    /// `root` outlives this.
    /// **Errors.** Data `schema-size`: it is nested too deep.
    static Result<SchemaReferences> of(const nlohmann::json& root, Draft draft);

    SchemaPlace root() const;

    /// A schema that stands in one whose base is `base`: it may have an identifier of its own.
    SchemaPlace within(const nlohmann::json& schema, std::size_t base) const;

    /// The `$ref` of `schema`; null where it has none.
    static const std::string* reference_of(const nlohmann::json& schema);

    /// Whether what stands beside a `$ref` counts.
    bool has_siblings() const { return draft_ >= Draft::From2019; }

    /// What `reference` leads to from a schema whose base is `base`.
    /// **Errors.** Data `schema-ref`: out of the document, or to nothing.
    Result<SchemaPlace> follow(const std::string& reference, std::size_t base) const;

    Draft draft() const { return draft_; }

 private:
    SchemaReferences(const nlohmann::json& root, Draft draft) : root_(&root), draft_(draft) {}

    const std::string* identifier_of(const nlohmann::json& schema) const;
    Result<> note(const nlohmann::json& schema, std::size_t base, std::size_t depth);
    Result<> note_parts(const nlohmann::json& schema, std::size_t base, std::size_t depth);
    void note_anchor(const nlohmann::json& schema, std::size_t base);
    Result<SchemaPlace> walk_pointer(SchemaPlace place, std::string_view pointer) const;

    const nlohmann::json* root_;
    Draft draft_;
    std::vector<std::string> bases_;
    std::unordered_map<const nlohmann::json*, std::size_t> own_bases_;
    std::unordered_map<std::string, SchemaPlace> named_;  ///< By URI, with an anchor if it is one.
};

}  // namespace streams
