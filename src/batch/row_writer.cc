#include "batch/row_writer.h"

#include <algorithm>
#include <utility>

#include "batch/json_scan.h"
#include "message/json_scanner.h"

namespace streams {
namespace {

constexpr std::size_t kExcerptBytes = 40;

Kinds kind_of_token(char first) {
    switch (first) {
        case '"':
            return kTextKind;
        case 't':
        case 'f':
            return kBooleanKind;
        case 'n':
            return kNullKind;
        case '{':
            return kObjectKind;
        case '[':
            return kArrayKind;
        default:
            return kNumberKind;
    }
}

std::string excerpt(std::string_view text) {
    if (text.size() <= kExcerptBytes) return std::string(text);
    std::size_t size = kExcerptBytes;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80) --size;
    return std::string(text.substr(0, size)) + "...";
}

// `the text "12,50"`, `null`, `an object`.
std::string words_of_value(std::string_view value) {
    switch (kind_of_token(value.front())) {
        case kTextKind:
            return "the text " + excerpt(value);
        case kNumberKind:
            return "the number " + excerpt(value);
        case kObjectKind:
            return "an object";
        case kArrayKind:
            return "an array";
        default:
            return std::string(value);
    }
}

std::string_view words_of_format(Type type) {
    switch (type) {
        case Type::Timestamp:
            return "a date-time";
        case Type::Date:
            return "a date";
        case Type::Time:
            return "a time";
        case Type::Uuid:
            return "a UUID in lower case";
        case Type::Binary:
            return "base64";
        case Type::Decimal:
            return "a decimal number";
        default:
            return "text";
    }
}

Type type_of_number(const NumberText& number) {
    std::int64_t whole = 0;
    double real = 0;
    if (number.whole_text) return to_integer(number, whole) ? Type::Integer : Type::Decimal;
    return to_double(number, real) ? Type::Double : Type::Decimal;
}

bool are_same_columns(const std::vector<Field>& have, const std::vector<Field>& want) {
    if (have.size() > want.size()) return false;
    for (std::size_t i = 0; i < have.size(); ++i) {
        const Field& a = have[i];
        const Field& b = want[i];
        if (a.path != b.path || a.kind != b.kind || a.type != b.type || a.origin != b.origin ||
            a.scale != b.scale || a.precision != b.precision) {
            return false;
        }
    }
    return true;
}

// The number is whole in `text` too: `quoted` without its quotes.
std::string_view with_quotes(std::string_view raw) {
    return {raw.data() - 1, raw.size() + 2};
}

}  // namespace

RowWriter::RowWriter(const Shape& shape, Takes takes)
    : shape_(&shape), takes_(takes), plan_(shape), stores_(takes.columns && takes.values) {
    reshape();
}

bool RowWriter::reshape() {
    if (revision_ == shape_->revision()) return true;
    const std::vector<Field>& fields = shape_->stream().fields;
    if (!are_same_columns(fields_, fields)) {
        if (kept_ > 0) return false;
        fields_.clear();
        columns_.clear();
        ours_.clear();
        row_width_ = 0;
    }
    for (std::size_t i = fields_.size(); i < fields.size(); ++i) {
        fields_.push_back(fields[i]);
        // Text that is JSON's own bytes is not to be mistaken for a text of JSON.
        const Kind kind = fields[i].kind;
        const bool is_json = kind == Kind::Object || kind == Kind::Array || kind == Kind::Any;
        columns_.emplace_back(is_json ? Type::Json : fields[i].type);
        row_width_ += columns_.back().row_width();
        if (fields[i].origin != Origin::Record) ours_.push_back(i);
    }
    changes_.resize(fields.size());
    plan_ = RecordPlan(*shape_);
    serial_ = 0;
    revision_ = shape_->revision();
    return true;
}

void RowWriter::begin() {
    ++serial_;
    required_ = 0;
    row_bytes_ = 0;
    verdict_ = Verdict::None;
    if (!growths_.empty()) {
        growths_.clear();
        dropped_.clear();
        pending_.clear();
    }
    row_changes_.clear();
}

