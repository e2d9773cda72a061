#include "sql/evolution.h"

#include <algorithm>
#include <fmt/format.h>

#include "sql/field_words.h"
#include "sql/ledger_tables.h"
#include "sql/table_name.h"

namespace streams::sql {
namespace {

std::unexpected<Error> refused(ErrorKind kind, std::string id, std::string what,
                               std::string remedy) {
    return std::unexpected(Error{kind, std::move(id), std::move(what), {}, {}, std::move(remedy)});
}

/// One planning: the database and the stream stay the same.
class Planner {
 public:
    Planner(const Database& database, const std::string& table, const Stream& stream)
        : database_(database), table_(table), stream_(stream) {}

    Result<> plan(const std::vector<PhysicalColumn>& physical, const Field& field,
                  Evolution& evolution) const {
        STREAMS_TRY(check_name(field));
        const auto known = std::ranges::find_if(evolution.fields, [&](const Field& other) {
            return is_same_name(database_.dialect(), other.name, field.name);
        });
        const auto* column = find_column(database_.dialect(), physical, field.name);
        if (column != nullptr && known != evolution.fields.end()) {
            return widen(field, column->name, *known, evolution);
        }
        evolution.changes_fields = true;
        evolution.fields.push_back(field);
        if (column == nullptr) {
            evolution.change.added.push_back(
                {.name = field.name, .type = database_.type_of(field)});
            return {};
        }
        if (!column->is_generated && database_.holds(*column, field)) return {};
        return refused(
            ErrorKind::Config, "column-foreign",
            fmt::format(
                "column \"{}\" of table \"{}\" is declared {}, which cannot hold {} as it is",
                column->name, table_, column->type, word_of(field.type)),
            fmt::format("load beside it: --schema NAME; or declare the column {}",
                        database_.type_of(field)));
    }

 private:
    Result<> check_name(const Field& field) const {
        if (is_same_name(database_.dialect(), field.name, kCommitColumn)) {
            return refused(ErrorKind::Data, "column-reserved",
                           fmt::format("stream \"{}\" has a field \"{}\", a column that Streams "
                                       "keeps for itself",
                                       stream_.name, field.name),
                           "rename the field at the source");
        }
        if (field.name.find('\0') != std::string::npos) {
            return refused(
                ErrorKind::Data, "column-name",
                fmt::format("stream \"{}\" has a field whose name holds a NUL", stream_.name),
                "rename the field at the source");
        }
        return {};
    }

    // A column that is a stream's already.
    Result<> widen(const Field& field, const std::string& name, Field& known,
                   Evolution& evolution) const {
        if (known == field) return {};
        const auto expression = database_.conversion(known, field, quoted(name));
        if (!expression) {
            return refused(
                ErrorKind::Data, "column-type-changed",
                fmt::format(
                    "stream \"{}\", field \"{}\": the column holds {}, and cannot become {}",
                    stream_.name, field.name, word_of(known.type), word_of(field.type)),
                fmt::format("load the stream again from the start: --refresh {}", stream_.name));
        }
        auto type = database_.type_of(field);
        if (*expression != quoted(name) || type != database_.type_of(known)) {
            evolution.change.conversions[name] = {std::move(type), *expression};
        }
        evolution.changes_fields = true;
        known = field;
        return {};
    }

    const Database& database_;
    const std::string& table_;
    const Stream& stream_;
};

}  // namespace

Result<Evolution> plan_evolution(const Database& database, const std::string& table,
                                 const std::vector<Field>& known,
                                 const std::vector<PhysicalColumn>& physical,
                                 const Stream& stream) {
    Evolution evolution;
    evolution.fields = known;
    const Planner planner(database, table, stream);
    for (const auto& field : stream.fields) {
        STREAMS_TRY(planner.plan(physical, field, evolution));
    }
    // One for what the table carries beside the stream's fields, where there is none yet.
    const auto added = evolution.change.added.size();
    const auto columns = physical.empty() ? added + 1 : physical.size() + added;
    const auto& dialect = database.dialect();
    if (dialect.columns_max == 0 || columns <= dialect.columns_max) return evolution;
    return refused(ErrorKind::Data, "too-many-columns",
                   fmt::format("stream \"{}\" needs {} columns; a table of {} has at most {}",
                               stream.name, columns, dialect.name, dialect.columns_max),
                   "select fewer fields at the source");
}

std::vector<Field> derived_fields(const Database& database, const std::vector<Field>& known,
                                  const std::vector<PhysicalColumn>& physical) {
    const auto& dialect = database.dialect();
    std::vector<Field> fields;
    for (const auto& column : physical) {
        const bool is_ours = is_same_name(dialect, column.name, kCommitColumn) ||
                             is_same_name(dialect, column.name, kDeletedColumn);
        if (is_ours || find_field(dialect, known, column.name) != nullptr) continue;
        if (auto field = database.field_of(column)) fields.push_back(*std::move(field));
    }
    return fields;
}

}  // namespace streams::sql
