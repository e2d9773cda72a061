#include "persisters/sqlite/sqlite_persister.h"

#include <filesystem>
#include <unistd.h>
#include <utility>

#include "base/file.h"
#include "persisters/sqlite/sqlite_database.h"
#include "sql/show.h"
#include "sql/sql_persister.h"

namespace streams::sqlite {
namespace {

std::unexpected<Error> unusable(const std::string& path, std::string why) {
    return std::unexpected(Error{ErrorKind::Config,
                                 "path-unusable",
                                 path + " cannot be opened",
                                 {},
                                 std::move(why),
                                 "name a file in a folder that exists and may be written"});
}

// A name that SQLite would take for something else than a file.
std::string plain_path(const std::string& path) {
    const bool is_special = path.starts_with(':') || path.starts_with("file:");
    return is_special ? "./" + path : path;
}

// The database itself, beside which SQLite keeps its log and we our lock: not a link to it.
std::string resolved_path(const std::string& path) {
    std::error_code failed;
    if (!std::filesystem::is_symlink(path, failed)) return path;
    const auto resolved = std::filesystem::canonical(path, failed);
    return failed ? path : resolved.string();
}

// Only looks: the folder of a file that is not there yet has to be.
Result<> check_place(const std::string& path, bool will_write) {
    if (path.empty()) return unusable("\"\"", "the name is empty");
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed)) return unusable(path, "it is a folder");
    if (file_exists(path)) return {};
    const auto folder = folder_of(path);
    if (!file_exists(folder)) return unusable(path, "there is no folder " + folder);
    if (will_write && ::access(folder.c_str(), W_OK) != 0) {
        return unusable(path, "the folder " + folder + " may not be written");
    }
    return {};
}

}  // namespace

Spec spec() {
    return Spec("sqlite", "Loads each stream into a table of one SQLite file.")
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
    const auto path = resolved_path(plain_path(settings.text("path")));
    STREAMS_TRY(check_place(path, !context.dry_run));
    auto database = std::make_unique<SqliteDatabase>(path, context.wait, !context.dry_run);
    if (const auto there = database->exists(); !there) return std::unexpected(there.error());
    return std::make_unique<sql::SqlPersister>(std::move(database), context,
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
    const auto& path = settings.text("path");
    SqliteDatabase database(path, context.wait, false);
    const auto there = database.exists();
    if (!there) return std::unexpected(there.error());
    if (*there) return sql::show(database, context, table, limit);
    return std::unexpected(Error{ErrorKind::Config,
                                 "path-unusable",
                                 path + " does not exist",
                                 {},
                                 {},
                                 "name the file of an earlier run: --path FILE"});
}

}  // namespace streams::sqlite