Verdict RowWriter::end() {
    if (required_ != plan_.required() && verdict_ != Verdict::Refused) refuse_missing();
    if (verdict_ == Verdict::None && !growths_.empty()) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < growths_.size(); ++i) {
            if (!dropped_[i]) std::swap(growths_[kept++], growths_[i]);
        }
        growths_.resize(kept);
        if (kept > 0) verdict_ = Verdict::Stale;
    }
    if (verdict_ == Verdict::None) verdict_ = Verdict::Stored;
    return verdict_;
}

void RowWriter::keep() {
    ++kept_;
    if (stores_) {
        ++rows_;
        text_bytes_ += row_bytes_;
    } else if (std::exchange(is_touched_, false)) {
        for (ColumnBuilder& column : columns_) column.pop(rows_);
    }
}

void RowWriter::drop() {
    for (ColumnBuilder& column : columns_) column.pop(rows_);
    for (const auto& [column, what] : row_changes_) {
        if ((what & kCut) != 0) --changes_[column].cut_digits;
        if ((what & kLocal) != 0) --changes_[column].local_times;
    }
    row_changes_.clear();
}

std::size_t RowWriter::bytes() const {
    return text_bytes_ + static_cast<std::size_t>(row_width_ * static_cast<double>(rows_));
}

std::vector<Column> RowWriter::take() {
    std::vector<Column> columns;
    if (stores_) {
        columns.reserve(columns_.size());
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            columns.push_back(columns_[i].take(rows_));
            columns.back().type = fields_[i].type;
        }
    }
    kept_ = 0;
    rows_ = 0;
    text_bytes_ = 0;
    return columns;
}

// --- values ------------------------------------------------------------------------------------

bool RowWriter::boolean(MemberPlan& member, std::string_view token) {
    const std::string_view word = token.substr(0, token.front() == 't' ? 4 : 5);
    if ((word != "true" && word != "false") || !is_end(word.data() + word.size(), token)) {
        return false;
    }
    const std::int32_t index = member.columns[kBoolean];
    if ((member.kinds & kBooleanKind) == 0) {
        refuse_kind(member, word);
    } else if (!takes_.columns) {
        return true;
    } else if (index == kNoColumn) {
        need_column(member, Kind::Boolean, Type::Boolean, word);
    } else if (stores_) {
        ColumnBuilder& column = columns_[static_cast<std::size_t>(index)];
        if (column.type() == Type::Boolean) {
            column.boolean(rows_, word.front() == 't');
        } else {
            store(column, word);
        }
    }
    return true;
}

bool RowWriter::null(MemberPlan& member, std::string_view token) {
    const std::string_view word = trim_json(token);
    if (word != "null") return false;
    if (member.is_key) {
        refuse(plan_.path(member), word, "key-null", "the key's field is null");
    } else if ((member.kinds & kNullKind) == 0) {
        refuse_kind(member, word);
    }
    return true;
}

void RowWriter::nested(MemberPlan& member, std::string_view text) {
    note(member);
    const bool is_object = text.front() == '{';
    if ((member.kinds & (is_object ? kObjectKind : kArrayKind)) == 0) {
        refuse_kind(member, text);
        return;
    }
    if (member.check >= 0) check(member.check, plan_.path(member), text);
    if (member.is_key) {
        refuse(plan_.path(member), text, "key-nested",
               "the key's field is " + words_of_value(text) + ", which is no key");
        return;
    }
    if (!takes_.columns) return;
    const std::int32_t index = member.columns[is_object ? kObject : kArray];
    if (index == kNoColumn) {
        need_column(member, is_object ? Kind::Object : Kind::Array, Type::Json, text);
        return;
    }
    if (stores_) store(columns_[static_cast<std::size_t>(index)], text);
}

