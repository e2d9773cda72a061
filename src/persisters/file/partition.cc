#include "persisters/file/partition.h"

#include <array>
#include <optional>

#include "batch/time_text.h"
#include "batch/times.h"
#include "format/value_text.h"
#include "storage/object_names.h"

namespace streams::file {
namespace {

using Part = PartitionTerm::Part;

struct PartWord {
    std::string_view word;
    Part part;
    std::size_t date_bytes;  // Of YYYY-MM-DD.
};
constexpr std::array<PartWord, 3> kParts = {
    {{"day", Part::Day, 10}, {"month", Part::Month, 7}, {"year", Part::Year, 4}}};

std::string date_text(std::int64_t days) {
    std::string text(kDateBytes, '\0');
    return write_date(days, text.data()) ? text : std::string();
}

std::string date_of_microseconds(std::int64_t microseconds) {
    std::string text(kTimestampBytes, '\0');
    return write_timestamp(microseconds, text.data()) ? text.substr(0, kDateBytes) : std::string();
}

// The UTC date of a value; empty where it is no time.
std::string date_of(const Column& column, std::size_t row) {
    if (column.type == Type::Timestamp) return date_of_microseconds(column.integer(row));
    if (column.type == Type::Date) return date_text(column.integer(row));
    if (column.type != Type::Text) return {};
    TimeText time;
    if (read_timestamp(column.text(row), time)) return date_of_microseconds(time.value);
    return read_date(column.text(row), time) ? date_text(time.value) : std::string();
}

std::string value_of(const Column& column, std::size_t row, Part part) {
    if (part == Part::Value) {
        std::string text;
        append_value_text(column, row, text);
        return escaped_part(text);
    }
    auto date = date_of(column, row);
    for (const auto& known : kParts) {
        if (known.part == part) return date.substr(0, known.date_bytes);
    }
    return date;
}

/// One term, and the columns that may hold its field's value.
struct Level {
    std::string name;  // `created_at_day=`
    Part part;
    std::vector<std::size_t> columns;
};

std::vector<Level> levels_of(const std::vector<PartitionTerm>& terms,
                             const std::vector<Field>& fields) {
    std::vector<Level> levels;
    for (const auto& term : terms) {
        auto& level = levels.emplace_back();
        level.name = escaped_part(term.field);
        level.part = term.part;
        for (const auto& known : kParts) {
            if (known.part == term.part) level.name.append("_").append(known.word);
        }
        level.name += '=';
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (fields[i].path == term.field || fields[i].name == term.field) {
                level.columns.push_back(i);
            }
        }
    }
    return levels;
}

std::string folder_of_row(const Level& level, const Batch& batch, std::size_t row) {
    for (const auto at : level.columns) {
        if (batch.columns[at].is_null(row)) continue;
        auto value = value_of(batch.columns[at], row, level.part);
        if (!value.empty()) return level.name + value;
    }
    return level.name + "__HIVE_DEFAULT_PARTITION__";
}

}  // namespace

PartitionTerm partition_term(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon != std::string_view::npos) {
        for (const auto& known : kParts) {
            if (text.substr(colon + 1) == known.word) {
                return {std::string(text.substr(0, colon)), known.part};
            }
        }
    }
    return {std::string(text), Part::Value};
}

std::map<std::string, std::vector<std::uint32_t>> split_rows(
    const std::vector<PartitionTerm>& terms, const std::vector<Field>& fields, const Batch& batch) {
    std::map<std::string, std::vector<std::uint32_t>> rows;
    const auto levels = levels_of(terms, fields);
    for (std::size_t row = 0; row < batch.rows; ++row) {
        std::string folder;
        for (const auto& level : levels) {
            if (!folder.empty()) folder += '/';
            folder += folder_of_row(level, batch, row);
        }
        rows[std::move(folder)].push_back(static_cast<std::uint32_t>(row));
    }
    return rows;
}

}  // namespace streams::file
