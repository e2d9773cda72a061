#include "persisters/postgres/copy_writer.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <utility>

#include "sql/activation.h"
#include "sql/delivery.h"
#include "sql/ledger_tables.h"
#include "sql/open_table.h"
#include "sql/upsert.h"

namespace streams::postgres {
namespace {

constexpr std::size_t kPieceBytes = 60'000;

// The stream as its stage has it: with every column of the table.
Stream staged_stream(const Stream& stream, const sql::OpenTable& table) {
    Stream staged = stream;
    staged.fields = table.fields;
    for (auto& position : staged.key) {
        const auto found =
            std::ranges::find(table.fields, stream.fields[position].name, &Field::name);
        ensure(found != table.fields.end(), "a table has the columns of its key");
        position = static_cast<std::size_t>(found - table.fields.begin());
    }
    return staged;
}

}  // namespace

Result<CopyWriter::Target> CopyWriter::target_of(std::int64_t commit, const Batch& batch) {
    Target target;
    std::vector<std::string> columns;
    columns.reserve(stream_.fields.size() + 2);
    for (const auto& field : stream_.fields) columns.push_back(field.name);
    if (table_.has_commit_column && (commit != 0 || columns.empty())) {  // SQL has no empty list.
        columns.emplace_back(sql::kCommitColumn);
        target.tail.commit = commit;
    }
    auto name = table_.target;
    const bool is_staged = table_.is_merged || database_.is_pending(table_.target) ||
                           database_.find_stage(table_.target) != nullptr;
    if (is_staged) {
        const auto stage = database_.stage_for(table_, refusals_.keeps());
        if (!stage) return std::unexpected(stage.error());
        name = (*stage)->name;
        columns.emplace_back(kRowColumn);
        columns.emplace_back(sql::kHashColumn);
        target.tail.row_number = (*stage)->rows;
        target.tail.hashes = &batch.hashes;
        if ((*stage)->has_lines) {
            columns.emplace_back(kLineColumn);
            target.tail.lines = &batch;
        }
    }
    target.statement = fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", sql::quoted(name),
                                   sql::quoted_list(columns));
    return target;
}

Error CopyWriter::at_row(Error error, const Batch& batch, std::size_t row) const {
    error.what = fmt::format("write to \"{}\": {}", table_.entry.table, error.what);
    error.where = fmt::format("row {} of those from line {} to line {}", row + 1, batch.first_line,
                              batch.last_line);
    return error;
}

// Sends a piece; answers the row behind it, over one that does not fit where refusals are kept.
Result<std::size_t> CopyWriter::send(CopyEncoder& encoder, const Batch& batch, std::size_t row,
                                     std::size_t end) {
    auto& connection = database_.connection();
    encoder.clear();
    row = encoder.encode(row, end, kPieceBytes);
    if (const auto& unfit = encoder.unfit()) {
        const auto& field = stream_.fields[unfit->column].name;
        Error error{ErrorKind::Data,
                    unfit->id,
                    fmt::format("field \"{}\": {}", field, unfit->reason),
                    {},
                    {},
                    "correct the source, or leave the field out"};
        if (!refusals_.keeps()) {
            STREAMS_TRY(connection.give_up_copy());
            return std::unexpected(at_row(std::move(error), batch, unfit->row));
        }
        unfit_.push_back({unfit->row, std::move(error)});
        ++row;
    }
    STREAMS_TRY(connection.send(encoder.bytes()));
    return row;
}

Result<> CopyWriter::copy(const Batch& batch, std::size_t begin, std::size_t end,
                          const Target& target) {
    auto& connection = database_.connection();
    STREAMS_TRY(connection.begin_copy(target.statement));
    STREAMS_TRY(connection.send(CopyEncoder::header()));
    CopyEncoder encoder(batch.columns, target.tail);
    unfit_.clear();
    for (std::size_t row = begin; row < end;) {
        const auto next = send(encoder, batch, row, end);
        if (!next) return std::unexpected(next.error());
        row = *next;
    }
    STREAMS_TRY(connection.send(CopyEncoder::trailer()));
    return connection.end_copy();
}