// What the first glance does not settle.
void RowWriter::other_number(MemberPlan& member, const NumberText& number) {
    if ((member.kinds & kNumberKind) == 0 || (member.integer && !is_whole(number))) {
        refuse_kind(member, number.text());
        return;
    }
    if (!takes_.columns) return;
    const std::int32_t index = member.columns[kNumber];
    if (index == kNoColumn) {
        need_column(member, Kind::Number, type_of_number(number), number.text());
        return;
    }
    const auto at = static_cast<std::size_t>(index);
    ColumnBuilder& column = columns_[at];
    std::int64_t whole = 0;
    double real = 0;
    if (column.type() == Type::Integer || column.type() == Type::Double) {
        // Only here if the schema asks for whole numbers in a column of doubles.
        if (column.type() == Type::Integer ? to_integer(number, whole) : to_double(number, real)) {
            column.type() == Type::Integer ? column.integer(rows_, whole)
                                           : column.real(rows_, real);
            return;
        }
        need(Growth::Need::Width, plan_.path(member), Kind::Number, Type::Decimal);
        return;
    }
    if (column.type() == Type::Json) {
        store(column, number.text());
        return;
    }
    decimal(member, at, number);
}

void RowWriter::decimal(MemberPlan& member, std::size_t index, const NumberText& number) {
    const Field& field = fields_[index];
    scratch_.clear();
    const bool is_limited = field.scale >= 0;
    if (is_limited) {
        const DecimalDigits digits = decimal_digits(number);
        if (digits.fraction > field.scale ||
            (field.precision > 0 && digits.whole > field.precision - field.scale)) {
            refuse(plan_.path(member), number.text(), "number-room",
                   "there is no room for " + words_of_value(number.text()) + " in a decimal of " +
                       (field.precision > 0 ? std::to_string(field.precision) + " digits, " : "") +
                       std::to_string(field.scale) + " of them behind the point");
            return;
        }
    }
    if (is_limited ? append_as_written(number, scratch_) : append_canonical(number, scratch_)) {
        store(columns_[index], scratch_);
        return;
    }
    refuse(plan_.path(member), number.text(), "number-room",
           words_of_value(number.text()) + " has more than a thousand million digits");
}

bool RowWriter::escaped_text(MemberPlan& member, ColumnBuilder& column, std::string_view raw,
                             std::size_t plain) {
    std::uint8_t* const out = column.room(rows_, raw.size());
    std::size_t size = 0;
    const Unescaped done = unescape(raw.substr(plain), out + plain, size);
    if (done == Unescaped::Whole) {
        commit(column, plain + size);
        return true;
    }
    if (done == Unescaped::Syntax) return false;
    refuse_surrogate(member, raw);
    return true;
}

// Texts that are not simply copied.
bool RowWriter::other_text(MemberPlan& member, std::string_view raw) {
    const bool has_escapes = raw.find('\\') != std::string_view::npos;
    std::string plain;
    Unescaped done = Unescaped::Whole;
    if (has_escapes) {
        std::size_t size = 0;
        plain.resize(raw.size() + kTextSpare);
        done = unescape(raw, reinterpret_cast<std::uint8_t*>(plain.data()), size);
        plain.resize(size);
        if (done == Unescaped::Syntax) return false;
    }
    if ((member.kinds & kTextKind) == 0) {
        refuse_kind(member, with_quotes(raw));
        return true;
    }
    const std::int32_t index = member.columns[kText];
    if (!takes_.columns) {
        const bool is_json = index == kNoColumn || type_of(index) == Type::Json;
        if (done == Unescaped::Surrogate && !is_json) refuse_surrogate(member, raw);
        return true;
    }
    if (index == kNoColumn) {
        need_column(member, Kind::Text, Type::Text, with_quotes(raw));
        return true;
    }
    const auto at = static_cast<std::size_t>(index);
    if (columns_[at].type() == Type::Json) {
        store(columns_[at], with_quotes(raw));
        return true;
    }
    const std::string_view text = has_escapes ? std::string_view(plain) : raw;
    if (done == Unescaped::Surrogate || !store_formatted(at, text, raw)) break_format(member, raw);
    return true;
}

// A text that breaks its format.
void RowWriter::break_format(MemberPlan& member, std::string_view raw) {
    const std::size_t index = static_cast<std::size_t>(member.columns[kText]);
    if (member.split != kNoColumn && shape_->policy().formats == Formats::Split) {
        ColumnBuilder& column = columns_[static_cast<std::size_t>(member.split)];
        column.room(rows_, raw.size());
        escaped_text(member, column, raw, 0);
        return;
    }
    if (shape_->policy().formats == Formats::Split && !member.is_key) {
        need(Growth::Need::Format, plan_.path(member), Kind::Text, Type::Text);
        return;
    }
    refuse(plan_.path(member), with_quotes(raw), "record-format",
           std::string(words_of_format(columns_[index].type())) + " was promised, " +
               words_of_value(with_quotes(raw)) + " came");
}

