#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "persisters/file/stream_columns.h"
#include "storage/storage.h"
#include "streams/persister.h"

namespace streams::file {

/// One file of a commit.
struct DataFile {
    std::string name;  ///< From the root of the pipeline's folder.
    std::string stream;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    std::string sha256;
};

/// What one entry says. The last entry alone tells where the pipeline stands.
struct Entry {
    enum class Kind : std::uint8_t { Claim, Commit };

    Kind kind = Kind::Claim;
    std::int64_t number = 0;  ///< Its place in the journal, from 1. A claim's number is its epoch.
    std::int64_t epoch = 0;
    std::int64_t commit = 0;  ///< The last commit, this one included.
    std::string time;         ///< When it was made, UTC.
    std::string reason;       ///< Why somebody changed the state; empty: a run did.
    std::string writer;       ///< Random; tells one's own entry after a lost answer.
    std::optional<std::string> state;
    std::string state_hash;
    std::string source_print;
    std::string run;
    bool ends_run = false;
    std::vector<Activation> activations;
    std::vector<DataFile> files;
    std::vector<std::string> replaces;   ///< Streams of which no earlier file counts any more.
    std::vector<std::string> rejects;    ///< Names of files of rejected records.
    std::vector<std::string> replayed;   ///< Rejects that are kept no more: `FILE#LINE`, from 0.
    std::vector<StreamColumns> columns;  ///< Of the streams whose columns have changed.
};

/// The commit journal of one pipeline: `_streams/PIPELINE/<20 digits>`, each entry made only if
/// absent. Whoever finds its number taken is fenced.
///
/// **Threads.** One.
class Journal {
 public:
    /// Owned by the caller; outlives this object.
    Journal(Storage& storage, const std::string& pipeline);

    /// Reads the newest entry; none in a new journal. Creates nothing.
    Result<std::optional<Entry>> last();

    /// Reads all entries, in order; `append` then makes the one behind them.
    Result<std::vector<Entry>> all();

    /// Makes `entry` the one behind those read last; its number, time and writer are filled in.
    /// **Errors.** Busy `fenced`.
    Result<Entry> append(Entry entry);

    Result<> settle() { return storage_.settle(folder_); }
    Result<std::unique_ptr<StorageLock>> lock(std::chrono::milliseconds wait) {
        return storage_.lock(folder_ + "/lock", wait);
    }

 private:
    Result<Entry> read(const std::string& name);

    Storage& storage_;
    std::string folder_;
    std::string writer_;
    std::int64_t last_number_ = 0;
};

/// The files that count, by the rules of the entries, in order.
std::vector<DataFile> files_that_count(const std::vector<Entry>& entries);

/// The columns that each stream has now.
std::map<std::string, StreamColumns> columns_that_count(const std::vector<Entry>& entries);

/// Their names, and those of the files of rejected records.
std::set<std::string> names_that_count(const std::vector<Entry>& entries);

}  // namespace streams::file
