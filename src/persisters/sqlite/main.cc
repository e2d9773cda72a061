#include "persisters/sqlite/sqlite_persister.h"
#include "pipeline/persister_program.h"
#include "sql/ledger_tables.h"

int main(int argc, char** argv) {
    return streams::run_persister(
        argc, argv,
        {.spec = streams::sqlite::spec(),
         .path_setting = "path",
         .schemes = {"sqlite"},
         .tier = "A",
         .tier_reason = "rows and state are one transaction, synced before it counts",
         .undoes_rows = true,
         .naming = {.folds_case = true,
                    .takes_empty = true,
                    .reserved = {std::string(streams::sql::kCommitColumn)}},
         .hashes = streams::RowHashes::Bytes,
         .examples = {"stream-github --config github.json | persist-sqlite --path github.db",
                      "persist-sqlite show --path github.db issues"},
         .make = streams::sqlite::make,
         .check = streams::sqlite::check,
         .show = streams::sqlite::show});
}
