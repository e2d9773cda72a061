#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/json_reference.h"
#include "schema/validator.h"
#include "streams/error.h"

namespace streams {

/// Compiles the schemas of a document, each reference once.
class ValidatorCompiler {
 public:
    /// `references` outlives this.
    explicit ValidatorCompiler(const SchemaReferences& references);

    /// The node for a value; kNoCheck where nothing is asked. Nodes that ask for kinds alone are
    /// shared.
    /// **Errors.** Data: `schema-ref`, `schema-size`, `schema-invalid`, `schema-keyword`,
    /// `schema-pattern`.
    Result<CheckIndex> compile(SchemaPlace place);

    /// What a node that asks for kinds alone asks; none if it asks for more.
    std::optional<std::pair<Kinds, bool>> plain(CheckIndex index) const;

    /// Refuses keywords of `schema` itself that are neither checked nor annotations.
    static Result<> check_keywords(const nlohmann::json& schema);

    /// What was compiled; null if nothing has to be checked.
    /// **Errors.** Data `schema-ref`: a schema asks a value to be of itself.
    Result<std::shared_ptr<const Validator>> take();

 private:
    using Json = nlohmann::json;

    Result<CheckIndex> compile_part(const Json& schema, std::size_t base);
    Result<CheckIndex> compile_reference(SchemaPlace place, const std::string& reference);
    Result<CheckIndex> compile_own(SchemaPlace place);
    CheckIndex add(CheckNode node);
    BranchCheck& branches(CheckNode& node);

    Result<> fill_texts(const Json& schema, CheckNode& node);
    Result<std::size_t> compile_pattern(const std::string& pattern);
    Result<> fill_array(SchemaPlace place, CheckNode& node);
    Result<> fill_items(SchemaPlace place, ArrayCheck& array);
    Result<> fill_contains(SchemaPlace place, ArrayCheck& array);
    Result<> fill_object(SchemaPlace place, CheckNode& node);
    Result<> fill_members(SchemaPlace place, ObjectCheck& object);
    Result<> fill_patterns(SchemaPlace place, ObjectCheck& object);
    Result<DependencyCheck> dependency_of(const std::string& name, const Json& value,
                                          std::size_t base, ObjectCheck& object);
    Result<> fill_dependencies(SchemaPlace place, ObjectCheck& object);
    Result<> fill_branches(SchemaPlace place, CheckNode& node);
    Result<> fill_choices(SchemaPlace place, const char* word, CheckNode& node);
    Result<> fill_all(SchemaPlace place, CheckNode& node);
    Result<> fill_condition(SchemaPlace place, CheckNode& node);
    void take_part(CheckIndex part, CheckNode& node);
    bool join_kinds(const std::vector<CheckIndex>& choices, bool is_exclusive, CheckNode& node);
    bool has_cycle(CheckIndex index, std::vector<std::uint8_t>& colours, std::size_t depth) const;

    struct Reference {
        CheckIndex node = kNoCheck;
        bool is_open = false;  ///< It is being compiled.
        bool is_used = false;  ///< Meanwhile something referred to it: `node` stands for it.
    };

    const SchemaReferences& references_;
    std::unique_ptr<Validator> validator_;
    std::unordered_map<const Json*, Reference> known_;
    std::unordered_map<std::uint16_t, CheckIndex> plain_;
    std::unordered_map<std::string, std::size_t> patterns_;
    std::size_t depth_ = 0;
};

}  // namespace streams
