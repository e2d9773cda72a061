#include "sql/rejects.h"

#include <map>
#include <utility>

#include "sql/catalog.h"
#include "sql/ledger_tables.h"

namespace streams::sql {
namespace {

constexpr std::string_view kPut =
    "INSERT INTO _streams_rejects (\"schema\", pipeline, run, \"time\", stream, line, id, reason, "
    "record) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
// A run has one record on a line.
constexpr std::string_view kForget =
    "DELETE FROM _streams_rejects WHERE \"schema\" = $1 AND pipeline = $2 AND run = $3 AND "
    "\"time\" = $4 AND stream = $5 AND line = $6";
constexpr std::string_view kList =
    "SELECT pipeline, run, \"time\", stream, line, id, reason, record FROM _streams_rejects WHERE "
    "\"schema\" = $1 AND ($2 = '' OR pipeline = $2) ORDER BY \"time\", pipeline, line";

KeptReject kept_of(const Answer& answer, std::size_t row) {
    return {.reject = {.stream = answer.text(row, 3),
                       .line = static_cast<std::uint64_t>(answer.integer(row, 4)),
                       .id = answer.text(row, 5),
                       .reason = answer.text(row, 6),
                       .record = answer.text(row, 7)},
            .pipeline = answer.text(row, 0),
            .run = answer.text(row, 1),
            .time = answer.text(row, 2),
            .place = {},
            .key = {}};
}

}  // namespace

Result<> keep_rejects(Database& database, const Context& context, const Commit& commit) {
    if (commit.rejects.empty() && commit.replayed.empty()) return {};
    STREAMS_TRY(database.begin());
    STREAMS_TRY(bring_up_to_date(database, rejects_table(database.dialect())));
    for (const auto& reject : commit.rejects) {
        STREAMS_TRY(database.run(kPut, {context.schema, context.pipeline, commit.run, now_text(),
                                        reject.stream, static_cast<std::int64_t>(reject.line),
                                        reject.id, reject.reason, reject.record}));
    }
    for (const auto& kept : commit.replayed) {
        STREAMS_TRY(database.run(
            kForget, {context.schema, kept.pipeline, kept.run, kept.time, kept.reject.stream,
                      static_cast<std::int64_t>(kept.reject.line)}));
    }
    return {};
}

Result<std::vector<KeptReject>> kept_rejects(Database& database, const Context& context) {
    std::vector<KeptReject> all;
    const auto there = database.exists();
    if (!there) return std::unexpected(there.error());
    if (!*there) return all;
    const auto kind = database.kind_of_object(kRejectsTable);
    if (!kind) return std::unexpected(kind.error());
    if (kind->empty()) return all;
    const auto answer = database.ask(kList, {context.schema, context.pipeline});
    if (!answer) return std::unexpected(answer.error());
    std::map<std::string, std::vector<std::string>> keys;
    for (std::size_t row = 0; row < answer->rows.size(); ++row) {
        all.push_back(kept_of(*answer, row));
        const std::string& stream = all.back().reject.stream;
        if (!keys.contains(stream)) {
            const auto table = Catalog(database).of_stream(context.schema, stream);
            if (!table) return std::unexpected(table.error());
            keys[stream] = *table ? (*table)->keys : std::vector<std::string>{};
        }
        all.back().key = keys[stream];
    }
    return all;
}

}  // namespace streams::sql
