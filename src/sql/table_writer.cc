#include "sql/table_writer.h"

#include <fmt/format.h>

namespace streams::sql {

Result<> check_keys(const Stream& stream, const OpenTable& table, const Batch& batch) {
    if (!table.is_merged) return {};
    for (const auto position : stream.key) {
        if (batch.columns[position].nulls == 0) continue;
        return std::unexpected(
            Error{ErrorKind::Data,
                  "key-null",
                  fmt::format("a row of \"{}\" has no value for its key \"{}\"", table.entry.table,
                              stream.fields[position].name),
                  fmt::format("lines {} to {}", batch.first_line, batch.last_line),
                  {},
                  "correct the source, or: --load append"});
    }
    return {};
}

}  // namespace streams::sql
