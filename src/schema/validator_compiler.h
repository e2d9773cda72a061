#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "schema/validator.h"
#include "streams/error.h"

namespace streams {

/// Compiles the schemas of a document, each reference once.
class ValidatorCompiler {
 public:
    /// `root` outlives this.
    explicit ValidatorCompiler(const nlohmann::json& root);

    /// The node for a property of records, whose own kinds are checked elsewhere; -1 where nothing
    /// else is asked.
    /// **Errors.** Data: `schema-ref`, `schema-size`, `schema-invalid`.
    Result<std::int32_t> compile_property(const nlohmann::json& schema);

    /// What was compiled; null if nothing has to be checked.
    std::shared_ptr<const Validator> take();

 private:
    Result<std::int32_t> compile(const nlohmann::json& schema, bool same_value);
    Result<std::int32_t> compile_reference(const std::string& reference, bool same_value);
    Result<> fill(const nlohmann::json& schema, std::int32_t index);
    Result<> fill_object(const nlohmann::json& schema, CheckNode& node);
    Result<> fill_choices(const nlohmann::json& schema, CheckNode& node);
    Result<> fill_pattern(const nlohmann::json& schema, CheckNode& node);

    const nlohmann::json& root_;
    std::unique_ptr<Validator> validator_;
    std::unordered_map<std::string, std::int32_t> references_;
    std::vector<std::string> open_;  // References that say something of the same value.
    std::size_t depth_ = 0;
};

}  // namespace streams
