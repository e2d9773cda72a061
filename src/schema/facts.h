#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <unordered_map>

#include "schema/json_reference.h"
#include "schema/rules.h"
#include "streams/error.h"
#include "streams/schema.h"

namespace streams {

/// What a schema says of the kinds and types of a value. Never narrower than the schema.
struct Facts {
    Kinds kinds = kEveryKind;
    bool integer = false;         ///< Numbers are whole.
    bool decimal = false;         ///< Numbers are decimals of `scale` and `precision`.
    Type text_type = Type::Text;  ///< Of texts, by `format` and `contentEncoding`.
    std::int32_t scale = -1;
    std::int32_t precision = 0;
};

/// What two schemas say of a value that is of both.
Facts both(const Facts& a, const Facts& b);

/// Reads facts from the schemas of a document, each reference once.
class FactsReader {
 public:
    /// `references` outlives this.
    explicit FactsReader(const SchemaReferences& references) : references_(references) {}

    /// **Errors.** Data: `schema-invalid`, `schema-ref`, `schema-size`.
    Result<Facts> read(SchemaPlace place);

 private:
    Result<Facts> read_part(const nlohmann::json& schema, std::size_t base);
    Result<Facts> read_any(const nlohmann::json& branches, std::size_t base);
    Result<Facts> read_own(SchemaPlace place);
    Result<Facts> follow(SchemaPlace place, const std::string& reference);
    Result<> spend();

    const SchemaReferences& references_;
    /// By what a reference leads to; none while it is being read.
    std::unordered_map<const nlohmann::json*, std::optional<Facts>> known_;
    std::size_t visits_ = 0;
    std::size_t depth_ = 0;
};

}  // namespace streams
