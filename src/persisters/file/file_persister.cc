#include "persisters/file/file_persister.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/hash.h"
#include "format/jsonl.h"
#include "persisters/file/cleaning.h"
#include "persisters/file/folder_view.h"
#include "persisters/file/journal.h"
#include "state/state_hash.h"
#include "storage/local_storage.h"
#include "storage/object_names.h"

namespace streams::file {
namespace {

constexpr std::chrono::milliseconds kBareWait{10'000};

/// A file of the open commit.
struct OpenFile {
    std::unique_ptr<ObjectWriter> writer;
    DataFile file;
    Sha256 hash;
};

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
    FilePersister(std::unique_ptr<Storage> storage, std::string pipeline)
        : storage_(std::move(storage)),
          is_bare_(pipeline.empty()),
          pipeline_(is_bare_ ? "-" : std::move(pipeline)),
          journal_(*storage_, pipeline_) {}

    Result<> open(const Stream& stream) override {
        if (stream.load == Load::Overwrite) replaced_.insert(stream.name);
        auto& receipt = receipts_[stream.name];
        receipt.stream = stream.name;
        receipt.table = escaped_part(stream.name);
        receipt.key.clear();
        for (const auto position : stream.key) receipt.key.push_back(stream.fields[position].name);
        return {};
    }

    Result<> write(const Stream& stream, const Batch& batch) override {
        STREAMS_TRY(claim_if_bare());
        if (batch.rows == 0) return {};
        auto opened = opened_file(stream.name);
        if (!opened) return std::unexpected(std::move(opened).error());
        auto& file = **opened;
        STREAMS_TRY(write_jsonl(batch, [&](std::string_view bytes) {
            file.hash.add(bytes);
            file.file.bytes += bytes.size();
            return file.writer->append(bytes);
        }));
        file.file.rows += batch.rows;
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
        STREAMS_TRY(finish_files(entry));
        STREAMS_TRY(write_rejects(commit, entry));
        auto appended = journal_.append(std::move(entry));
        if (!appended) return std::unexpected(std::move(appended).error());
        last_ = *std::move(appended);
        std::vector<Receipt> receipts;
        for (auto& [stream, receipt] : receipts_) {
            if (receipt.rows != 0) receipts.push_back(receipt);
            receipt.created = false;
            receipt.rows = receipt.new_rows = 0;
        }
        STREAMS_TRY(remove_replaced());
        return receipts;
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

    Result<OpenFile*> opened_file(const std::string& stream);
    Result<> finish_files(Entry& entry);
    Result<> write_rejects(const Commit& commit, Entry& entry);
    Result<> remove_replaced();

    std::unique_ptr<Storage> storage_;
    bool is_bare_;
    std::string pipeline_;
    Journal journal_;
    std::unique_ptr<StorageLock> lock_;
    bool is_claimed_ = false;
    Entry last_;  // As claimed or committed last.
    std::map<std::string, OpenFile> files_;
    std::map<std::string, Receipt> receipts_;
    std::set<std::string> replaced_;
};

Result<OpenFile*> FilePersister::opened_file(const std::string& stream) {
    auto& file = files_[stream];
    if (file.writer) return &file;
    auto& receipt = receipts_[stream];
    auto known = storage_->exists(receipt.table);
    if (!known) return std::unexpected(std::move(known).error());
    receipt.created = !*known;
    file.file.stream = stream;
    file.file.name = data_name(receipt.table, pipeline_, last_.commit + 1, last_.epoch);
    auto writer = storage_->create(file.file.name);
    if (!writer) return std::unexpected(std::move(writer).error());
    file.writer = *std::move(writer);
    return &file;
}

// All objects stand and are settled before the entry that makes them count.
Result<> FilePersister::finish_files(Entry& entry) {
    for (auto& [stream, open] : files_) {
        if (!open.writer) continue;
        STREAMS_TRY(open.writer->finish());
        STREAMS_TRY(storage_->settle(escaped_part(stream)));
        open.file.sha256 = open.hash.hex();
        entry.files.push_back(std::move(open.file));
    }
    files_.clear();
    return {};
}

Result<> FilePersister::write_rejects(const Commit& commit, Entry& entry) {
    if (commit.rejects.empty()) return {};
    const auto name = data_name("_streams_rejects", pipeline_, entry.commit, entry.epoch);
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
    entry.activations.clear();
    entry.reason.clear();
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

PersisterEntry entry() {
    PersisterEntry entry{
        .spec = Spec("file", "Appends each stream to files of its own folder.")
                    .add({.name = "path",
                          .description = "The folder; it is made if it does not exist.",
                          .required = true})
                    .add({.name = "format",
                          .description = "What the files hold.",
                          .fallback = "jsonl",
                          .choices = {"jsonl"}}),
        .path_setting = "path",
        .schemes = {"file"},
        .tier = "A",
        .tier_reason =
            "data and state are committed by one journal entry; a bare listing of the "
            "folder can be a moment ahead of it"};
    entry.takes_records = true;
    entry.merges = false;
    entry.examples = {"persist-file --path out < stream.jsonl"};
    entry.make = [](const Settings& settings,
                    const Context& context) -> Result<std::unique_ptr<Persister>> {
        return std::make_unique<FilePersister>(make_local_storage(root_of(settings, context)),
                                               context.pipeline);
    };
    entry.check = [](const Settings& settings) { return check_folder(settings.text("path")); };
    entry.show = [](const Settings& settings, const Context& context, const std::string& table,
                    std::uint64_t limit) {
        return tables_of(*make_local_storage(root_of(settings, context)), table, limit);
    };
    return entry;
}

}  // namespace streams::file
