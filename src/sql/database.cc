#include "sql/database.h"

#include <charconv>

#include "base/clock.h"
#include "sql/value_text.h"

namespace streams::sql {

Value text_or_null(const std::optional<std::string>& text) {
    return text ? Value(std::string_view(*text)) : Value();
}

std::string Answer::text(std::size_t row, std::size_t column) const {
    return rows[row][column].value_or(std::string());
}

std::vector<std::string> Answer::texts(std::size_t column) const {
    std::vector<std::string> all;
    all.reserve(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) all.push_back(text(row, column));
    return all;
}

std::int64_t Answer::integer(std::size_t row, std::size_t column) const {
    const auto digits = text(row, column);
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

Result<> Database::run(std::string_view statement, std::initializer_list<Value> values) {
    auto answer = ask(statement, values);
    if (!answer) return std::unexpected(std::move(answer).error());
    return {};
}

std::string Database::type_of(const Field& field) const {
    return std::string(dialect().type_name(field.type));
}

Result<> Database::create_table(const TableDefinition& definition) {
    return run(sql::create_table(definition));
}

std::string now_text() {
    std::string text(kTimestampBytes, '0');
    const auto now = SystemClock().wall().time_since_epoch().count();
    ensure(write_timestamp(now, text.data()), "the clock shows a year of four digits");
    return text;
}

Result<> Database::scan(std::string_view statement, const OnRow& on_row) {
    const auto answer = ask(statement);
    if (!answer) return std::unexpected(answer.error());
    for (const auto& row : answer->rows) on_row(row);
    return {};
}

}  // namespace streams::sql
