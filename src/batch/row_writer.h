#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "batch/batch_builder.h"
#include "batch/column_builder.h"
#include "batch/numbers.h"
#include "batch/record_plan.h"
#include "batch/texts.h"
#include "batch/times.h"

namespace streams {

/// Writes the values of records into columns, and notes what stands against it.
///
/// **Order.** `begin`, then `value`, `nested` and `unknown` for each member, then `end`; then
/// `keep` or `drop`. The functions that take a value answer whether it is JSON at all.
class RowWriter {
 public:
    RowWriter(const Shape& shape, Takes takes);

    /// Follows the shape; false where a column that is in use would have to change.
    bool reshape();

    void begin();

    /// A scalar. `token` starts with its first byte and may end with blanks. `Stores` is
    /// `stores()`.
    template <bool Stores>
    [[gnu::always_inline]] bool value(MemberPlan& member, std::string_view token) {
        note(member);
        const bool is_json = scalar<Stores>(member, token);
        if (member.check >= 0 && is_json) [[unlikely]]
            check(member.check, plan_.path(member), token);
        return is_json;
    }

    /// An object or an array: its own bytes, known to be JSON.
    void nested(MemberPlan& member, std::string_view text);

    /// A member without a plan; `key` as it is spelled.
    bool unknown(std::string_view key, std::string_view token);

    Verdict end();
    void keep();
    void drop();

    RecordPlan& plan() { return plan_; }
    Verdict verdict() const { return verdict_; }
    const std::vector<Growth>& growths() const { return growths_; }
    const Refusal& refusal() const { return refusal_; }

    /// Holds the record as a whole to its schema, where `end` answered Stored.
    void check_record(std::string_view record) {
        const std::int32_t node = shape_->rules().record_check;
        if (node >= 0 && verdict_ == Verdict::Stored) [[unlikely]]
            check_whole(node, record);
    }

    /// Says where in `record` the refused value is.
    void locate(std::string_view record);

    /// Asks for a column of ours in the middle of a row that is whole otherwise.
    void need_version();

    /// Fills the columns of ours for the row that `end` answered Stored for.
    void fill_ours(const Message& message, std::int64_t received_us, std::int64_t sequence);

    bool has_versions() const { return shape_->stream().versioned; }
    std::size_t rows() const { return kept_; }
    /// Whether columns are filled; else values are judged and forgotten.
    bool stores() const { return stores_; }
    std::size_t bytes() const;
    std::vector<Column> take();
    const std::vector<Changes>& changes() const { return changes_; }

 private:
    static constexpr std::uint8_t kCut = 1;
    static constexpr std::uint8_t kLocal = 2;

    [[gnu::always_inline]] void note(MemberPlan& member) {
        if (member.seen == serial_) [[unlikely]] {
            forget(member);
        } else {
            member.seen = serial_;
            required_ += member.required ? 1 : 0;
        }
    }

    template <bool Stores>
    [[gnu::always_inline]] bool scalar(MemberPlan& member, std::string_view token) {
        switch (token.front()) {
            case '"':
                if constexpr (!Stores) return judge_text(member, token);
                return text(member, token);
            case 't':
            case 'f':
                return boolean(member, token);
            case 'n':
                return null(member, token);
            default:
                if constexpr (!Stores) return judge_number(member, token);
                return number(member, token);
        }
    }

    // The same verdicts as `text` and `number`, without a column to fill.
    [[gnu::always_inline]] bool judge_text(MemberPlan& member, std::string_view token) {
        std::string_view raw;
        if (!quoted(token, raw)) return false;
        if ((member.kinds & kTextKind) != 0) [[likely]] {
            const std::int32_t index = member.columns[kText];
            const bool is_text = index != kNoColumn && type_of(index) == Type::Text;
            if ((is_text || !takes_.columns) && find_backslash(raw) == raw.size()) return true;
            if (index != kNoColumn && takes_.columns && type_of(index) == Type::Timestamp) {
                TimeText time;
                if (read_timestamp(raw, time)) [[likely]] {
                    if (time.cut || time.local) [[unlikely]]
                        count(index, time, raw);
                    return true;
                }
            }
            if (is_text) return judge_escapes(member, raw);
        }
        is_touched_ = true;
        return other_text(member, raw);
    }

    [[gnu::always_inline]] bool judge_number(MemberPlan& member, std::string_view token) {
        const std::int32_t index = member.columns[kNumber];
        const bool is_any =
            !takes_.columns || (index != kNoColumn && type_of(index) == Type::Double);
        if (is_any && !member.integer && (member.kinds & kNumberKind) != 0) [[likely]] {
            const char* const end = skip_number(token);
            return end != nullptr && is_end(end, token);
        }
        NumberText number;
        if (!scan_number(token.data(), token.data() + token.size(), number)) return false;
        if (!is_end(number.end, token)) return false;
        if (number.whole_text && number.digits <= 18 && (member.kinds & kNumberKind) != 0 &&
            (!takes_.columns || (index != kNoColumn && type_of(index) == Type::Integer)))
            [[likely]] {
            return true;
        }
        is_touched_ = true;
        other_number(member, number);
        return true;
    }

    Type type_of(std::int32_t column) const {
        return columns_[static_cast<std::size_t>(column)].type();
    }

    // The text between the quotes; false where the token is no string.
    [[gnu::always_inline]] static bool quoted(std::string_view token, std::string_view& raw) {
        std::size_t size = token.size();
        while (static_cast<unsigned char>(token[size - 1]) <= ' ') --size;
        if (size < 2 || token[size - 1] != '"') return false;
        raw = token.substr(1, size - 2);
        return true;
    }

