#include "persisters/sqlite/sqlite_persister.h"

#include <filesystem>
#include <map>
#include <optional>
#include <unistd.h>
#include <utility>

#include "base/file.h"
#include "persisters/sqlite/activation.h"
#include "persisters/sqlite/ledger.h"
#include "persisters/sqlite/open_table.h"
#include "persisters/sqlite/row_writer.h"
#include "persisters/sqlite/session.h"
#include "persisters/sqlite/sqlite_dialect.h"
#include "sql/ledger_tables.h"

namespace streams::sqlite {
namespace {

constexpr std::string_view kPutReject =
    "INSERT INTO _streams_rejects (schema, pipeline, run, time, stream, line, id, reason, record) "
    "VALUES (?1, ?2, ?3, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), ?4, ?5, ?6, ?7, ?8)";

/// A stream, from its first `open` on.
struct Opened {
    Stream stream;
    OpenTable table;
    std::unique_ptr<RowWriter> writer;  ///< None after a change of the table, until it is needed.
    RowCounts counts;                   ///< Since the last commit.
    bool is_touched = false;            ///< Opened or written since the last commit.
    std::uint64_t transaction = 0;      ///< In which the ownership was checked last.
};

class SqlitePersister final : public Persister {
 public:
    SqlitePersister(std::string path, const Context& context, bool hard_delete)
        : session_(std::move(path), context), ledger_(session_), hard_delete_(hard_delete) {}

    /// Whether what is there can be used; makes nothing.
    Result<> look() {
        const auto database = session_.existing();
        return database ? Result<>() : std::unexpected(database.error());
    }

    Result<std::vector<Field>> stored(const std::string& stream) override {
        const auto database = session_.existing();
        if (!database) return std::unexpected(database.error());
        if (*database == nullptr) return std::vector<Field>{};
        return stored_fields(**database, session_.context(), stream);
    }

    Result<> open(const Stream& stream) override { return keep(open_stream(stream)); }

    Result<> write(const Stream& stream, const Batch& batch) override {
        return keep(write_rows(stream, batch));
    }

    Result<std::vector<Receipt>> commit(const Commit& commit) override {
        auto receipts = commit_all(commit);
        if (!receipts) spoil(receipts.error());
        return receipts;
    }

    Ledger* ledger() override { return is_named() ? &ledger_ : nullptr; }

 private:
    bool is_named() const { return !session_.context().pipeline.empty(); }

    /// After a fault nothing can be committed any more: SQLite may have rolled back by itself.
    void spoil(const Error& error) {
        session_.roll_back();
        if (!fault_) fault_ = error;
    }

    Result<> keep(Result<> result) {
        if (!result) spoil(result.error());
        return result;
    }

    Result<> open_stream(const Stream& stream) {
        if (fault_) return std::unexpected(*fault_);
        const auto found = opened_.find(stream.name);
        auto table =
            open_table(session_, stream, found == opened_.end() ? nullptr : &found->second.table);
        if (!table) return while_doing("open table of \"" + stream.name + "\"", table.error());
        auto& opened = opened_[stream.name];
        opened.stream = stream;
        opened.table = *std::move(table);
        opened.writer.reset();
        opened.is_touched = true;
        opened.transaction = session_.transaction();
        return {};
    }

    Result<> prepare(Opened& opened, Database& database) {
        if (opened.transaction != session_.transaction()) {
            STREAMS_TRY(check_still_owned(database, session_.context(), opened.table));
            opened.transaction = session_.transaction();
        }
        if (opened.writer) return {};
        auto writer = RowWriter::make(database, opened.stream, opened.table);
        if (!writer) return std::unexpected(std::move(writer).error());
        opened.writer = std::make_unique<RowWriter>(*std::move(writer));
        return {};
    }

    Result<> write_rows(const Stream& stream, const Batch& batch) {
        if (fault_) return std::unexpected(*fault_);
        const auto found = opened_.find(stream.name);
        ensure(found != opened_.end(), "open(stream) comes before write(stream, batch)");
        auto& opened = found->second;
        const auto database = session_.begin();
        if (!database) return std::unexpected(database.error());
        STREAMS_TRY(prepare(opened, **database));
        opened.is_touched = true;
        const auto number = is_named() ? ledger_.next_commit() : 0;
        STREAMS_TRY(opened.writer->write(batch, number, opened.counts));
        if (!batch.activate_version) return {};
        const bool had_column = opened.table.has_deleted_column;
        STREAMS_TRY(activate(**database, opened.stream, opened.table, *batch.activate_version,
                             hard_delete_));
        if (opened.table.has_deleted_column != had_column) opened.writer.reset();
        return {};
    }

    Result<std::vector<Receipt>> commit_all(const Commit& commit) {
        if (fault_) return std::unexpected(*fault_);
        ensure(!is_named() || commit.number == ledger_.next_commit(),
               "commits are numbered in order");
        STREAMS_TRY(put_rejects(commit));
        if (commit.ends_run) STREAMS_TRY(swap_all());
        auto receipts = take_receipts();
        if (is_named()) STREAMS_TRY(ledger_.advance(commit, receipts));
        if (session_.in_transaction()) STREAMS_TRY(session_.commit());
        if (is_named()) ledger_.advanced(commit);
        return receipts;
    }

