#pragma once

#include <cstdint>
#include <duckdb.h>
#include <string>
#include <vector>

#include "streams/batch.h"

namespace streams::duckdb {

/// How the values of a column become DuckDB's.
struct Encoding {
    enum class Form : std::uint8_t {
        Boolean,
        Fixed,      ///< 64 bits, the same on both sides.
        Date,       ///< To 32 bits.
        Bytes,      ///< Text of any kind, and bytes.
        Uuid,       ///< To 128 bits.
        Decimal,    ///< To a whole number, times 10^scale.
        Canonical,  ///< The text of a decimal, without zeros that say nothing.
    };
    Form form = Form::Bytes;
    std::string type;  ///< As DuckDB spells it: `DECIMAL(38,2)`.
};

/// How values of `type` go into a column that DuckDB says is a `physical`. A key's decimal, or one
/// whose digits nobody declared, is kept in canonical form.
Encoding encoding_of(Type type, const std::string& physical, bool is_canonical);

/// The rows of a batch as the SQL function `streams_rows()`: one column per field, and behind them
/// `tag`, a whole number of ours, and where it is asked for `hash`. No text is copied on its way: a
/// batch that is given lives until the statement has ended.
class RowSource {
 public:
    RowSource() = default;
    RowSource(const RowSource&) = delete;
    RowSource& operator=(const RowSource&) = delete;
    ~RowSource() = default;

    /// Makes the function known. This outlives the database. False if it cannot be made.
    bool add_to(duckdb_connection connection);

    /// The next statement reads these. Before one is prepared, `batch` may be null.
    void give(const std::vector<Encoding>& encodings, const Batch* batch, bool with_hashes);

    /// The same tag on every row; or none, NULL; or their numbers from `first` on.
    void tag_all(std::int64_t tag) { tags_ = Tags::All, tag_ = tag; }
    void tag_none() { tags_ = Tags::None; }
    void number(std::int64_t first) { tags_ = Tags::Numbers, tag_ = first; }

 private:
    enum class Tags : std::uint8_t { None, All, Numbers };

    static void bind(duckdb_bind_info info);
    static void begin(duckdb_init_info info);
    static void next(duckdb_function_info info, duckdb_data_chunk output);
    void fill_tags(duckdb_vector vector, std::size_t rows) const;
    void fill_hashes(duckdb_vector vector, std::size_t rows) const;

    const std::vector<Encoding>* encodings_ = nullptr;
    const Batch* batch_ = nullptr;
    bool with_hashes_ = false;
    std::size_t row_ = 0;
    Tags tags_ = Tags::None;
    std::int64_t tag_ = 0;
};

}  // namespace streams::duckdb
