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
    members_.front().spelling = "\n";  // Never met: the front member is no member.
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
    member.path = path;
    member.spelling = spelling_of(path);
    member.kinds = rule.kinds;
    member.integer = rule.integer;
    member.required = rule.required;
    member.check = rule.check;
    return member;
}

MemberPlan* RecordPlan::find_path(std::string_view path) {
    const auto found = by_path_.find(path);
    return found == by_path_.end() ? nullptr : &members_[found->second];
}

// Byte by byte: behind a shorter key there may be less to read than the spelling is long, but the
// first byte that differs comes at its closing quote or before.
bool RecordPlan::is_long_at(const std::string& spelling, const char* raw) {
    for (const char c : spelling) {
        if (c != *raw++) return false;
    }
    return true;
}

MemberPlan* RecordPlan::look_up(const char* raw, std::uint32_t& after) {
    // A member that is often absent stands between the two: try the one behind it.
    const std::uint32_t second = members_[members_[after].next].next;
    if (is_at(members_[second].spelling, raw)) {
        after = second;
        return &members_[second];
    }
    const std::string_view key = raw_key(raw);
    auto found = by_path_.find(key);
    if (key.find('\\') != std::string_view::npos) {
        std::size_t size = 0;
        scratch_.resize(key.size());
        auto* out = reinterpret_cast<std::uint8_t*>(scratch_.data());
        if (unescape(key, out, size) != Unescaped::Whole) return nullptr;
        found = by_path_.find(std::string_view(scratch_).substr(0, size));
    }
    if (found == by_path_.end()) return nullptr;
    MemberPlan& member = members_[found->second];
    member.spelling.assign(raw, key.size() + 1);
    members_[after].next = found->second;
    after = found->second;
    return &member;
}

std::string_view raw_key(const char* raw) {
    const char* at = raw;
    while (*at != '"') at += *at == '\\' ? 2 : 1;
    return {raw, static_cast<std::size_t>(at - raw)};
}

}  // namespace streams
