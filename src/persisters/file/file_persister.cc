#include "persisters/file/file_persister.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "batch/batch_builder.h"
#include "persisters/file/cleaning.h"
#include "persisters/file/data_files.h"
#include "persisters/file/delivery.h"
#include "persisters/file/file_style.h"
#include "persisters/file/folder_view.h"
#include "persisters/file/journal.h"
#include "state/state_hash.h"
#include "storage/local_storage.h"
#include "storage/object_names.h"

namespace streams::file {
namespace {

constexpr std::chrono::milliseconds kBareWait{10'000};

LedgerEntry ledger_entry_of(const Entry& entry) {
    return {.epoch = entry.epoch,
            .commit = entry.commit,
            .state = entry.state,
            .state_hash = entry.state_hash,
            .source_print = entry.source_print,
            .ended_run = entry.ends_run ? entry.run : std::string(),
            .missing = {}};
}

Result<> put_state(Entry& entry, const std::optional<std::string>& state) {
    entry.state = state;
    entry.state_hash.clear();
    if (!state) return {};
    auto hash = state_hash(*state);
    if (!hash) return std::unexpected(std::move(hash).error());
    entry.state_hash = *std::move(hash);
    return {};
}

class FilePersister final : public Persister, public Ledger {
 public:
    FilePersister(std::unique_ptr<Storage> storage, FileStyle style, std::string pipeline)
        : storage_(std::move(storage)),
          style_(std::move(style)),
          is_bare_(pipeline.empty()),
          pipeline_(is_bare_ ? "-" : std::move(pipeline)),
          journal_(*storage_, pipeline_),
          files_(*storage_, style_) {}

    Result<std::vector<Field>> stored(const std::string& stream) override;

    Result<> open(const Stream& stream) override {
        if (stream.load == Load::Overwrite && replaced_.insert(stream.name).second) {
            files_.forget(stream.name);
        }
        auto& receipt = receipts_[stream.name];
        receipt.stream = stream.name;
        receipt.table = escaped_part(stream.name);
        receipt.key.clear();
        for (const auto position : stream.key) receipt.key.push_back(stream.fields[position].name);
        return files_.open(stream);
    }

    Result<> write(const Stream& stream, const Batch& batch) override {
        STREAMS_TRY(claim_if_bare());
        if (batch.rows == 0) return {};
        STREAMS_TRY(note_new_folder(stream.name));
        STREAMS_TRY(files_.write(stream, batch, {pipeline_, last_.commit + 1, last_.epoch}));
        receipts_[stream.name].rows += batch.rows;
        receipts_[stream.name].new_rows += batch.rows;
        return {};
    }

    Result<std::vector<Receipt>> commit(const Commit& commit) override {
        STREAMS_TRY(claim_if_bare());
        Entry entry = next_entry();
        if (commit.state) {
            entry.state = commit.state;
            entry.state_hash = commit.state_hash;
        }
        entry.run = commit.run;
        entry.ends_run = commit.ends_run;
        entry.activations = commit.activations;
        if (commit.ends_run) entry.replaces.assign(replaced_.begin(), replaced_.end());
        auto files = files_.finish();
        if (!files) return std::unexpected(std::move(files).error());
        entry.files = *std::move(files);
        entry.columns = files_.new_columns();
        STREAMS_TRY(write_rejects(commit, entry));
        for (const auto& kept : commit.replayed) entry.replayed.push_back(kept.place);
        auto appended = journal_.append(std::move(entry));
        if (!appended) return std::unexpected(std::move(appended).error());
        last_ = *std::move(appended);
        files_.columns_are_kept();
        std::vector<Receipt> receipts;
        for (auto& [stream, receipt] : receipts_) {
            if (receipt.rows != 0) receipts.push_back(receipt);
            receipt.created = false;
            receipt.rows = receipt.new_rows = 0;
        }
        STREAMS_TRY(remove_replaced());
        return receipts;
    }

    Result<std::vector<KeptReject>> kept_rejects() override {
        return rejects_of(*storage_, is_bare_ ? std::string() : pipeline_);
    }

    Result<std::optional<std::vector<Verified>>> verify(
        const std::vector<std::string>& streams) override {
        auto verified = verify_files(*storage_, pipeline_, streams);
        if (!verified) return std::unexpected(std::move(verified).error());
        return *std::move(verified);
    }

    Ledger* ledger() override { return is_bare_ ? nullptr : this; }

    Result<> lock(std::chrono::milliseconds wait) override {
        auto held = journal_.lock(wait);
        if (!held) return std::unexpected(std::move(held).error());
        lock_ = *std::move(held);
        return {};
    }

    Result<std::optional<LedgerEntry>> read() override;
    Result<bool> remembers(std::string_view state_hash) override;
    Result<LedgerEntry> claim(std::string_view source_print,
                              const std::optional<std::string>& first_state) override;
    Result<> settle() override { return journal_.settle(); }
    Result<> set_state(const std::optional<std::string>& state, std::string_view reason) override;
    Result<std::vector<PastCommit>> history() override;
    Result<> rename(std::string_view name) override;
    Result<std::vector<std::string>> pipelines() override { return pipelines_of(*storage_); }

 private:
    Result<> claim_if_bare() {
        if (!is_bare_ || is_claimed_) return {};
        STREAMS_TRY(lock(kBareWait));
        auto claimed = claim({}, std::nullopt);
        return claimed ? Result<>() : std::unexpected(std::move(claimed).error());
    }

    // The next commit as far as it is known: what stays as it is.
    Entry next_entry() const {
        Entry entry;
        entry.kind = Entry::Kind::Commit;
        entry.epoch = last_.epoch;
        entry.commit = last_.commit + 1;
        entry.state = last_.state;
        entry.state_hash = last_.state_hash;
        entry.source_print = last_.source_print;
        return entry;
    }

    Result<> note_new_folder(const std::string& stream);
    Result<> write_rejects(const Commit& commit, Entry& entry);
    Result<> remove_replaced();

    std::unique_ptr<Storage> storage_;
    FileStyle style_;
    bool is_bare_;
    std::string pipeline_;
    Journal journal_;
    std::unique_ptr<StorageLock> lock_;
    bool is_claimed_ = false;
    Entry last_;  // As claimed or committed last.
    DataFiles files_;
    bool knows_columns_ = false;
    std::map<std::string, std::vector<Field>> stored_;  // By stream, as the journal has them.
    std::map<std::string, Receipt> receipts_;
    std::set<std::string> replaced_;
};

Result<std::vector<Field>> FilePersister::stored(const std::string& stream) {
    if (!style_.takes_columns()) return std::vector<Field>{};
    if (!knows_columns_) {
        auto entries = journal_.all();
        if (!entries) return std::unexpected(std::move(entries).error());
        for (const auto& [name, columns] : columns_that_count(*entries)) {
            stored_[name] = columns.fields;
            files_.remember(columns);
        }
        knows_columns_ = true;
    }
    const auto found = stored_.find(stream);
    return found == stored_.end() ? std::vector<Field>{} : found->second;
}

// Once for each commit, before the first file.
Result<> FilePersister::note_new_folder(const std::string& stream) {
    auto& receipt = receipts_[stream];
    if (receipt.rows != 0) return {};
    auto known = storage_->exists(receipt.table);
    if (!known) return std::unexpected(std::move(known).error());
    receipt.created = !*known;
    return {};
}

Result<> FilePersister::write_rejects(const Commit& commit, Entry& entry) {
    if (commit.rejects.empty()) return {};
    const auto name =
        data_name("_streams_rejects", {pipeline_, entry.commit, entry.epoch}, 0, ".jsonl");
    auto writer = storage_->create(name);
    if (!writer) return std::unexpected(std::move(writer).error());
    for (const auto& reject : commit.rejects) {
        const nlohmann::ordered_json line = {{"run", commit.run},       {"stream", reject.stream},
                                             {"line", reject.line},     {"id", reject.id},
                                             {"reason", reject.reason}, {"record", reject.record}};
        STREAMS_TRY((*writer)->append(
            line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"));
    }
    STREAMS_TRY((*writer)->finish());
    STREAMS_TRY(storage_->settle("_streams_rejects"));
    entry.rejects.push_back(name);
    return {};
}

// They no longer count: a crash from here on leaves them for the next claim.
Result<> FilePersister::remove_replaced() {
    if (last_.replaces.empty()) return {};
    auto entries = journal_.all();
    if (!entries) return std::unexpected(std::move(entries).error());
    const auto counting = names_that_count(*entries);
    for (const auto& entry : *entries) {
        for (const auto& file : entry.files) {
            if (!counting.contains(file.name)) STREAMS_TRY(storage_->remove(file.name));
        }
    }
    return {};
}

Result<std::optional<LedgerEntry>> FilePersister::read() {
    auto entries = journal_.all();
    if (!entries) return std::unexpected(std::move(entries).error());
    if (entries->empty()) return std::optional<LedgerEntry>();
    auto found = ledger_entry_of(entries->back());
    std::set<std::string> missing;
    for (const auto& file : files_that_count(*entries)) {
        if (missing.contains(file.stream)) continue;
        auto there = storage_->exists(file.name);
        if (!there) return std::unexpected(std::move(there).error());
        if (!*there) missing.insert(file.stream);
    }
    found.missing.assign(missing.begin(), missing.end());
    return found;
}

Result<bool> FilePersister::remembers(std::string_view state_hash) {
    auto entries = journal_.all();
    if (!entries) return std::unexpected(std::move(entries).error());
    return std::ranges::any_of(*entries, [&](const Entry& entry) {
        return entry.state && entry.state_hash == state_hash;
    });
}

Result<LedgerEntry> FilePersister::claim(std::string_view source_print,
                                         const std::optional<std::string>& first_state) {
    auto entries = journal_.all();
    if (!entries) return std::unexpected(std::move(entries).error());
    Entry entry = entries->empty() ? Entry() : entries->back();
    entry.kind = Entry::Kind::Claim;
    entry.files.clear();
    entry.replaces.clear();
    entry.rejects.clear();
    entry.replayed.clear();
    entry.activations.clear();
    entry.reason.clear();
    entry.columns.clear();
    if (!source_print.empty()) entry.source_print = source_print;
    if (first_state && entry.commit == 0 && !entry.state) {
        STREAMS_TRY(put_state(entry, first_state));
        entry.reason = "given by --state";
    }
    auto claimed = journal_.append(std::move(entry));
    if (!claimed) return std::unexpected(std::move(claimed).error());
    last_ = *std::move(claimed);
    is_claimed_ = true;
    STREAMS_TRY(clean(*storage_, pipeline_, last_.epoch, *entries));
    return ledger_entry_of(last_);
}

Result<> FilePersister::set_state(const std::optional<std::string>& state,
                                  std::string_view reason) {
    auto claimed = claim({}, std::nullopt);
    if (!claimed) return std::unexpected(std::move(claimed).error());
    Entry entry = next_entry();
    STREAMS_TRY(put_state(entry, state));
    entry.reason = reason;
    auto appended = journal_.append(std::move(entry));
    if (!appended) return std::unexpected(std::move(appended).error());
    last_ = *std::move(appended);
    return {};
}

Result<std::vector<PastCommit>> FilePersister::history() {
    auto entries = journal_.all();
    if (!entries) return std::unexpected(std::move(entries).error());
    std::vector<PastCommit> commits;
    for (const auto& entry : *entries) {
        if (entry.kind == Entry::Kind::Claim && entry.reason.empty()) continue;
        PastCommit past{.number = entry.commit,
                        .time = entry.time,
                        .run = entry.run,
                        .reason = entry.reason,
                        .state = entry.state,
                        .receipts = {}};
        for (const auto& file : entry.files) {
            past.receipts.push_back({.stream = file.stream,
                                     .table = escaped_part(file.stream),
                                     .key = {},
                                     .rows = file.rows,
                                     .new_rows = file.rows});
        }
        commits.push_back(std::move(past));
    }
    return commits;
}

// The files keep their names: the journal names them, and it is the journal that moves.
Result<> FilePersister::rename(std::string_view name) {
    return storage_->move_folder("_streams/" + escaped_part(pipeline_),
                                 "_streams/" + escaped_part(name));
}

std::string root_of(const Settings& settings, const Context& context) {
    std::string root = settings.text("path");
    if (!context.schema.empty()) root += "/" + escaped_part(context.schema);
    return root;
}

}  // namespace

PersisterEntry entry(std::string_view program) {
    const std::string name(program.substr(program.find('-') + 1));
    const bool is_format = name == "jsonl" || name == "csv" || name == "parquet";
    PersisterEntry entry{.spec = spec_of(is_format ? name : "file", is_format ? name : "jsonl"),
                         .path_setting = "path",
                         .schemes = {is_format ? name : "file"},
                         .tier = "A",
                         .tier_reason =
                             "data and state are committed by one journal entry; a bare listing of "
                             "the folder can be a moment ahead of it"};
    entry.takes = [](const Settings& settings) {
        FileStyle style;
        if (settings.text("format") != "jsonl") style.format = Format::Csv;
        if (!settings.list("partition").empty()) style.partition.emplace_back();
        style.is_frozen = settings.text("evolution") == "freeze";
        return Takes{.columns = style.takes_columns(), .records = style.takes_records()};
    };
    entry.merges = false;
    entry.examples = {entry.spec.name() == "file"
                          ? "persist-file --path out --format csv < stream.jsonl"
                          : "persist-" + entry.spec.name() + " --path out < stream.jsonl"};
    entry.make = [](const Settings& settings,
                    const Context& context) -> Result<std::unique_ptr<Persister>> {
        auto style = style_of(settings, context.memory);
        if (!style) return std::unexpected(std::move(style).error());
        return std::make_unique<FilePersister>(make_local_storage(root_of(settings, context)),
                                               *std::move(style), context.pipeline);
    };
    entry.check = [](const Settings& settings) { return check_folder(settings.text("path")); };
    entry.show = [](const Settings& settings, const Context& context, const std::string& table,
                    std::uint64_t limit) {
        const auto root = root_of(settings, context);
        return tables_of(*make_local_storage(root), root, table, limit);
    };
    return entry;
}

}  // namespace streams::file
