#include "persisters/duckdb/row_writer.h"

#include <algorithm>
#include <fmt/format.h>

#include "persisters/duckdb/dialect.h"
#include "sql/catalog.h"
#include "sql/delivery.h"
#include "sql/ledger_tables.h"
#include "sql/open_table.h"
#include "sql/statements.h"
#include "sql/upsert.h"

namespace streams::duckdb {

Result<std::unique_ptr<sql::TableWriter>> RowWriter::make(DuckdbDatabase& database,
                                                          Connection& connection,
                                                          const Stream& stream,
                                                          const sql::OpenTable& table) {
    std::unique_ptr<RowWriter> writer(new RowWriter(database, connection, stream, table));
    STREAMS_TRY(writer->learn_columns());
    return writer;
}

// Equal numbers are one key, whatever their texts were.
Result<> RowWriter::learn_columns() {
    const auto columns = database_.physical_columns(table_.target);
    if (!columns) return std::unexpected(columns.error());
    types_.clear();
    encodings_.clear();
    statement_.reset();
    for (std::size_t i = 0; i < stream_.fields.size(); ++i) {
        const auto& field = stream_.fields[i];
        const auto* column = sql::find_column(dialect(), *columns, field.name);
        ensure(column != nullptr, "an open table has a column for each field");
        const bool is_key = std::ranges::find(stream_.key, i) != stream_.key.end();
        const bool is_canonical = (table_.is_merged && is_key) || field.scale < 0;
        types_.push_back(column->type);
        encodings_.push_back(encoding_of(field.type, column->type, is_canonical));
    }
    return {};
}

Result<> RowWriter::make_room(const Batch& batch) {
    bool is_changed = false;
    std::string scratch;
    for (std::size_t i = 0; i < encodings_.size(); ++i) {
        if (encodings_[i].form != Encoding::Form::Decimal) continue;
        const auto& column = batch.columns[i];
        Digits digits;
        for (std::size_t row = 0; row < column.rows; ++row) {
            if (!column.is_null(row)) {
                digits.add(digits_of(canonical_text(column.text(row), scratch)));
            }
        }
        if (has_room(types_[i], digits)) continue;
        const auto& name = stream_.fields[i].name;
        if (!table_.entry.is_made || !is_flexible(stream_.fields[i])) {
            return std::unexpected(
                Error{ErrorKind::Config,
                      "table-adopted",
                      fmt::format("column \"{}\" of table \"{}\" is a {}, which has no room for a "
                                  "number of {} digits and {} behind the point",
                                  name, table_.target, types_[i], digits.whole, digits.fraction),
                      fmt::format("lines {} to {}", batch.first_line, batch.last_line),
                      {},
                      "widen the column yourself, or load beside it: --schema NAME"});
        }
        STREAMS_TRY(database_.widen_decimal(table_.target, name, digits));
        is_changed = true;
    }
    return is_changed ? learn_columns() : Result<>();
}

Result<> RowWriter::write(const Batch& batch, std::int64_t commit, sql::RowCounts& counts) {
    ensure(batch.columns.size() == encodings_.size(), "a batch has one column per field");
    if (batch.rows == 0) return {};
    STREAMS_TRY(make_room(batch));
    counts.rows += batch.rows;
    if (table_.is_merged || !database_.staging().of(table_.target).empty()) {
        return stage(batch, commit);
    }
    counts.new_rows += batch.rows;
    return append(batch, commit);
}

Result<> RowWriter::append(const Batch& batch, std::int64_t commit) {
    auto& rows = connection_.rows();
    if (commit == 0) {
        rows.tag_none();
    } else {
        rows.tag_all(commit);
    }
    return insert(table_.target, sql::columns_of(stream_, table_), batch, false);
}

Result<> RowWriter::insert(const std::string& table, const std::vector<std::string>& columns,
                           const Batch& batch, bool with_hashes) {
    connection_.rows().give(encodings_, &batch, with_hashes);
    if (!statement_ || statement_table_ != table) {
        auto prepared =
            connection_.prepare(fmt::format("INSERT INTO {} ({}) SELECT * FROM "
                                            "streams_rows()",
                                            sql::quoted(table), sql::quoted_list(columns)));
        if (!prepared) return std::unexpected(std::move(prepared).error());
        statement_.emplace(*std::move(prepared));
        statement_table_ = table;
    }
    const auto inserted = statement_->run();
    if (inserted) return {};
    auto error = inserted.error();
    error.what = fmt::format("write to \"{}\": {}", table_.entry.table, error.what);
    error.where = fmt::format("lines {} to {}", batch.first_line, batch.last_line);
    return std::unexpected(std::move(error));
}

Result<StagedRows> RowWriter::new_staged_rows() const {
    StagedRows staged;
    staged.table = database_.staging().new_table();
    staged.is_merged = table_.is_merged;
    if (staged.is_merged) {
        staged.upsert = sql::upsert_of(dialect(), stream_, table_);
        staged.kept = table_.fields;
    }
    sql::TableDefinition definition{.table = staged.table, .columns = {}, .key = {}};
    for (std::size_t i = 0; i < stream_.fields.size(); ++i) {
        staged.columns.push_back(stream_.fields[i].name);
        definition.columns.push_back({.name = stream_.fields[i].name, .type = types_[i]});
    }
    if (!staged.is_merged) staged.columns.emplace_back(sql::kCommitColumn);
    definition.columns.push_back(
        {.name = std::string(staged.is_merged ? kRowColumn : sql::kCommitColumn),
         .type = "BIGINT"});
    if (staged.is_merged) {
        definition.columns.push_back({.name = std::string(sql::kHashColumn), .type = "BIGINT"});
    }
    auto text = sql::create_table(definition);
    text.insert(std::string_view("CREATE ").size(), "TEMP ");
    STREAMS_TRY(connection_.run(text));
    return staged;
}

// Rows go on behind those that are staged already, unless they have other columns.
Result<StagedRows*> RowWriter::staged_rows() {
    auto& steps = database_.staging().of(table_.target);
    auto* last = steps.empty() ? nullptr : std::get_if<StagedRows>(&steps.back());
    if (last != nullptr && statement_ && statement_table_ == last->table) return last;
    auto made = new_staged_rows();
    if (!made) return std::unexpected(std::move(made).error());
    steps.emplace_back(*std::move(made));
    return &std::get<StagedRows>(steps.back());
}

Result<> RowWriter::stage(const Batch& batch, std::int64_t commit) {
    auto staged = staged_rows();
    if (!staged) return std::unexpected(std::move(staged).error());
    auto& rows = connection_.rows();
    if (table_.is_merged) {
        rows.number(static_cast<std::int64_t>((*staged)->rows));
    } else if (commit == 0) {
        rows.tag_none();
    } else {
        rows.tag_all(commit);
    }
    (*staged)->rows += batch.rows;
    auto columns = (*staged)->columns;
    if (table_.is_merged) {
        columns.emplace_back(kRowColumn);
        columns.emplace_back(sql::kHashColumn);
    }
    return insert((*staged)->table, columns, batch, table_.is_merged);
}

Result<> RowWriter::activate(sql::OpenTable& table, std::int64_t version, bool removes,
                             sql::RowCounts& /*counts*/) {
    if (!removes) STREAMS_TRY(sql::add_deleted_column(database_, table));
    database_.staging()
        .of(table.target)
        .emplace_back(StagedActivation{stream_, table, version, removes});
    return {};
}

Result<> RowWriter::finish(sql::RowCounts& counts) {
    statement_.reset();
    const auto steps = std::exchange(database_.staging().of(table_.target), {});
    if (!steps.empty()) database_.note_changed(table_.target);
    return merge(database_, table_.target, steps, counts);
}

}  // namespace streams::duckdb
