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

/// What becomes of one member of a record. Small: wide records walk through many of them.
struct MemberPlan {
    std::array<std::uint64_t, 2>
        words{};  ///< The first 16 bytes of its key as the input spells it.
    std::array<std::uint64_t, 2> masks{};  ///< Which of them count.
    bool is_long = false;                  ///< The key, with its closing quote, has more.
    bool integer = false;                  ///< Numbers have to be whole.
    bool required = false;
    bool is_key = false;
    Kinds kinds = kEveryKind;  ///< That the schema allows.
    std::uint32_t next = 0;    ///< The member that last came after this one.
    std::uint64_t seen = 0;    ///< The number of the last record that had it.

    /// The column of each kind: text, number, boolean, object, array; kNoColumn: none.
    std::array<std::int32_t, 5> columns = {kNoColumn, kNoColumn, kNoColumn, kNoColumn, kNoColumn};
    std::int32_t split = kNoColumn;  ///< Of texts that break the format of `columns[0]`.
    std::int32_t check = -1;         ///< Of the schema's validator.

    /// Whether the key at `raw` is spelled so, as far as 16 bytes tell. Two words hold nearly every
    /// key; a call of memcmp costs more than all of it. At least 16 bytes at `raw` can be read.
    [[gnu::always_inline]] bool begins_at(const char* raw) const {
        std::array<std::uint64_t, 2> found;
        std::memcpy(found.data(), raw, sizeof found);
        return (((found[0] ^ words[0]) & masks[0]) | ((found[1] ^ words[1]) & masks[1])) == 0;
    }
};

/// Positions in `MemberPlan::columns`.
using KindIndex = std::uint8_t;
inline constexpr KindIndex kText = 0;
inline constexpr KindIndex kNumber = 1;
inline constexpr KindIndex kBoolean = 2;
inline constexpr KindIndex kObject = 3;
inline constexpr KindIndex kArray = 4;

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
        if (member.begins_at(raw) && (!member.is_long || is_rest_at(expected, raw))) [[likely]] {
            after = expected;
            return &member;
        }
        return look_up(raw, after);
    }

    /// The member's name.
    const std::string& path(const MemberPlan& member) const {
        return names_[static_cast<std::size_t>(&member - members_.data())].path;
    }

 private:
    struct Name {
        std::string path;
        std::string spelling;  // The key as the input spells it, with its closing quote.
    };

    void spell(std::size_t index, std::string_view key);
    bool is_rest_at(std::size_t member, const char* raw) const;
    MemberPlan* look_up(const char* raw, std::uint32_t& after);
    MemberPlan& member_of(std::string_view path, const Shape& shape);

    std::vector<MemberPlan> members_;  ///< The first one stands in front of every record.
    std::vector<Name> names_;          ///< Of the members.
    std::unordered_map<std::string, std::uint32_t, PathHash, std::equal_to<>> by_path_;
    std::string scratch_;
    std::size_t required_ = 0;
};

/// The key that starts at `raw`, without its closing quote.
std::string_view raw_key(const char* raw);

}  // namespace streams
