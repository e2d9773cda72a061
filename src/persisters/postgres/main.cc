#include "persisters/postgres/postgres_persister.h"
#include "pipeline/persister_program.h"
#include "sql/delivery.h"
#include "sql/ledger_tables.h"

int main(int argc, char** argv) {
    return streams::run_persister(
        argc, argv,
        {.spec = streams::postgres::spec(),
         .schemes = {"postgresql", "postgres"},
         .tier = "A",
         .tier_reason = "rows and state are one transaction, on the disk before it counts",
         .undoes_rows = true,
         .naming = {.folds_case = false,
                    .name_bytes_max = 63,
                    .reserved = {std::string(streams::sql::kCommitColumn),
                                 std::string(streams::sql::kHashColumn), "tableoid", "xmin", "cmin",
                                 "xmax", "cmax", "ctid"}},
         .hashes = streams::RowHashes::Values,
         .examples = {"stream-github --config github.json | persist-postgres --url "
                      "postgresql://me@db.example.com/shop",
                      "persist-postgres show --url postgresql://me@db.example.com/shop issues"},
         .make = streams::postgres::make,
         .check = streams::postgres::check,
         .show = streams::postgres::show});
}
