#pragma once

#include <memory>
#include <string>
#include <vector>

#include "streams/persister.h"

namespace streams {

/// What a destination of the tests holds from run to run.
struct TestingStore {
    std::vector<std::string> records;  ///< Committed, as JSON.
    std::vector<std::string> calls;    ///< `open users`, `write 2`, `commit {"a":1}`, `discard`.
    LedgerEntry entry;
    std::vector<std::string> hashes;  ///< Of every state that was stored.
    std::vector<Reject> rejects;
    bool fails_commit = false;  ///< The next commit is stored, and its answer lost.
    bool fails_write = false;
};

/// A tier A destination in memory, for tests of the pipeline. It takes records, not columns.
class TestingPersister final : public Persister, public Ledger {
 public:
    TestingPersister(TestingStore& store, bool is_named) : store_(store), is_named_(is_named) {}
    ~TestingPersister() override {
        if (!rows_.empty()) store_.calls.emplace_back("discard");
    }

    Result<> open(const Stream& stream) override {
        store_.calls.push_back("open " + stream.name);
        return {};
    }

    Result<> write(const Stream& /*stream*/, const Batch& batch) override {
        if (store_.fails_write) return fail(ErrorKind::Failed, "disk-full", "no room");
        store_.calls.push_back("write " + std::to_string(batch.rows));
        for (std::size_t row = 0; row < batch.rows; ++row) {
            rows_.emplace_back(batch.records.text(row));
        }
        return {};
    }

    Result<std::vector<Receipt>> commit(const Commit& commit) override {
        store_.calls.push_back("commit " + commit.state.value_or("-"));
        store_.records.insert(store_.records.end(), rows_.begin(), rows_.end());
        store_.rejects.insert(store_.rejects.end(), commit.rejects.begin(), commit.rejects.end());
        rows_.clear();
        store_.entry.commit = commit.number;
        if (commit.state) {
            store_.entry.state = commit.state;
            store_.entry.state_hash = commit.state_hash;
            store_.hashes.push_back(commit.state_hash);
        }
        if (commit.ends_run) store_.entry.ended_run = commit.run;
        if (std::exchange(store_.fails_commit, false)) {
            return fail(ErrorKind::Transient, "unreachable", "the connection broke");
        }
        return std::vector<Receipt>{};
    }

    Ledger* ledger() override { return is_named_ ? this : nullptr; }
    Result<> lock(std::chrono::milliseconds /*wait*/) override { return {}; }
    Result<std::optional<LedgerEntry>> read() override {
        if (store_.entry.epoch == 0) return std::optional<LedgerEntry>();
        return store_.entry;
    }
    Result<bool> remembers(std::string_view state_hash) override {
        for (const auto& hash : store_.hashes) {
            if (hash == state_hash) return true;
        }
        return false;
    }
    Result<LedgerEntry> claim(std::string_view source_print,
                              const std::optional<std::string>& first_state) override {
        store_.calls.emplace_back("claim");
        ++store_.entry.epoch;
        if (!source_print.empty()) store_.entry.source_print = source_print;
        if (first_state && !store_.entry.state) store_.entry.state = first_state;
        return store_.entry;
    }
    Result<> settle() override { return {}; }
    Result<> set_state(const std::optional<std::string>& state,
                       std::string_view /*reason*/) override {
        store_.entry.state = state;
        return {};
    }
    Result<std::vector<PastCommit>> history() override { return std::vector<PastCommit>{}; }
    Result<> rename(std::string_view /*name*/) override { return {}; }
    Result<std::vector<std::string>> pipelines() override { return std::vector<std::string>{"p"}; }

 private:
    TestingStore& store_;
    bool is_named_;
    std::vector<std::string> rows_;
};

}  // namespace streams
