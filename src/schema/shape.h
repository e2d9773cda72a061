#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/json_schema.h"
#include "schema/naming.h"
#include "schema/rules.h"
#include "streams/error.h"
#include "streams/schema.h"

namespace streams {

/// What becomes of a text that breaks the `format` that its schema promises.
enum class Formats : std::uint8_t {
    Split,   ///< It goes to a text column beside: `field__st`.
    Refuse,  ///< It is bad data.
    Text,    ///< Formats are not looked at: such columns hold text.
};

/// How objects and arrays become values of a column: always their own bytes.
enum class Nested : std::uint8_t {
    Json,  ///< The destination's type for JSON, which may spell it anew (`jsonb` does).
    Text,  ///< Text, which keeps every byte.
};

/// The column of a field for which a schema declares several kinds.
enum class Mixed : std::uint8_t {
    Json,   ///< One, of JSON.
    Text,   ///< One, of JSON's own bytes as text.
    Split,  ///< One for each kind, as values come; the first owns the name.
};

/// What decides about columns besides schemas and values.
struct ShapePolicy {
    Naming naming;  ///< The destination's rules for names.
    Formats formats = Formats::Split;
    Nested nested = Nested::Json;
    Mixed mixed = Mixed::Json;
    bool exact_numbers = false;  ///< Columns of numbers are never of double precision.
    bool exact_times = false;    ///< Digits beyond microseconds are bad data.
    bool extracted_at = false;   ///< Adds `_sdc_extracted_at`.
    bool received_at = false;    ///< Adds `_sdc_received_at`.
    bool sequence = false;       ///< Adds `_sdc_sequence`.
    std::size_t fields_max = 100'000;
    bool frozen = false;       ///< The source's columns, once there are any, stay as they are.
    std::optional<Load> load;  ///< None: upsert with a key, append without.
};

/// What a record needs and its stream lacks.
struct Growth {
    enum class Need : std::uint8_t {
        Column,   ///< No column takes `kind` of `path`: one of `type` does.
        Width,    ///< The number column of `path` has to become `type`.
        Format,   ///< A text of `path` breaks its format: a text column takes it.
        Version,  ///< Records carry `version`.
    };

    Need need = Need::Column;
    std::string path;
    Kind kind = Kind::Any;
    Type type = Type::Json;

    bool operator==(const Growth&) const = default;
};

/// The columns of one stream, as schemas, values and the destination decide them.
///
/// The result depends on what came and in which order, never on where a batch or a run was cut:
/// columns are only added and widened, and `merge_stored` continues with what an earlier run left.
///
/// **Order.** Make it, `merge_stored` once, then `declare_again` and `grow` as messages ask.
class Shape {
 public:
    /// The columns that `schema`, a JSON Schema of draft 4, 6 or 7, declares. Without `key`, the
    /// properties marked `"key": true` are the key.
    /// **Errors.** Data: `schema-invalid`, `schema-ref` (remote, missing or circular),
    /// `schema-size`.
    static Result<Shape> declared(std::string_view name, std::string_view schema,
                                  const std::optional<std::vector<std::string>>& key,
                                  const ShapePolicy& policy);

    /// A stream without SCHEMA: its columns come from its values, one by one.
    static Shape inferred(std::string_view name, const std::vector<std::string>& key,
                          const ShapePolicy& policy);

    /// Continues with the columns that the destination has: their names and kinds stay, their types
    /// only widen. Before the first record.
    /// **Errors.** Config `key-changed`: a key field would need a second column; `column-spelling`:
    /// a column was made by another word of `nested` or `mixed`. Data `schema-frozen`.
    Result<> merge_stored(const std::vector<Field>& stored);

    /// A later SCHEMA. An equal one, whatever the order of its members, changes nothing.
    /// **Errors.** As `declared`; Config `key-changed`; Data `schema-frozen`.
    Result<> declare_again(std::string_view schema,
                           const std::optional<std::vector<std::string>>& key);

    /// Whether `grow` may make this room: columns that are frozen have none.
    /// **Errors.** Data `schema-frozen`, for a record to be refused with.
    Result<> allows(std::span<const Growth> growths) const;

    /// Makes room for what records need. The caller then parses the record again.
    /// **Errors.** Data `fields-max`, `record-type` (a key field of a second kind).
    Result<> grow(std::span<const Growth> growths);

    /// Valid until the next change.
    const Stream& stream() const { return stream_; }
    const Rules& rules() const { return rules_; }
    const ShapePolicy& policy() const { return policy_; }

    /// The names of the key's members; `stream().key` has their columns once each has one.
    const std::vector<std::string>& key() const { return key_; }

    /// Whether each member of the key has its column. Without a schema the first record brings
    /// them.
    bool complete() const { return stream_.key.size() == key_.size(); }

    /// Rises with each change of columns, key or rules.
    std::uint64_t revision() const { return revision_; }

    /// What the schema says of a member, as JSON; empty where it says nothing.
    std::string promise(std::string_view path) const;

 private:
    Shape(std::string_view name, const ShapePolicy& policy);

    Result<> declare(std::string_view schema, const std::optional<std::vector<std::string>>& key);
    Result<> declare_fields(const SchemaFacts& facts);
    Result<> check_none_gone() const;
    Result<> check_spelling(const Field& stored) const;
    Result<> check_splits() const;
    bool splits(Kinds kinds, std::string_view path) const;
    void follow_policy(Field& field) const;
    Result<> place(const Field& wanted);
    Result<> add_column(Field field);
    Result<> add_beside(Field field, Kind kind);
    void add_ours(Origin origin);
    void name_new_fields();
    void find_key();

    Stream stream_;
    Rules rules_;
    ShapePolicy policy_;
    Names names_;
    std::unordered_map<std::string, std::vector<std::size_t>, PathHash, std::equal_to<>> by_path_;
    std::vector<std::size_t> unnamed_;  ///< Fields that `name_new_fields` has to name.
    std::vector<std::string> key_;
    std::string schema_;  ///< The last one's text; empty if there was none.
    std::uint64_t revision_ = 1;
    bool is_fixed_ = false;  ///< The columns are frozen, and there are some.
};

}  // namespace streams
