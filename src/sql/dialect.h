#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "streams/batch.h"
#include "streams/schema.h"

namespace streams::sql {

/// What makes one SQL database unlike another, as data.
struct Dialect {
    std::string_view name;
    std::array<std::string_view, 11> type_names;    ///< By `Type`.
    std::size_t columns_max = 0;                    ///< Of a table.
    std::size_t name_bytes_max = 0;                 ///< 0: any length.
    std::string_view differs = "IS DISTINCT FROM";  ///< Between two values, NULL being one.
    std::string_view now = "now()";                 ///< As a column of type Timestamp holds it.
    bool has_schemas = false;         ///< Else a schema is `NAME__` before the table's name.
    bool adds_if_not_exists = false;  ///< ALTER TABLE ... ADD COLUMN IF NOT EXISTS.
    bool folds_case = false;  ///< `Orders` and `orders` name one table (ASCII letters only).
    std::vector<std::string_view> reserved_prefixes;  ///< Of tables; in lower case.
    RowHashes row_hashes = RowHashes::Bytes;          ///< How a nested value of JSON is kept.

    std::string_view type_name(Type type) const {
        return type_names[static_cast<std::size_t>(type)];
    }
};

/// `identifier` as it is written in a statement. The only place where a name becomes SQL.
/// The identifier holds no NUL (`can_hold_table` and the rules for columns see to that).
std::string quoted(std::string_view identifier);

/// `"a", "b"`.
std::string quoted_list(const std::vector<std::string>& identifiers);

}  // namespace streams::sql
