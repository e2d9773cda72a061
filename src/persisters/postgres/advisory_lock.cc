#include "persisters/postgres/advisory_lock.h"

#include <bit>
#include <fmt/format.h>
#include <poll.h>

#include "sql/table_name.h"

namespace streams::postgres {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPauseMs = 50;

// Two halves, because that is how the server lists them.
constexpr std::string_view kHolder =
    "SELECT activity.application_name, activity.pid FROM pg_locks AS locks "
    "JOIN pg_stat_activity AS activity USING (pid) WHERE locks.locktype = 'advisory' "
    "AND locks.granted AND locks.database = (SELECT oid FROM pg_database "
    "WHERE datname = current_database()) AND locks.objsubid = 1 "
    "AND (locks.classid::bigint << 32) | locks.objid::bigint = $1";

std::int64_t key_of(const Context& context) {
    return std::bit_cast<std::int64_t>(
        sql::name_hash("streams" + context.schema + '\0' + context.pipeline));
}

Error locked(Connection& connection, const Context& context) {
    const auto holder = connection.ask(std::string(kHolder), {key_of(context)});
    const bool is_known = holder && !holder->rows.empty();
    return {ErrorKind::Busy,
            "pipeline-locked",
            fmt::format("another run of pipeline \"{}\" is at work{}", context.pipeline,
                        is_known ? fmt::format(": {} (server process {})", holder->text(0, 0),
                                               holder->text(0, 1))
                                 : ""),
            connection.place(),
            {},
            "let it end, or wait for it: --wait 10m; two sources need two names: --pipeline NAME"};
}

}  // namespace

Result<std::unique_ptr<sql::PipelineLock>> AdvisoryLock::take(const Address& address,
                                                              const Context& context,
                                                              std::chrono::milliseconds wait) {
    auto opened = Connection::open(address);
    if (!opened) return std::unexpected(std::move(opened).error());
    auto& connection = **opened;
    STREAMS_TRY(connection.run("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0"));
    const auto end = Clock::now() + wait;
    while (true) {
        const auto got = connection.ask("SELECT pg_try_advisory_xact_lock($1)", {key_of(context)});
        if (!got) return std::unexpected(got.error());
        if (got->text(0, 0) == "t") return std::make_unique<AdvisoryLock>(*std::move(opened));
        if (Clock::now() >= end) return std::unexpected(locked(connection, context));
        ::poll(nullptr, 0, kPauseMs);
    }
}

}  // namespace streams::postgres
