#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sql/dialect.h"
#include "sql/refusals.h"
#include "sql/table.h"
#include "sql/table_writer.h"
#include "streams/error.h"
#include "streams/persister.h"

namespace streams::sql {

/// What may be bound to a parameter. Text lives until the call returns.
using Value = std::variant<std::monostate, std::int64_t, std::string_view>;

/// `text`, or NULL without one.
Value text_or_null(const std::optional<std::string>& text);

/// What a statement gave: rows of texts, as the database writes its values; and how many rows it
/// changed.
struct Answer {
    std::vector<std::vector<std::optional<std::string>>> rows;
    std::uint64_t changed = 0;

    /// An empty text for NULL.
    std::string text(std::size_t row, std::size_t column) const;
    /// A whole column, in order.
    std::vector<std::string> texts(std::size_t column) const;
    /// 0 for NULL.
    std::int64_t integer(std::size_t row, std::size_t column) const;
};

/// Keeps a second run of the same (schema, pipeline) away, for the life of this object.
class PipelineLock {
 public:
    PipelineLock() = default;
    PipelineLock(const PipelineLock&) = delete;
    PipelineLock& operator=(const PipelineLock&) = delete;
    virtual ~PipelineLock() = default;
};

/// One SQL database, as far as databases differ: the connection of one persister, its transaction,
/// and what a `Dialect` cannot say as data. Names of tables are those of the run's schema.
///
/// A transaction begins with the first change and ends with `commit` or `roll_back`. What is read
/// outside of one is committed.
///
/// **Errors.** Every call may say, in the database's own words, that it is away (Transient), held
/// by others (Busy), full or broken (Failed), or that a row is refused (Data `row-refused`).
/// **Threads.** One.
class Database {
 public:
    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    virtual ~Database() = default;

    virtual const Dialect& dialect() const = 0;

    /// What a person calls it: a path, a URL without password.
    virtual const std::string& place() const = 0;

    /// Whether there is anything to read. Creates nothing.
    virtual Result<bool> exists() = 0;

    /// Begins a transaction unless one is open; makes the database, and the schema, where they are
    /// missing.
    virtual Result<> begin() = 0;
    virtual Result<> commit() = 0;
    /// Discards what was changed since `begin`.
    virtual void roll_back() = 0;
    virtual bool in_transaction() const = 0;
    /// Rises with every transaction; 0 before the first.
    virtual std::uint64_t transaction() const = 0;

    /// One statement, to its end. Its parameters are `$1`, `$2`, ...; each may stand twice.
    virtual Result<Answer> ask(std::string_view statement,
                               std::initializer_list<Value> values = {}) = 0;

    /// A SELECT without parameters, a row at a time, of any number.
    using OnRow = std::function<void(const std::vector<std::optional<std::string>>&)>;
    virtual Result<> scan(std::string_view statement, const OnRow& on_row);

    /// The same where the answer does not matter.
    Result<> run(std::string_view statement, std::initializer_list<Value> values = {});

    /// `table`, `view`, or another word for what has this name; empty: nothing has.
    virtual Result<std::string> kind_of_object(std::string_view name) = 0;
    /// In their order; none where there is no such table.
    virtual Result<std::vector<PhysicalColumn>> physical_columns(std::string_view table) = 0;
    /// All, in order; ours among them.
    virtual Result<std::vector<std::string>> tables() = 0;

    /// The type of a column that is made for the field.
    virtual std::string type_of(const Field& field) const;
    /// Whether every value of the field comes back from the column as it went in.
    virtual bool holds(const PhysicalColumn& column, const Field& field) const = 0;
    /// The field that a column made by somebody else can serve; none if its type does not say.
    virtual std::optional<Field> field_of(const PhysicalColumn& column) const = 0;
    /// How a stored value of type `from` becomes one of `to`: an expression over the quoted column;
    /// the column itself where both are stored alike. None: a column is never changed so.
    virtual std::optional<std::string> conversion(const Field& from, const Field& to,
                                                  const std::string& column) const = 0;

    virtual Result<> create_table(const TableDefinition& definition);
    /// Adds and widens columns, at once or before the next `TableWriter::finish` of that table;
    /// `physical_columns` tells of the change from now on.
    /// **Errors.** Data `widening-inexact`: a stored value has no equal in the new type.
    virtual Result<> change_table(const std::string& table, const TableChange& change) = 0;
    /// Makes sure that the table keeps the key unique, byte for byte, so that rows can be merged.
    /// **Errors.** Config `key-changed`: rows that are there share a key.
    virtual Result<> ensure_unique_key(const std::string& table,
                                       const std::vector<std::string>& key) = 0;
    /// Puts the table `from` in the place of `to`, which need not exist; views, indexes and rights
    /// of `to` stay as far as the database lets them.
    virtual Result<> replace_table(const std::string& from, const std::string& to) = 0;

    /// `refusals` takes the rows that are refused, where the database can go on after one. All
    /// outlive the writer.
    virtual Result<std::unique_ptr<TableWriter>> writer(const Stream& stream,
                                                        const OpenTable& table,
                                                        Refusals& refusals) = 0;

    /// **Errors.** Busy `pipeline-locked` after `wait`, naming the holder where that can be known.
    virtual Result<std::unique_ptr<PipelineLock>> lock(const Context& context,
                                                       std::chrono::milliseconds wait) = 0;
    /// Makes sure that what can be read is durable.
    virtual Result<> settle() { return {}; }
};

/// Now, as our own tables write it: `2022-07-05T13:45:22.000000Z`.
std::string now_text();

}  // namespace streams::sql
