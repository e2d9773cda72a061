#include "persisters/duckdb/duckdb_persister.h"

#include <filesystem>
#include <unistd.h>
#include <utility>

#include "base/file.h"
#include "persisters/duckdb/duckdb_database.h"
#include "sql/show.h"
#include "sql/sql_persister.h"

namespace streams::duckdb {
namespace {

std::unexpected<Error> unusable(const std::string& path, std::string why) {
    return std::unexpected(Error{ErrorKind::Config,
                                 "path-unusable",
                                 path + " cannot be opened",
                                 {},
                                 std::move(why),
                                 "name a file in a folder that exists and may be written"});
}

// The database itself, beside which DuckDB keeps its log: not a link to it. A name that DuckDB
// would take for something else than a file becomes one.
std::string plain_path(const std::string& path) {
    if (path.empty()) return path;
    std::error_code failed;
    if (std::filesystem::is_symlink(path, failed)) {
        const auto resolved = std::filesystem::canonical(path, failed);
        if (!failed) return resolved.string();
    }
    return path.find(':') == std::string::npos || path.starts_with('/') ? path : "./" + path;
}

// Only looks: the folder of a file that is not there yet has to be.
Result<> check_place(const std::string& path, bool will_write) {
    if (path.empty()) return unusable("\"\"", "the name is empty");
    if (file_exists(path)) return {};
    const auto folder = folder_of(path);
    if (!file_exists(folder)) return unusable(path, "there is no folder " + folder);
    if (will_write && ::access(folder.c_str(), W_OK) != 0) {
        return unusable(path, "the folder " + folder + " may not be written");
    }
    return {};
}

Context in_schema(Context context) {
    if (context.schema.empty()) context.schema = "main";
    return context;
}

}  // namespace

Spec spec() {
    return Spec("duckdb", "Loads each stream into a table of one DuckDB file.")
        .add({.name = "path",
              .description = "The database file; it is made if it does not exist.",
              .required = true})
        .add({.name = "hard_delete",
              .kind = Setting::Kind::Boolean,
              .description = "Removes the rows of old versions instead of marking them in "
                             "_sdc_deleted_at.",
              .fallback = "false"});
}

Result<std::unique_ptr<Persister>> make(const Settings& settings, const Context& context) {
    const auto path = plain_path(settings.text("path"));
    STREAMS_TRY(check_place(path, !context.dry_run));
    auto in = in_schema(context);
    auto database =
        std::make_unique<DuckdbDatabase>(path, in.schema, context.wait, !context.dry_run);
    return std::make_unique<sql::SqlPersister>(std::move(database), std::move(in),
                                               settings.boolean("hard_delete"));
}

Result<> check(const Settings& settings) {
    const auto path = plain_path(settings.text("path"));
    STREAMS_TRY(check_place(path, true));
    if (!file_exists(path)) return {};
    const auto connection =
        Connection::open(path, Connection::Access::Read, std::chrono::milliseconds(1'000));
    if (!connection) return std::unexpected(connection.error());
    const auto folder = folder_of(path);
    for (const auto& place : {path, folder}) {
        if (::access(place.c_str(), W_OK) == 0) continue;
        return std::unexpected(Error{ErrorKind::Failed,
                                     "read-only",
                                     place + " may not be written",
                                     {},
                                     {},
                                     "give yourself the right to write it"});
    }
    return {};
}

Result<std::vector<Table>> show(const Settings& settings, const Context& context,
                                const std::string& table, std::uint64_t limit) {
    const auto path = plain_path(settings.text("path"));
    const auto in = in_schema(context);
    DuckdbDatabase database(path, in.schema, context.wait, false);
    const auto there = database.exists();
    if (!there) return std::unexpected(there.error());
    if (*there) return sql::show(database, in, table, limit);
    return std::unexpected(Error{ErrorKind::Config,
                                 "path-unusable",
                                 path + " does not exist",
                                 {},
                                 {},
                                 "name the file of an earlier run: --path FILE"});
}

}  // namespace streams::duckdb