    [[gnu::always_inline]] static bool is_end(const char* at, std::string_view token) {
        const char* const last = token.data() + token.size();
        while (at != last && static_cast<unsigned char>(*at) <= ' ') ++at;
        return at == last;
    }

    [[gnu::always_inline]] bool number(MemberPlan& member, std::string_view token) {
        NumberText number;
        if (!scan_number(token.data(), token.data() + token.size(), number)) return false;
        if (!is_end(number.end, token)) return false;
        const std::int32_t index = member.columns[kNumber];
        if (index != kNoColumn && (member.kinds & kNumberKind) != 0) [[likely]] {
            ColumnBuilder& column = columns_[static_cast<std::size_t>(index)];
            std::int64_t whole = 0;
            double real = 0;
            if (column.type() == Type::Integer && to_integer(number, whole)) {
                column.integer(rows_, whole);
                return true;
            }
            if (column.type() == Type::Double && !member.integer && to_double(number, real)) {
                column.real(rows_, real);
                return true;
            }
        }
        other_number(member, number);
        return true;
    }

    [[gnu::always_inline]] bool text(MemberPlan& member, std::string_view token) {
        std::string_view raw;
        if (!quoted(token, raw)) return false;
        const std::int32_t index = member.columns[kText];
        if (index != kNoColumn && (member.kinds & kTextKind) != 0) [[likely]] {
            ColumnBuilder& column = columns_[static_cast<std::size_t>(index)];
            if (column.type() == Type::Text) {
                std::uint8_t* const out = column.room(rows_, raw.size());
                const std::size_t plain = copy_plain(raw, out);
                if (plain == raw.size()) [[likely]] {
                    commit(column, plain);
                    return true;
                }
                return escaped_text(member, column, raw, plain);
            }
            if (column.type() == Type::Timestamp) {
                TimeText time;
                if (read_timestamp(raw, time)) [[likely]] {
                    column.integer(rows_, time.value);
                    if (time.cut || time.local) [[unlikely]]
                        count(index, time, raw);
                    return true;
                }
            }
        }
        return other_text(member, raw);
    }

    void commit(ColumnBuilder& column, std::size_t size) {
        column.commit(rows_, size);
        row_bytes_ += size;
    }
    void store(ColumnBuilder& column, std::string_view bytes) {
        column.bytes(rows_, bytes.data(), bytes.size());
        row_bytes_ += bytes.size();
    }

    void check(std::int32_t node, std::string_view field, std::string_view token);
    void check_whole(std::int32_t node, std::string_view record);
    bool judge_escapes(MemberPlan& member, std::string_view raw);
    bool boolean(MemberPlan& member, std::string_view token);
    bool null(MemberPlan& member, std::string_view token);
    void other_number(MemberPlan& member, const NumberText& number);
    void decimal(MemberPlan& member, std::size_t index, const NumberText& number);
    bool other_text(MemberPlan& member, std::string_view raw);
    void break_format(MemberPlan& member, std::string_view raw);
    bool store_formatted(std::size_t index, std::string_view text, std::string_view raw);
    bool store_decimal_text(std::size_t index, std::string_view text);
    bool escaped_text(MemberPlan& member, ColumnBuilder& column, std::string_view raw,
                      std::size_t plain);
    void count(std::int32_t column, const TimeText& time, std::string_view raw);
    void count_back(std::size_t column);
    void forget(MemberPlan& member);

    void need(Growth::Need need, std::string_view path, Kind kind, Type type);
    void need_column(const MemberPlan& member, Kind kind, Type type, std::string_view value);
    void drop_need(std::string_view path);
    bool unknown_value(std::string_view path, std::string_view token);
    void refuse(std::string_view field, std::string_view value, std::string_view id,
                std::string what);
    void refuse_kind(const MemberPlan& member, std::string_view value);
    void refuse_kind(std::string_view path, Kinds kinds, bool integer, std::string_view value);
    void refuse_surrogate(const MemberPlan& member, std::string_view raw);
    void refuse_missing();

    const Shape* shape_;
    Takes takes_;
    RecordPlan plan_;
    std::vector<ColumnBuilder> columns_;
    std::vector<Field> fields_;  // As the columns were made.
    std::vector<Changes> changes_;
    std::vector<std::pair<std::size_t, std::uint8_t>> row_changes_;  // Column and kCut, kLocal.
    std::vector<std::size_t> ours_;  // Columns that no member fills.
    bool stores_;
    std::size_t kept_ = 0;  // Rows since the last `take`.
    std::size_t rows_ = 0;  // Of the columns: as many, or none where nothing is stored.
    double row_width_ = 0;
    std::size_t text_bytes_ = 0;
    std::uint64_t revision_ = 0;  // Of the shape that is followed.

    // Of the record at hand.
    std::string_view refused_;  // The value, in the record's bytes.
    std::uint64_t serial_ = 0;
    std::size_t required_ = 0;
    std::size_t row_bytes_ = 0;
    bool is_touched_ = false;  // A column has a value, although nothing is stored.
    Verdict verdict_ = Verdict::None;
    Refusal refusal_;
    std::vector<Growth> growths_;
    std::vector<bool> dropped_;  // Growths that a later member of the same name made void.
    std::unordered_map<std::string, std::size_t, PathHash, std::equal_to<>> pending_;
    std::string scratch_;
};

}  // namespace streams
