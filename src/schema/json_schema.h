#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/rules.h"
#include "schema/validator.h"
#include "streams/error.h"
#include "streams/schema.h"

namespace streams {

/// What a schema says of the kinds and types of a value.
struct Facts {
    Kinds kinds = kEveryKind;
    bool integer = false;         ///< Numbers are whole.
    bool decimal = false;         ///< Numbers are decimals of `scale` and `precision`.
    Type text_type = Type::Text;  ///< Of texts, by `format` and `contentEncoding`.
    std::int32_t scale = -1;
    std::int32_t precision = 0;
};

/// A property that a schema declares.
struct Property {
    std::string name;
    Facts facts;
    bool marked_key = false;  ///< `"key": true`.
    std::int32_t check = -1;  ///< Of `SchemaFacts::validator`.
};

/// A JSON Schema, as far as columns go.
struct SchemaFacts {
    std::vector<Property> properties;  ///< In the schema's order.
    std::vector<std::string> required;
    bool others_allowed = true;
    Facts others;                                ///< Of properties that are not declared.
    std::shared_ptr<const Validator> validator;  ///< Null where nothing has to be checked.
};

/// Reads a JSON Schema of draft 4, 6 or 7. `$ref` is followed inside the document only.
/// **Errors.** Data: `schema-invalid`, `schema-ref` (remote, missing or circular), `schema-size`.
Result<SchemaFacts> read_schema(std::string_view text);

/// Whether two schemas are the same value, whatever the order of their members.
bool are_equal_schemas(std::string_view a, std::string_view b);

/// The text that the schema has for one of its properties; empty where it has none.
std::string property_text(std::string_view schema, std::string_view name);

}  // namespace streams