Result<> CopyWriter::load(const Batch& batch, std::size_t begin, std::size_t end,
                          const Target& target) {
    if (begin == end) return {};
    STREAMS_TRY(database_.connection().run("SAVEPOINT streams_rows"));
    auto copied = copy(batch, begin, end, target);
    if (copied) {
        for (const auto& refused : std::exchange(unfit_, {})) STREAMS_TRY(refuse(batch, refused));
        return database_.connection().run("RELEASE SAVEPOINT streams_rows");
    }
    auto error = std::move(copied).error();
    const bool is_located = !error.where.empty();
    if (error.kind != ErrorKind::Data || is_located) return std::unexpected(std::move(error));
    STREAMS_TRY(database_.connection().run("ROLLBACK TO SAVEPOINT streams_rows"));
    if (end - begin == 1) {
        STREAMS_TRY(refuse(batch, {begin, at_row(std::move(error), batch, begin)}));
    } else {
        const auto middle = begin + (end - begin) / 2;
        STREAMS_TRY(load(batch, begin, middle, target));
        STREAMS_TRY(load(batch, middle, end, target));
    }
    return database_.connection().run("RELEASE SAVEPOINT streams_rows");
}

Result<> CopyWriter::refuse(const Batch& batch, const Refused& refused) {
    STREAMS_TRY(refusals_.add(refused.error, stream_, batch, refused.row));
    if (auto* stage = database_.find_stage(table_.target)) {
        stage->gaps.push_back(stage->rows + static_cast<std::int64_t>(refused.row));
    }
    return {};
}

Result<> CopyWriter::write(const Batch& batch, std::int64_t commit, sql::RowCounts& counts) {
    ensure(batch.columns.size() == stream_.fields.size(), "a batch has one column per field");
    if (batch.rows == 0) return {};
    const auto target = target_of(commit, batch);
    if (!target) return std::unexpected(target.error());
    const auto refused_before = refusals_.rows();
    const auto hashes_before = refusals_.hashes();
    STREAMS_TRY(load(batch, 0, batch.rows, *target));
    const auto rows = batch.rows - (refusals_.rows() - refused_before);
    counts.rows += rows;
    counts.subtract_hash(refusals_.hashes() - hashes_before);
    if (auto* stage = database_.find_stage(table_.target)) {
        if (table_.is_merged) note_keys(*stage, stream_, batch);
        stage->rows += static_cast<std::int64_t>(batch.rows);
    } else {
        counts.new_rows += rows;
    }
    return {};
}

Result<> CopyWriter::activate(sql::OpenTable& table, std::int64_t version, bool removes,
                              sql::RowCounts& counts) {
    if (!removes) STREAMS_TRY(sql::add_deleted_column(database_, table));
    if (database_.is_pending(table.target)) {
        const auto stage = database_.stage_for(table, refusals_.keeps());
        if (!stage) return std::unexpected(stage.error());
        (*stage)->cuts.push_back({(*stage)->rows, version, removes});
        return {};
    }
    STREAMS_TRY(finish(counts));
    return sql::activate(database_, stream_, table, version, removes, counts);
}

Result<> CopyWriter::merge_range(const Stage& stage, std::int64_t begin, std::int64_t end,
                                 sql::RowCounts& counts) {
    const auto rows = rows_within(stage, begin, end);
    if (rows == 0) return {};
    const auto staged = staged_stream(stream_, table_);
    if (!table_.is_merged) {
        STREAMS_TRY(database_.run(
            append(stage, table_.target, sql::columns_of(staged, table_), begin, end)));
        counts.new_rows += rows;
        return {};
    }
    const auto upsert = sql::upsert_of(database_.dialect(), staged, table_);
    if (!stage.has_rising_keys) {
        const auto lost = losers(stage, upsert, begin, end);
        STREAMS_TRY(sql::subtract_hashes(database_, sql::kHashColumn, lost, counts));
        STREAMS_TRY(database_.run("DELETE FROM " + lost));
    }
    STREAMS_TRY(subtract_met(stage, upsert, begin, end, counts));
    const auto merged = database_.ask(merge(stage, database_.dialect(), upsert, begin, end), {});
    if (!merged) return std::unexpected(merged.error());
    const auto added = static_cast<std::uint64_t>(merged->integer(0, 0));
    const auto changed = static_cast<std::uint64_t>(merged->integer(0, 1));
    counts.new_rows += added;
    counts.changed += changed;
    counts.same += rows - added - changed;
    return {};
}

