#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "format/decimal_width.h"
#include "streams/schema.h"

namespace streams::file {

/// The columns that a stream's files have, as the journal remembers them: a later run goes on with
/// them, whatever its own first rows would suggest.
struct StreamColumns {
    std::string stream;
    std::vector<Field> fields;
    std::vector<DecimalWidth> widths;  ///< One for each field; they grow in Parquet only.

    bool operator==(const StreamColumns&) const = default;
};

/// Takes the fields of a later `Stream`; widths stay with the names.
void follow(StreamColumns& columns, const std::vector<Field>& fields);

nlohmann::ordered_json json_of(const StreamColumns& columns);

/// Columns of a later release's words are left out. Throws as nlohmann::json does.
StreamColumns stream_columns_of(const nlohmann::json& json);

}  // namespace streams::file