bool RowWriter::store_formatted(std::size_t index, std::string_view text, std::string_view raw) {
    ColumnBuilder& column = columns_[index];
    TimeText time;
    bool is_time = false;
    switch (column.type()) {
        case Type::Timestamp:
            is_time = read_timestamp(text, time);
            break;
        case Type::Date:
            is_time = read_date(text, time);
            break;
        case Type::Time:
            is_time = read_time(text, time);
            break;
        case Type::Decimal:
            return store_decimal_text(index, text);
        case Type::Uuid:
            if (!is_canonical_uuid(text)) return false;
            store(column, text);
            return true;
        case Type::Binary: {
            std::size_t size = 0;
            if (!decode_base64(text, column.room(rows_, text.size()), size)) return false;
            commit(column, size);
            return true;
        }
        default:
            store(column, text);
            return true;
    }
    if (!is_time) return false;
    column.integer(rows_, time.value);
    if (time.cut || time.local) count(static_cast<std::int32_t>(index), time, raw);
    return true;
}

bool RowWriter::store_decimal_text(std::size_t index, std::string_view text) {
    NumberText number;
    if (!scan_number(text.data(), text.data() + text.size(), number)) return false;
    if (number.end != text.data() + text.size()) return false;
    const Field& field = fields_[index];
    const DecimalDigits digits = decimal_digits(number);
    if (field.scale >= 0 && digits.fraction > field.scale) return false;
    if (field.precision > 0 &&
        digits.whole > field.precision - std::max<std::int32_t>(0, field.scale)) {
        return false;
    }
    scratch_.clear();
    if (!append_as_written(number, scratch_)) return false;
    store(columns_[index], scratch_);
    return true;
}

// --- what changes on the way ---------------------------------------------------------------------

void RowWriter::count(std::int32_t column, const TimeText& time, std::string_view raw) {
    const auto at = static_cast<std::size_t>(column);
    if (time.cut && shape_->policy().exact_times) {
        refuse(fields_[at].path, with_quotes(raw), "time-digits",
               words_of_value(with_quotes(raw)) + " has digits beyond the microseconds that " +
                   "the column keeps");
        return;
    }
    changes_[at].cut_digits += time.cut ? 1 : 0;
    changes_[at].local_times += time.local ? 1 : 0;
    row_changes_.emplace_back(
        at, static_cast<std::uint8_t>((time.cut ? kCut : 0) | (time.local ? kLocal : 0)));
}

void RowWriter::count_back(std::size_t column) {
    std::erase_if(row_changes_, [&](const auto& change) {
        if (change.first != column) return false;
        if ((change.second & kCut) != 0) --changes_[column].cut_digits;
        if ((change.second & kLocal) != 0) --changes_[column].local_times;
        return true;
    });
}

// The member comes a second time: the last one counts, so the first is taken back.
void RowWriter::forget(MemberPlan& member) {
    for (const std::int32_t index : member.columns) {
        if (index == kNoColumn) continue;
        columns_[static_cast<std::size_t>(index)].pop(rows_);
        count_back(static_cast<std::size_t>(index));
    }
    if (member.split != kNoColumn) columns_[static_cast<std::size_t>(member.split)].pop(rows_);
    drop_need(plan_.path(member));
    if (verdict_ == Verdict::Refused && refusal_.field == plan_.path(member))
        verdict_ = Verdict::None;
}

void RowWriter::need(Growth::Need need, std::string_view path, Kind kind, Type type) {
    pending_[std::string(path)] = growths_.size();
    growths_.push_back({need, std::string(path), kind, type});
    dropped_.push_back(false);
}

// A key has one column: values of two kinds would be keys in two.
void RowWriter::need_column(const MemberPlan& member, Kind kind, Type type,
                            std::string_view value) {
    const bool has_column = std::ranges::any_of(
        member.columns, [](std::int32_t column) { return column != kNoColumn; });
    if (member.is_key && has_column) {
        refuse(plan_.path(member), value, "record-type",
               "the key's field had values of another kind, " + words_of_value(value) + " came");
        return;
    }
    need(Growth::Need::Column, plan_.path(member), kind, type);
}

