#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "schema/shape.h"
#include "streams/batch.h"
#include "streams/persister.h"
#include "streams/spec.h"

namespace streams {

struct Takes;  // batch/batch_builder.h

/// A table, or a folder of files, as `show` prints it.
struct Table {
    std::string name;
    std::string stream;
    std::uint64_t rows = 0;
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> sample;  ///< Text of up to `limit` rows; NULL as `null`.
};

/// All that makes a program out of a destination: its settings, its abilities as data, and how to
/// make a `Persister`. Only `spec` and `make` are needed.
struct PersisterEntry {
    Spec spec;
    std::string path_setting;          ///< Where the path of `--url` goes.
    std::vector<std::string> schemes;  ///< Of its URLs: `sqlite`.
    std::string tier = "C";
    std::string tier_reason;
    std::int64_t memory_extra_bytes = 0;
    std::size_t commit_bytes = 0;  ///< Of input between two commits, about; 0: as `Limits` has it.
    bool merges = true;            ///< Can update a row by its key.
    bool undoes_rows = false;  ///< Can go on after a row that it refuses; see Context::rejects_max.
    Naming naming;             ///< What names its columns may have.
    RowHashes hashes = RowHashes::None;  ///< What its receipts are made of.
    std::vector<std::string> examples;

    std::function<Result<std::unique_ptr<Persister>>(const Settings&, const Context&)> make;

    /// What it wants to be given with these settings; without this, columns.
    std::function<Takes(const Settings&)> takes;

    /// Tries the destination; creates nothing.
    std::function<Result<>(const Settings&)> check;

    /// The tables, or one of them with a sample of at most `limit` rows. Creates nothing.
    std::function<Result<std::vector<Table>>(const Settings&, const Context&,
                                             const std::string& table, std::uint64_t limit)>
        show;
};

/// The whole program: `sync` (default), `check`, `describe`, `state`, `show`, `rejects`, `verify`.
/// Gives the exit status.
int run_persister(int argc, char** argv, const PersisterEntry& entry);

}  // namespace streams
