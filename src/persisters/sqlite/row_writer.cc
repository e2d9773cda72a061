#include "persisters/sqlite/row_writer.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include "batch/time_text.h"
#include "persisters/sqlite/sqlite_dialect.h"
#include "sql/activation.h"
#include "sql/open_table.h"
#include "sql/statements.h"
#include "sql/upsert.h"
#include "sql/value_text.h"

namespace streams::sqlite {
namespace {

constexpr int kOutOfRange = -1;  // No code of SQLite: a time that has no text of fixed width.

// Text without bytes is no null.
int bind_bytes(sqlite3_stmt* statement, int position, std::string_view text) {
    return sqlite3_bind_text64(statement, position, text.data() == nullptr ? "" : text.data(),
                               text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

int bind_blob(sqlite3_stmt* statement, int position, std::string_view bytes) {
    return sqlite3_bind_blob64(statement, position, bytes.data() == nullptr ? "" : bytes.data(),
                               bytes.size(), SQLITE_STATIC);
}

// SQLite gives a function no more than 127 arguments.
std::string leaving_of(const sql::OpenTable& table) {
    constexpr std::size_t kArguments = 100;
    std::string text;
    for (std::size_t i = 0; i < table.fields.size(); ++i) {
        if (i % kArguments == 0) {
            text += fmt::format("{}streams_left({}", i == 0 ? "" : ") AND ", i);
        }
        text += ", kept." + sql::quoted(table.fields[i].name);
    }
    return text.empty() ? text : text + ")";
}

}  // namespace

RowWriter::Binding RowWriter::binding_of(Type type, bool is_key) {
    switch (type) {
        case Type::Boolean:
            return Binding::Boolean;
        case Type::Integer:
            return Binding::Integer;
        case Type::Double:
            return Binding::Double;
        case Type::Timestamp:
            return Binding::Timestamp;
        case Type::Date:
            return Binding::Date;
        case Type::Time:
            return Binding::Time;
        case Type::Binary:
            return Binding::Blob;
        case Type::Decimal:
            return is_key ? Binding::KeyDecimal : Binding::Text;
        case Type::Text:
        case Type::Uuid:
        case Type::Json:
            return Binding::Text;
    }
    return Binding::Text;
}

Result<std::unique_ptr<sql::TableWriter>> RowWriter::make(const Means& means, const Stream& stream,
                                                          const sql::OpenTable& table) {
    auto upsert = sql::upsert_of(sqlite_dialect(), stream, table);
    if (!upsert.tracked.empty() || !upsert.cleared.empty()) {
        upsert.noting_function = "streams_note";
    }
    if (table.is_merged) upsert.leaving = leaving_of(table);
    auto statement = means.connection.prepare(
        table.is_merged ? sql::upsert_row(sqlite_dialect(), upsert)
                        : sql::insert_row(table.target, sql::columns_of(stream, table)));
    if (!statement) return std::unexpected(std::move(statement).error());
    std::unique_ptr<RowWriter> writer(
        new RowWriter(means, *std::move(statement), {table.fields, RowHashes::Bytes}));
    writer->stream_ = &stream;
    writer->table_ = table.entry.table;
    writer->is_merged_ = table.is_merged;
    writer->has_commit_column_ = table.has_commit_column && !table.is_merged;
    writer->notes_ = table.is_merged && !upsert.noting_function.empty();
    if (table.is_merged) writer->key_ = stream.key;
    for (std::size_t i = 0; i < stream.fields.size(); ++i) {
        const bool is_key = std::ranges::find(writer->key_, i) != writer->key_.end();
        writer->bindings_.push_back(binding_of(stream.fields[i].type, is_key));
    }
    writer->scratch_.resize(stream.fields.size());
    writer->decimals_.resize(stream.fields.size());
    return writer;
}

Result<> RowWriter::activate(sql::OpenTable& table, std::int64_t version, bool removes,
                             sql::RowCounts& counts) {
    if (!removes) STREAMS_TRY(sql::add_deleted_column(*database_, table));
    return sql::activate(*database_, *stream_, table, version, removes, counts);
}

int RowWriter::bind_time(std::size_t position, const Column& column, std::size_t row) {
    char* text = scratch_[position].data();
    const auto value = column.integer(row);
    std::size_t bytes = kTimestampBytes;
    bool is_good = false;
    if (bindings_[position] == Binding::Timestamp) {
        is_good = write_timestamp(value, text);
    } else if (bindings_[position] == Binding::Date) {
        is_good = write_date(value, text);
        bytes = kDateBytes;
    } else {
        is_good = write_time(value, text);
        bytes = kTimeBytes;
    }
    if (!is_good) return kOutOfRange;
    return bind_bytes(statement_.get(), static_cast<int>(position + 1), {text, bytes});
}

int RowWriter::bind(std::size_t position, const Column& column, std::size_t row) {
    auto* statement = statement_.get();
    const int parameter = static_cast<int>(position + 1);
    if (column.is_null(row)) return sqlite3_bind_null(statement, parameter);
    switch (bindings_[position]) {
        case Binding::Boolean:
            return sqlite3_bind_int64(statement, parameter, column.boolean(row) ? 1 : 0);
        case Binding::Integer:
            return sqlite3_bind_int64(statement, parameter, column.integer(row));
        case Binding::Double:
            return sqlite3_bind_double(statement, parameter, column.real(row));
        case Binding::Text:
            return bind_bytes(statement, parameter, column.text(row));
        case Binding::Blob:
            return bind_blob(statement, parameter, column.text(row));
        case Binding::Timestamp:
        case Binding::Date:
        case Binding::Time:
            return bind_time(position, column, row);
        case Binding::KeyDecimal:
            break;
    }
    auto text = column.text(row);
    if (!sql::is_canonical_decimal(text)) {
        decimals_[position] = sql::canonical_decimal(text);
        text = decimals_[position];
    }
    return bind_bytes(statement, parameter, text);
}

int RowWriter::bind_row(const Batch& batch, std::size_t row) {
    for (std::size_t position = 0; position < bindings_.size(); ++position) {
        const int code = bind(position, batch.columns[position], row);
        if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
}

// An insert sets the connection's last rowid, an update leaves it, and neither happens to a row
// that is the same.
void RowWriter::count(std::int64_t sentinel, std::uint64_t hash, sql::RowCounts& counts) {
    if (!is_merged_ || sqlite3_last_insert_rowid(connection_->handle()) != sentinel) {
        ++counts.new_rows;
        return;
    }
    const bool is_written = sqlite3_changes64(connection_->handle()) != 0;
    counts.subtract_hash(is_written ? connection_->take_left() : hash);
    if (!is_written || (notes_ && !connection_->noted())) {
        ++counts.same;
    } else {
        ++counts.changed;
    }
}

Error RowWriter::error_of(int code, const Batch& batch, std::size_t row) const {
    Error error;
    if (code == kOutOfRange) {
        error = {
            ErrorKind::Data, "time-range", "a time is outside the years 1 to 9999", {}, {}, {}};
    } else {
        error = connection_->error();
    }
    error.what = fmt::format("write to \"{}\": {}", table_, error.what);
    if (error.kind == ErrorKind::Data) {
        error.where = fmt::format("row {} of those from line {} to line {}", row + 1,
                                  batch.first_line, batch.last_line);
    }
    return error;
}

// What a statement did before its row was refused, SQLite has undone.
Result<> RowWriter::refuse(int code, const Batch& batch, std::size_t row) {
    auto error = error_of(code, batch, row);
    sqlite3_reset(statement_.get());
    connection_->take_left();  // Nothing was replaced.
    const bool is_over = sqlite3_get_autocommit(connection_->handle()) != 0;
    if (is_over) return std::unexpected(std::move(error));
    return refusals_->add(error, *stream_, batch, row);
}

Result<> RowWriter::write(const Batch& batch, std::int64_t commit, sql::RowCounts& counts) {
    ensure(batch.columns.size() == bindings_.size(), "a batch has one column per field");
    const auto refused_before = refusals_->rows();
    const auto hashes_before = refusals_->hashes();
    auto* statement = statement_.get();
    auto* handle = connection_->handle();
    const int commit_parameter = static_cast<int>(bindings_.size() + 1);
    if (has_commit_column_ && commit != 0) {
        sqlite3_bind_int64(statement, commit_parameter, commit);
    }
    // A key of one whole number is the rowid itself, and may be any.
    const bool has_number_key = key_.size() == 1 && bindings_[key_.front()] == Binding::Integer;
    connection_->hash_left(is_merged_ && counts.hash ? &hasher_ : nullptr);
    std::int64_t sentinel = std::numeric_limits<std::int64_t>::min();
    for (std::size_t row = 0; row < batch.rows; ++row) {
        if (const int code = bind_row(batch, row); code != SQLITE_OK) {
            STREAMS_TRY(refuse(code, batch, row));
            continue;
        }
        if (is_merged_) {
            const auto least = std::numeric_limits<std::int64_t>::min();
            const bool is_least =
                has_number_key && batch.columns[key_.front()].integer(row) == least;
            sentinel = is_least ? 0 : least;
            sqlite3_set_last_insert_rowid(handle, sentinel);
        }
        if (const int code = sqlite3_step(statement); code != SQLITE_DONE) {
            STREAMS_TRY(refuse(code, batch, row));
            continue;
        }
        count(sentinel, batch.hashes.empty() ? 0 : batch.hashes[row], counts);
        sqlite3_reset(statement);
    }
    counts.rows += batch.rows - (refusals_->rows() - refused_before);
    counts.subtract_hash(refusals_->hashes() - hashes_before);
    return {};
}

}  // namespace streams::sqlite
