#include "schema/frozen.h"

#include <string_view>
#include <utility>

namespace streams {
namespace {

std::string words_of(const Field& field) {
    switch (field.type) {
        case Type::Boolean:
            return "true or false";
        case Type::Integer:
            return "whole numbers of 64 bits";
        case Type::Double:
            return "numbers of double precision";
        case Type::Decimal:
            if (field.scale < 0) return "numbers of any length";
            return "decimals with " + std::to_string(field.scale) + " digits behind the point" +
                   (field.precision > 0 ? " of " + std::to_string(field.precision) : "");
        case Type::Text:
            return "text";
        case Type::Timestamp:
            return "dates with a time";
        case Type::Date:
            return "dates";
        case Type::Time:
            return "times of day";
        case Type::Uuid:
            return "UUIDs";
        case Type::Binary:
            return "bytes";
        case Type::Json:
            break;
    }
    if (field.kind == Kind::Object) return "objects";
    return field.kind == Kind::Array ? "lists" : "values of any kind";
}

Error frozen(const std::string& stream, const std::string& path, std::string_view what) {
    return {ErrorKind::Data,
            "schema-frozen",
            "stream \"" + stream + "\", field \"" + path + "\": " + std::string(what),
            {},
            "--evolution freeze: nothing of the columns may change",
            "let the columns change with one run of --evolution evolve (of JSON lines: --refresh " +
                stream + "), or correct the source"};
}

}  // namespace

Error frozen_error(const std::string& stream, const Field& wanted, const Field* have,
                   bool is_new_field) {
    if (is_new_field) {
        return frozen(stream, wanted.path,
                      "it is new (" + words_of(wanted) + "), and has no column");
    }
    if (have == nullptr) {
        return frozen(
            stream, wanted.path,
            "its column cannot take " + words_of(wanted) + ", which would need a column beside it");
    }
    return frozen(
        stream, wanted.path,
        "its column holds " + words_of(*have) + ", and would have to take " + words_of(wanted));
}

Error frozen_field_gone(const std::string& stream, const std::string& path) {
    return frozen(stream, path, "the schema has it no longer, and its column is there");
}

}  // namespace streams
