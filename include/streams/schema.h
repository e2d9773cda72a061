#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace streams {

/// The kind of a JSON value. Kinds never share a typed column.
enum class Kind : std::uint8_t {
    Text,
    Number,
    Boolean,
    Object,
    Array,
    Any,  ///< Several kinds, or none was declared: the column holds JSON text.
};

/// What a column holds. `Column` in batch.h says how each lies in memory.
enum class Type : std::uint8_t {
    Boolean,
    Integer,    ///< 64 bits, signed.
    Double,     ///< Only values whose text says the same number as the double's shortest text.
    Decimal,    ///< The number's decimal text; every digit counts.
    Text,       ///< UTF-8.
    Timestamp,  ///< Microseconds since 1970-01-01T00:00:00Z.
    Date,       ///< Days since 1970-01-01.
    Time,       ///< Microseconds since midnight.
    Uuid,       ///< Canonical text, lower case.
    Binary,     ///< Bytes, from base64.
    Json,       ///< The value's own JSON text.
};

/// Where a column's values come from.
enum class Origin : std::uint8_t {
    Record,         ///< The record's member `path`.
    TableVersion,   ///< `version` of the RECORD message: `_sdc_table_version`.
    TimeExtracted,  ///< `time_extracted` of the RECORD message: `_sdc_extracted_at`.
    Received,       ///< When the line was read: `_sdc_received_at`.
    Sequence,       ///< Rises with every record of every run: `_sdc_sequence`.
};

/// One column of a stream.
struct Field {
    std::string name;  ///< The column's name: the member's own, or with a suffix such as `__st`.
    std::string path;  ///< The member of the record; empty unless `origin` is Record.
    Kind kind = Kind::Any;
    Type type = Type::Json;
    Origin origin = Origin::Record;
    bool declared = false;       ///< By a SCHEMA; else inferred from values.
    std::int32_t scale = -1;     ///< Of a declared decimal; -1: as written.
    std::int32_t precision = 0;  ///< Of a declared decimal; 0: any.

    bool operator==(const Field&) const = default;
};

/// How the rows of a stream meet the rows that the destination has.
enum class Load : std::uint8_t {
    Append,
    Upsert,     ///< The last row of a key wins. Needs `Stream::key`.
    Overwrite,  ///< The whole table is replaced by the commit that ends the run.
};

/// A stream as its destination sees it: a table, or a folder of files.
struct Stream {
    std::string name;
    std::vector<Field> fields;
    std::vector<std::size_t> key;  ///< Positions in `fields`, in the order of the key.
    Load load = Load::Append;
    bool versioned = false;  ///< Its records carry `version`: rows are closed by activations.
};

}  // namespace streams