    Result<> put_rejects(const Commit& commit) {
        if (commit.rejects.empty()) return {};
        const auto begun = session_.begin();
        if (!begun) return std::unexpected(begun.error());
        const auto& context = session_.context();
        STREAMS_TRY((*begun)->run(sql::create_rejects_table(sqlite_dialect())));
        auto insert = (*begun)->prepare(kPutReject);
        if (!insert) return std::unexpected(std::move(insert).error());
        for (const auto& reject : commit.rejects) {
            insert->bind({context.schema, context.pipeline, commit.run, reject.stream,
                          static_cast<std::int64_t>(reject.line), reject.id, reject.reason,
                          reject.record});
            if (const auto put = insert->step(); !put) return std::unexpected(put.error());
            insert->reset();
        }
        return {};
    }

    Result<> swap_all() {
        for (auto& [name, opened] : opened_) {
            if (!opened.table.is_hidden()) continue;
            opened.writer.reset();
            STREAMS_TRY(swap_in(session_, opened.stream, opened.table));
            opened.is_touched = true;
        }
        return {};
    }

    std::vector<Receipt> take_receipts() {
        std::vector<Receipt> receipts;
        for (auto& [name, opened] : opened_) {
            if (!opened.is_touched) continue;
            Receipt receipt{.stream = name,
                            .table = opened.table.entry.table,
                            .created = opened.table.is_created && !opened.table.is_hidden()};
            if (opened.table.is_merged) receipt.key = opened.table.entry.keys;
            receipt.rows = opened.counts.rows;
            receipt.new_rows = opened.counts.new_rows;
            receipt.changed = opened.counts.changed;
            receipt.same = opened.counts.same;
            receipts.push_back(std::move(receipt));
            opened.counts = {};
            opened.is_touched = false;
            if (!opened.table.is_hidden()) opened.table.is_created = false;
        }
        return receipts;
    }

    Session session_;
    SqliteLedger ledger_;
    bool hard_delete_;
    std::map<std::string, Opened> opened_;  // By stream; destroyed before session_.
    std::optional<Error> fault_;
};

std::unexpected<Error> unusable(const std::string& path, std::string why) {
    return std::unexpected(Error{ErrorKind::Config,
                                 "path-unusable",
                                 path + " cannot be opened",
                                 {},
                                 std::move(why),
                                 "name a file in a folder that exists and may be written"});
}

// A name that SQLite would take for something else than a file.
std::string plain_path(const std::string& path) {
    const bool is_special = path.starts_with(':') || path.starts_with("file:");
    return is_special ? "./" + path : path;
}

// The database itself, beside which SQLite keeps its log and we our lock: not a link to it.
std::string resolved_path(const std::string& path) {
    std::error_code failed;
    if (!std::filesystem::is_symlink(path, failed)) return path;
    const auto resolved = std::filesystem::canonical(path, failed);
    return failed ? path : resolved.string();
}

// Only looks: the folder of a file that is not there yet has to be.
Result<> check_place(const std::string& path, bool will_write) {
    if (path.empty()) return unusable("\"\"", "the name is empty");
    if (file_exists(path)) return {};
    const auto folder = folder_of(path);
    if (!file_exists(folder)) return unusable(path, "there is no folder " + folder);
    if (will_write && ::access(folder.c_str(), W_OK) != 0) {
        return unusable(path, "the folder " + folder + " may not be written");
    }
    return {};
}

}  // namespace

Spec spec() {
    return Spec("sqlite", "Loads each stream into a table of one SQLite file.")
        .add({.name = "path",
              .description = "The database file; it is made if it does not exist.",
              .required = true})
        .add({.name = "hard_delete",
              .kind = Setting::Kind::Boolean,
              .description = "Removes the rows of old versions instead of marking them in "
                             "_sdc_deleted_at.",
              .fallback = "false"});
}

Result<std::unique_ptr<Persister>> make(const Settings& settings, const Context& context) {
    const auto path = resolved_path(plain_path(settings.text("path")));
    STREAMS_TRY(check_place(path, !context.dry_run));
    auto persister =
        std::make_unique<SqlitePersister>(path, context, settings.boolean("hard_delete"));
    STREAMS_TRY(persister->look());
    return persister;
}

Result<> check(const Settings& settings) {
    const auto path = plain_path(settings.text("path"));
    STREAMS_TRY(check_place(path, true));
    if (!file_exists(path)) return {};
    const auto database =
        Database::open(path, Database::Access::Read, std::chrono::milliseconds(1'000));
    if (!database) return std::unexpected(database.error());
    const auto folder = folder_of(path);
    for (const auto& place : {path, folder}) {
        if (::access(place.c_str(), W_OK) == 0) continue;
        return std::unexpected(Error{ErrorKind::Failed,
                                     "read-only",
                                     place + " may not be written",
                                     {},
                                     {},
                                     "give yourself the right to write it"});
    }
    return {};
}

}  // namespace streams::sqlite
