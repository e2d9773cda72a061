#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace streams {

/// What a commit did to one stream, for people and reports.
struct Receipt {
    std::string stream;
    std::string table;  ///< Or folder.
    bool created = false;
    std::vector<std::string> key;
    std::uint64_t rows =
        0;  ///< Written since the commit before; new + changed + same, if it can tell.
    std::uint64_t new_rows = 0;
    std::uint64_t changed = 0;
    std::uint64_t same = 0;
    std::uint64_t removed = 0;  ///< Rows of earlier commits, or of this one, that are gone.
    /// By how much the sum of the hashes of all rows has risen (receipt/row_hash.h), modulo 2^64;
    /// none: it is not known.
    std::optional<std::uint64_t> hash;
    bool is_hidden = false;    ///< The rows wait beside the table for the end of a whole load.
    bool is_replaced = false;  ///< The table holds only what this run has written since.
};

/// Where a destination does not hold what a receipt says.
struct Fault {
    std::int64_t commit = 0;     ///< 0: of all of them.
    std::uint64_t expected = 0;  ///< Rows.
    std::uint64_t found = 0;
    std::string what;  ///< One sentence.
};

/// What was compared of a table, or of a folder.
struct Verified {
    std::string stream;
    std::string table;
    std::uint64_t commits = 0;  ///< Whose receipts were compared.
    std::uint64_t rows = 0;     ///< Found.
    std::vector<Fault> faults;
    std::vector<std::string> notes;  ///< What could not be compared, and why.
};

/// A commit as the ledger keeps it, for people who look back.
struct PastCommit {
    std::int64_t number = 0;  ///< 0: the state that the pipeline was given before its first commit.
    std::string time;         ///< UTC: `2026-11-20T09:14:03.000000Z`.
    std::string run;          ///< The run's id; empty: somebody changed the state.
    std::string reason;       ///< Why somebody did; empty: a run's commit.
    std::optional<std::string> state;  ///< As it was behind this commit; none: none was stored.
    std::vector<Receipt> receipts;     ///< Without keys; as much as the destination has kept.
};

}  // namespace streams