// Rows that are replaced, and those that change nothing, take their hashes with them.
Result<> CopyWriter::subtract_met(const Stage& stage, const sql::Upsert& upsert, std::int64_t begin,
                                  std::int64_t end, sql::RowCounts& counts) {
    if (!counts.hash) return {};
    const auto there =
        database_.ask(fmt::format("SELECT 1 FROM {} LIMIT 1", sql::quoted(upsert.table)), {});
    if (!there) return std::unexpected(there.error());
    if (there->rows.empty()) return {};
    const auto rows = met(stage, upsert, begin, end);
    const auto is_replaced = sql::replaces(database_.dialect(), upsert);
    STREAMS_TRY(sql::subtract_hashes(database_, sql::kHashColumn,
                                     fmt::format("{} WHERE ({}) IS NOT TRUE", rows, is_replaced),
                                     counts));
    STREAMS_TRY(sql::subtract_rows(database_, table_.fields,
                                   fmt::format("{} WHERE {}", rows, is_replaced), "kept.", counts));
    return {};
}

Result<> CopyWriter::refuse_staged(const Stage& stage, std::int64_t row, const Error& error,
                                   sql::RowCounts& counts) {
    const auto staged = fmt::format("{} WHERE {} = {}", sql::quoted(stage.name), kRowColumn, row);
    STREAMS_TRY(sql::subtract_hashes(database_, sql::kHashColumn, staged, counts));
    --counts.rows;
    const auto kept = database_.ask(fmt::format("SELECT {} FROM {}", kLineColumn, staged), {});
    if (!kept) return std::unexpected(kept.error());
    auto reject = sql::reject_of(error, stream_.name);
    const auto text = kept->text(0, 0);
    const auto blank = text.find(' ');
    std::from_chars(text.data(), text.data() + blank, reject.line);
    reject.record = text.substr(blank + 1);
    return refusals_.add(std::move(reject));
}

// Rows before the middle are merged before those behind it, so that the last of a key still wins.
Result<> CopyWriter::merge_kept(const Stage& stage, std::int64_t begin, std::int64_t end,
                                sql::RowCounts& counts) {
    if (rows_within(stage, begin, end) == 0) return {};
    if (!refusals_.keeps()) return merge_range(stage, begin, end, counts);
    auto& connection = database_.connection();
    const auto before = counts;
    STREAMS_TRY(connection.run("SAVEPOINT streams_merge"));
    auto merged = merge_range(stage, begin, end, counts);
    if (merged) return connection.run("RELEASE SAVEPOINT streams_merge");
    if (merged.error().kind != ErrorKind::Data) return merged;
    STREAMS_TRY(connection.run("ROLLBACK TO SAVEPOINT streams_merge"));
    counts = before;
    if (end - begin == 1) {
        STREAMS_TRY(refuse_staged(stage, begin, merged.error(), counts));
    } else {
        const auto middle = begin + (end - begin) / 2;
        STREAMS_TRY(merge_kept(stage, begin, middle, counts));
        STREAMS_TRY(merge_kept(stage, middle, end, counts));
    }
    return connection.run("RELEASE SAVEPOINT streams_merge");
}

Result<> CopyWriter::finish(sql::RowCounts& counts) {
    STREAMS_TRY(database_.change_now(table_.target));
    const auto* stage = database_.find_stage(table_.target);
    if (stage == nullptr) return {};
    std::int64_t begin = 0;
    for (const auto& cut : stage->cuts) {
        STREAMS_TRY(merge_kept(*stage, begin, cut.row, counts));
        STREAMS_TRY(sql::activate(database_, stream_, table_, cut.version, cut.removes, counts));
        begin = cut.row;
    }
    STREAMS_TRY(merge_kept(*stage, begin, stage->rows, counts));
    return database_.drop_stage(table_.target);
}

}  // namespace streams::postgres
