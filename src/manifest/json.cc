#include "manifest/json.h"

#include <algorithm>

namespace streams::manifest {

Json::Json() = default;

Json Json::boolean(bool value) {
    Json json;
    json.kind_ = Kind::Boolean;
    json.boolean_ = value;
    return json;
}

Json Json::number(std::string spelling) {
    Json json;
    json.kind_ = Kind::Number;
    json.text_ = std::move(spelling);
    return json;
}

Json Json::integer(std::int64_t value) {
    return number(std::to_string(value));
}

Json Json::text(std::string value) {
    Json json;
    json.kind_ = Kind::Text;
    json.text_ = std::move(value);
    return json;
}

Json Json::list() {
    return list(std::vector<Json>());
}

Json Json::list(std::vector<Json> items) {
    Json json;
    json.kind_ = Kind::List;
    json.items_ = std::move(items);
    return json;
}

Json Json::object() {
    return object(std::vector<Member>());
}

Json Json::object(std::vector<Member> members) {
    Json json;
    json.kind_ = Kind::Object;
    json.members_ = std::move(members);
    return json;
}

const Json* Json::find(std::string_view name) const {
    for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
        if (member->first == name) return &member->second;
    }
    return nullptr;
}

Json* Json::find(std::string_view name) {
    for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
        if (member->first == name) return &member->second;
    }
    return nullptr;
}

void Json::set(std::string_view name, Json value) {
    if (kind_ != Kind::Object) *this = object();
    if (Json* known = find(name)) {
        *known = std::move(value);
    } else {
        members_.emplace_back(std::string(name), std::move(value));
    }
}

void Json::remove(std::string_view name) {
    std::erase_if(members_, [&](const Member& member) { return member.first == name; });
}

std::string Json::plain() const {
    return kind_ == Kind::Text ? text_ : dump();
}

bool Json::is_truthy() const {
    switch (kind_) {
        case Kind::Null:
            return false;
        case Kind::Boolean:
            return boolean_;
        case Kind::Number:
            return text_.substr(0, text_.find_first_of("eE")).find_first_of("123456789") !=
                   std::string::npos;
        case Kind::Text:
            return !text_.empty();
        case Kind::List:
            return !items_.empty();
        case Kind::Object:
            return !members_.empty();
    }
    return false;
}

void quote_json(std::string& out, std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += '"';
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
        out.append(text, start, i - start);
        start = i + 1;
        out += '\\';
        switch (byte) {
            case '"':
            case '\\':
                out += text[i];
                break;
            case '\n':
                out += 'n';
                break;
            case '\r':
                out += 'r';
                break;
            case '\t':
                out += 't';
                break;
            default:
                out += "u00";
                out += kDigits[byte >> 4];
                out += kDigits[byte & 15];
        }
    }
    out.append(text, start, text.size() - start);
    out += '"';
}

void Json::dump_to(std::string& out) const {
    switch (kind_) {
        case Kind::Null:
            out += "null";
            break;
        case Kind::Boolean:
            out += boolean_ ? "true" : "false";
            break;
        case Kind::Number:
            out += text_;
            break;
        case Kind::Text:
            quote_json(out, text_);
            break;
        case Kind::List:
            out += '[';
            for (const Json& item : items_) {
                if (&item != items_.data()) out += ',';
                item.dump_to(out);
            }
            out += ']';
            break;
        case Kind::Object:
            out += '{';
            for (const Member& member : members_) {
                if (&member != members_.data()) out += ',';
                quote_json(out, member.first);
                out += ':';
                member.second.dump_to(out);
            }
            out += '}';
            break;
    }
}

std::string Json::dump() const {
    std::string out;
    dump_to(out);
    return out;
}

}  // namespace streams::manifest
