#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "streams/persister.h"

namespace streams::sql {

/// What receipts say that is in a table now.
struct Expected {
    /// What one commit has added.
    struct Part {
        std::uint64_t rows = 0;
        std::optional<std::uint64_t> hash;
    };

    std::string stream;
    std::map<std::int64_t, Part> parts;  ///< By commit; of tables that are appended to.
    bool is_whole = false;    ///< The first receipt made the table: nothing came before it.
    bool is_thinned = false;  ///< Rows of old versions were removed: what is left of a commit is
                              ///< not known.
    std::uint64_t rows = 0;
    std::optional<std::uint64_t> hash = 0;
    std::uint64_t commits = 0;

    void add(std::int64_t commit, const Receipt& receipt);
};

/// By table, from the first commit to the last.
std::map<std::string, Expected> expected_of(const std::vector<PastCommit>& past);

}  // namespace streams::sql
