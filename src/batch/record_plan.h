#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/shape.h"

namespace streams {

inline constexpr std::int32_t kNoColumn = -1;

/// What becomes of one member of a record.
struct MemberPlan {
    std::string path;
    std::string spelling;  ///< The key as the input spells it, with its closing quote.

    /// The column of each kind: text, number, boolean, object, array; kNoColumn: none.
    std::array<std::int32_t, 5> columns = {kNoColumn, kNoColumn, kNoColumn, kNoColumn, kNoColumn};
    std::int32_t split = kNoColumn;  ///< Of texts that break the format of `columns[0]`.
    std::uint32_t next = 0;          ///< The member that last came after this one.
    std::uint64_t seen = 0;          ///< The number of the last record that had it.
    Kinds kinds = kEveryKind;        ///< That the schema allows.
    bool integer = false;            ///< Numbers have to be whole.
    bool required = false;
    bool is_key = false;
    std::int32_t check = -1;  ///< Of the schema's validator.
};

/// Positions in `MemberPlan::columns`.
enum KindIndex : std::uint8_t { kText, kNumber, kBoolean, kObject, kArray };

/// How the records of one stream are read: what to do with each member, found without a hash while
/// records repeat the order of their keys.
class RecordPlan {
 public:
    explicit RecordPlan(const Shape& shape);

    std::vector<MemberPlan>& members() { return members_; }
    const std::vector<MemberPlan>& members() const { return members_; }
    std::size_t required() const { return required_; }

    /// The member whose key starts at `raw`, behind its quote; null if there is none. `after` is
    /// the member in front of it, and learns what follows it. At least 64 bytes behind the key's
    /// quote can be read.
    [[gnu::always_inline]] MemberPlan* find(const char* raw, std::uint32_t& after) {
        const std::uint32_t expected = members_[after].next;
        MemberPlan& member = members_[expected];
        if (is_at(member.spelling, raw)) [[likely]] {
            after = expected;
            return &member;
        }
        return look_up(raw, after);
    }

    /// The member whose name is `path`; null if there is none.
    MemberPlan* find_path(std::string_view path);

 private:
    static bool is_at(const std::string& spelling, const char* raw) {
        if (spelling.size() <= kComparedAtOnce) {
            return std::memcmp(raw, spelling.data(), spelling.size()) == 0;
        }
        return is_long_at(spelling, raw);
    }
    static bool is_long_at(const std::string& spelling, const char* raw);
    MemberPlan* look_up(const char* raw, std::uint32_t& after);
    MemberPlan& member_of(std::string_view path, const Shape& shape);

    static constexpr std::size_t kComparedAtOnce = 64;

    std::vector<MemberPlan> members_;  ///< The first one stands in front of every record.
    std::unordered_map<std::string, std::uint32_t, PathHash, std::equal_to<>> by_path_;
    std::string scratch_;
    std::size_t required_ = 0;
};

/// The key that starts at `raw`, without its closing quote.
std::string_view raw_key(const char* raw);

}  // namespace streams
