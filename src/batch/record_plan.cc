#include "batch/record_plan.h"

#include <algorithm>

#include "batch/texts.h"

namespace streams {
namespace {

// How most streamers spell a name: its own bytes, with the escapes that JSON asks for.
std::string spelling_of(std::string_view path) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text += '\\';
            text += c;
        } else if (byte < 0x20) {
            text += "\\u00";
            text += kDigits[byte >> 4];
            text += kDigits[byte & 15];
        } else {
            text += c;
        }
    }
    text += '"';
    return text;
}

void set_columns(MemberPlan& member, const Field& field, std::int32_t index) {
    const auto set = [&](KindIndex kind) {
        if (member.columns[kind] == kNoColumn) member.columns[kind] = index;
    };
    switch (field.kind) {
        case Kind::Text:
            if (member.columns[kText] != kNoColumn && member.split == kNoColumn) {
                member.split = index;
            }
            set(kText);
            break;
        case Kind::Number:
            set(kNumber);
            break;
        case Kind::Boolean:
            set(kBoolean);
            break;
        case Kind::Object:
            set(kObject);
            break;
        case Kind::Array:
            set(kArray);
            break;
        case Kind::Any:
            break;
    }
}

// A column of any kind takes what no column of its own kind does.
void set_any_column(MemberPlan& member, std::int32_t index) {
    for (std::int32_t& column : member.columns) {
        if (column == kNoColumn) column = index;
    }
}

}  // namespace

RecordPlan::RecordPlan(const Shape& shape) {
    const std::vector<Field>& fields = shape.stream().fields;
    members_.reserve(fields.size() + 1);
    members_.emplace_back();
    names_.emplace_back();
    spell(0, "\n");  // Never met: the front member is no member.
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].origin != Origin::Record) continue;
        set_columns(member_of(fields[i].path, shape), fields[i], static_cast<std::int32_t>(i));
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].origin != Origin::Record || fields[i].kind != Kind::Any) continue;
        set_any_column(member_of(fields[i].path, shape), static_cast<std::int32_t>(i));
    }
    for (const auto& [path, rule] : shape.rules().members) member_of(path, shape);
    for (const std::string& path : shape.key()) {
        MemberPlan& member = member_of(path, shape);
        member.is_key = true;
        member.required = true;
    }
    for (std::uint32_t i = 0; i < members_.size(); ++i) {
        members_[i].next = i + 1 < members_.size() ? i + 1 : 0;
        if (members_[i].required) ++required_;
    }
}

MemberPlan& RecordPlan::member_of(std::string_view path, const Shape& shape) {
    const auto found = by_path_.find(path);
    if (found != by_path_.end()) return members_[found->second];
    by_path_.emplace(path, static_cast<std::uint32_t>(members_.size()));
    MemberPlan& member = members_.emplace_back();
    const Rule& rule = shape.rules().of(path);
    names_.push_back({std::string(path), {}});
    spell(members_.size() - 1, spelling_of(path));
    member.kinds = rule.kinds;
    member.integer = rule.integer;
    member.required = rule.required;
    member.check = rule.check;
    return member;
}

void RecordPlan::spell(std::size_t index, std::string_view key) {
    names_[index].spelling = key;
    MemberPlan& member = members_[index];
    member.is_long = key.size() > sizeof member.words;
    for (std::size_t word = 0; word < member.words.size(); ++word) {
        const std::size_t begin = std::min(word * 8, key.size());
        const std::size_t count = std::min<std::size_t>(8, key.size() - begin);
        member.words[word] = 0;
        std::memcpy(&member.words[word], key.data() + begin, count);
        member.masks[word] = count == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * count)) - 1;
    }
}

// Byte by byte: behind a shorter key there may be less to read than the spelling is long, but the
// first byte that differs comes at its closing quote or before.
bool RecordPlan::is_rest_at(std::size_t member, const char* raw) const {
    const std::string& spelling = names_[member].spelling;
    for (std::size_t i = 16; i < spelling.size(); ++i) {
        if (spelling[i] != raw[i]) return false;
    }
    return true;
}

MemberPlan* RecordPlan::look_up(const char* raw, std::uint32_t& after) {
    // A member that is often absent stands between the two: try the one behind it.
    const std::uint32_t second = members_[members_[after].next].next;
    if (members_[second].begins_at(raw) && (!members_[second].is_long || is_rest_at(second, raw))) {
        after = second;
        return &members_[second];
    }
    const std::string_view key = raw_key(raw);
    auto found = by_path_.find(key);
    if (key.find('\\') != std::string_view::npos) {
        std::size_t size = 0;
        scratch_.resize(key.size() + kTextSpare);
        auto* out = reinterpret_cast<std::uint8_t*>(scratch_.data());
        if (unescape(key, out, size) != Unescaped::Whole) return nullptr;
        found = by_path_.find(std::string_view(scratch_).substr(0, size));
    }
    if (found == by_path_.end()) return nullptr;
    spell(found->second, std::string_view(raw, key.size() + 1));
    members_[after].next = found->second;
    after = found->second;
    return &members_[found->second];
}

std::string_view raw_key(const char* raw) {
    const char* at = raw;
    while (*at != '"') at += *at == '\\' ? 2 : 1;
    return {raw, static_cast<std::size_t>(at - raw)};
}

}  // namespace streams