void RowWriter::drop_need(std::string_view path) {
    const auto found = pending_.find(path);
    if (found == pending_.end()) return;
    dropped_[found->second] = true;
    pending_.erase(found);
}

void RowWriter::need_version() {
    growths_.clear();
    growths_.push_back({Growth::Need::Version, {}, Kind::Number, Type::Integer});
    dropped_.assign(1, false);
    verdict_ = Verdict::Stale;
}

bool RowWriter::unknown(std::string_view key, std::string_view token) {
    std::string path(key.size() + kTextSpare, '\0');
    std::size_t size = 0;
    const Unescaped done = unescape(key, reinterpret_cast<std::uint8_t*>(path.data()), size);
    if (done == Unescaped::Syntax) return false;
    path.resize(done == Unescaped::Whole ? size : 0);
    const std::string_view text = trim_json(token);
    if (text.empty() || !is_whole_json(text)) return false;
    if (done == Unescaped::Surrogate) {
        refuse(key, text, "text-surrogate", "its name has half of a surrogate pair");
        return true;
    }
    drop_need(path);
    if (verdict_ == Verdict::Refused && refusal_.field == path) verdict_ = Verdict::None;
    return unknown_value(path, text);
}

bool RowWriter::unknown_value(std::string_view path, std::string_view token) {
    const Rule& rule = shape_->rules().others;
    if (rule.kinds == 0) {
        refuse(path, token, "record-field", "the schema has no such field and allows no others");
        return true;
    }
    const Kinds kind = kind_of_token(token.front());
    NumberText number;
    if (kind == kNumberKind) scan_number(token.data(), token.data() + token.size(), number);
    if ((rule.kinds & kind) == 0 || (kind == kNumberKind && rule.integer && !is_whole(number))) {
        refuse_kind(path, rule.kinds, rule.integer, token);
        return true;
    }
    if (rule.check >= 0) check(rule.check, path, token);
    if (!takes_.columns || kind == kNullKind) return true;
    switch (kind) {
        case kNumberKind:
            need(Growth::Need::Column, path, Kind::Number, type_of_number(number));
            break;
        case kTextKind:
            need(Growth::Need::Column, path, Kind::Text, Type::Text);
            break;
        case kBooleanKind:
            need(Growth::Need::Column, path, Kind::Boolean, Type::Boolean);
            break;
        case kObjectKind:
            need(Growth::Need::Column, path, Kind::Object, Type::Json);
            break;
        default:
            need(Growth::Need::Column, path, Kind::Array, Type::Json);
            break;
    }
    return true;
}

// --- refusals ------------------------------------------------------------------------------------

void RowWriter::refuse(std::string_view field, std::string_view value, std::string_view id,
                       std::string what) {
    if (verdict_ == Verdict::Refused) return;
    verdict_ = Verdict::Refused;
    refusal_ = {};
    refusal_.error.kind = ErrorKind::Data;
    refusal_.error.id = id;
    refusal_.error.what = "stream \"" + shape_->stream().name + "\", field \"" +
                          std::string(field) + "\": " + std::move(what);
    refusal_.field = field;
    refused_ = value;
}

void RowWriter::locate(std::string_view record) {
    if (verdict_ != Verdict::Refused || refused_.empty()) return;
    refusal_.offset = static_cast<std::size_t>(refused_.data() - record.data());
    refusal_.length = refused_.size();
}

void RowWriter::refuse_kind(const MemberPlan& member, std::string_view value) {
    refuse_kind(plan_.path(member), member.kinds, member.integer, value);
}

void RowWriter::refuse_kind(std::string_view path, Kinds kinds, bool integer,
                            std::string_view value) {
    refuse(path, value, "record-type",
           words_of(kinds, integer) + " was promised, " + words_of_value(value) + " came");
}

void RowWriter::refuse_surrogate(const MemberPlan& member, std::string_view raw) {
    refuse(plan_.path(member), with_quotes(raw), "text-surrogate",
           "the text " + excerpt(with_quotes(raw)) +
               " has half of a surrogate pair, which is no character");
}

}  // namespace streams
