#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/facts.h"
#include "schema/rules.h"
#include "schema/validator.h"
#include "streams/error.h"
#include "streams/schema.h"

namespace streams {

/// A property that a schema declares.
struct Property {
    std::string name;
    Facts facts;
    bool marked_key = false;      ///< `"key": true`.
    CheckIndex check = kNoCheck;  ///< Of `SchemaFacts::validator`.
};

/// A JSON Schema, as far as columns go.
struct SchemaFacts {
    std::vector<Property> properties;  ///< In the schema's order.
    std::vector<std::string> required;
    bool others_allowed = true;
    Facts others;  ///< Of properties that are not declared.
    CheckIndex others_check = kNoCheck;
    CheckIndex record_check = kNoCheck;          ///< Of each record as a whole.
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
