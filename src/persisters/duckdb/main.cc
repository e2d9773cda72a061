#include "persisters/duckdb/duckdb_persister.h"
#include "persisters/duckdb/staging.h"
#include "pipeline/persister_program.h"
#include "sql/delivery.h"
#include "sql/ledger_tables.h"

int main(int argc, char** argv) {
    return streams::run_persister(
        argc, argv,
        {.spec = streams::duckdb::spec(),
         .path_setting = "path",
         .schemes = {"duckdb"},
         .tier = "A",
         .tier_reason = "rows and state are one transaction, synced before it counts",
         .memory_extra_bytes = streams::duckdb::kMemoryExtraBytes,
         .commit_bytes = streams::duckdb::kCommitBytes,
         .naming = {.folds_case = true,
                    .reserved = {std::string(streams::sql::kCommitColumn),
                                 std::string(streams::duckdb::kRowColumn),
                                 std::string(streams::sql::kHashColumn), "rowid"}},
         .hashes = streams::RowHashes::Bytes,
         .examples = {"stream-github --config github.json | persist-duckdb --path github.db",
                      "persist-duckdb show --path github.db issues"},
         .make = streams::duckdb::make,
         .check = streams::duckdb::check,
         .show = streams::duckdb::show});
}
