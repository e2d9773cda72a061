#include "persisters/postgres/postgres_persister.h"

#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>

#include "persisters/postgres/postgres_database.h"
#include "program/url.h"
#include "sql/show.h"
#include "sql/sql_persister.h"

namespace streams::postgres {
namespace {

constexpr std::size_t kNameBytes = 40;  // The server keeps 63 bytes of the whole.

std::string connection_name(const Context& context) {
    auto pipeline = context.pipeline.substr(0, kNameBytes);
    return fmt::format("streams{}{} (pid {})", pipeline.empty() ? "" : " ", pipeline, ::getpid());
}

/// A URL as libpq knows it, and the schema that it named to us.
struct Place {
    std::string url;
    std::string schema;
};

// `schema` in the query is ours, everything else libpq's.
Place place_in(const std::string& url) {
    Place place;
    const auto question = std::min(url.find('?'), url.size());
    place.url = url.substr(0, question);
    char sign = '?';
    for (auto rest = std::string_view(url).substr(question); !rest.empty();) {
        rest.remove_prefix(1);  // The sign in front of a pair.
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(pair.size());
        if (pair.starts_with("schema=")) {
            if (const auto parsed = parse_url("postgresql:?" + std::string(pair))) {
                place.schema = parsed->query.front().second;
            }
            continue;
        }
        place.url.append(1, sign).append(pair);
        sign = '&';
    }
    return place;
}

Result<std::unique_ptr<PostgresDatabase>> connected(const Settings& settings,
                                                    const Context& context) {
    const auto place = place_in(settings.text("url"));
    auto database = std::make_unique<PostgresDatabase>(
        Address{place.url, settings.text("sslmode"), connection_name(context)},
        context.schema.empty() ? place.schema : context.schema, context.wait);
    STREAMS_TRY(database->connect());
    return database;
}

}  // namespace

Spec spec() {
    return Spec("postgres", "Loads each stream into a table of a PostgreSQL database.")
        .add({.name = "url",
              .description = "postgresql://USER@HOST:PORT/DATABASE; what it leaves out comes from "
                             "PGHOST, PGUSER, PGPASSWORD and ~/.pgpass.",
              .variable = "DATABASE_URL",
              .required = true,
              .secret = true})
        .add({.name = "sslmode",
              .description = "How much TLS is asked for; verify-full also checks who answers.",
              .choices = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}})
        .add({.name = "hard_delete",
              .kind = Setting::Kind::Boolean,
              .description = "Removes the rows of old versions instead of marking them in "
                             "_sdc_deleted_at.",
              .fallback = "false"});
}

Result<std::unique_ptr<Persister>> make(const Settings& settings, const Context& context) {
    auto database = connected(settings, context);
    if (!database) return std::unexpected(std::move(database).error());
    auto used = context;
    used.schema = (*database)->schema();
    return std::make_unique<sql::SqlPersister>(*std::move(database), std::move(used),
                                               settings.boolean("hard_delete"));
}

Result<> check(const Settings& settings) {
    Context context;
    context.schema = settings.text("schema");
    auto connection = connected(settings, context);
    if (!connection) return std::unexpected(std::move(connection).error());
    auto& database = **connection;
    const auto may = database.ask(
        "SELECT CASE WHEN EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) "
        "THEN has_schema_privilege($1, 'CREATE') "
        "ELSE has_database_privilege(current_database(), 'CREATE') END "
        "AND has_database_privilege(current_database(), 'TEMPORARY'), current_user",
        {database.schema()});
    if (!may) return std::unexpected(may.error());
    if (may->text(0, 0) == "t") return {};
    return std::unexpected(Error{
        ErrorKind::Failed,
        "no-rights",
        fmt::format("user \"{}\" may not make tables in schema \"{}\"", may->text(0, 1),
                    database.schema()),
        database.place(),
        {},
        fmt::format("GRANT CREATE ON SCHEMA and TEMPORARY ON DATABASE to it, or name a schema that "
                    "is its own: --schema NAME")});
}

Result<std::vector<Table>> show(const Settings& settings, const Context& context,
                                const std::string& table, std::uint64_t limit) {
    auto database = connected(settings, context);
    if (!database) return std::unexpected(std::move(database).error());
    auto used = context;
    used.schema = (*database)->schema();
    return sql::show(**database, used, table, limit);
}

}  // namespace streams::postgres
