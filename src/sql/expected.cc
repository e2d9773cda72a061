#include "sql/expected.h"

namespace streams::sql {

void Expected::add(std::int64_t commit, const Receipt& receipt) {
    stream = receipt.stream;
    is_thinned = is_thinned || receipt.removed != 0;
    rows += receipt.new_rows - receipt.removed;
    if (hash) hash = receipt.hash ? std::optional(*hash + *receipt.hash) : std::nullopt;
    ++commits;
    if (receipt.rows != 0) parts[commit] = {receipt.rows, receipt.hash};
}

namespace {

// The rows of a whole load wait beside the table, until the END of the same run puts them in.
struct Hidden {
    std::string run;
    Expected rows;
};

}  // namespace

std::map<std::string, Expected> expected_of(const std::vector<PastCommit>& past) {
    std::map<std::string, Expected> tables;
    std::map<std::string, Hidden> hidden;
    for (const auto& commit : past) {
        for (const auto& receipt : commit.receipts) {
            auto& waiting = hidden[receipt.table];
            if (waiting.run != commit.run) waiting = {.run = commit.run, .rows = {}};
            if (receipt.is_hidden) {
                waiting.rows.add(commit.number, receipt);
                continue;
            }
            auto& table = tables[receipt.table];
            if (receipt.is_replaced) {
                table = waiting.rows;
                table.is_whole = true;
                waiting = {};
            } else if (receipt.created) {
                table = {};
                table.is_whole = true;
            }
            table.add(commit.number, receipt);
        }
    }
    return tables;
}

}  // namespace streams::sql
