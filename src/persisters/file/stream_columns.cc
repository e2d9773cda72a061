#include "persisters/file/stream_columns.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sql/field_words.h"

namespace streams::file {

void follow(StreamColumns& columns, const std::vector<Field>& fields) {
    std::vector<DecimalWidth> widths;
    for (const auto& field : fields) {
        auto width = declared_width(field);
        for (std::size_t i = 0; i < columns.fields.size(); ++i) {
            if (columns.fields[i].name != field.name) continue;
            width.whole = std::max(width.whole, columns.widths[i].whole);
            width.scale = std::max(width.scale, columns.widths[i].scale);
        }
        widths.push_back(width);
    }
    columns.fields = fields;
    columns.widths = std::move(widths);
}

nlohmann::ordered_json json_of(const StreamColumns& columns) {
    auto list = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < columns.fields.size(); ++i) {
        const auto& field = columns.fields[i];
        list.push_back({{"name", field.name},
                        {"path", field.path},
                        {"kind", sql::word_of(field.kind)},
                        {"type", sql::word_of(field.type)},
                        {"origin", sql::word_of(field.origin)},
                        {"declared", field.declared},
                        {"scale", field.scale},
                        {"precision", field.precision},
                        {"width", {columns.widths[i].whole, columns.widths[i].scale}}});
    }
    return {{"stream", columns.stream}, {"columns", std::move(list)}};
}

StreamColumns stream_columns_of(const nlohmann::json& json) {
    StreamColumns columns;
    columns.stream = json.at("stream");
    for (const auto& item : json.at("columns")) {
        const auto kind = sql::kind_of(item.at("kind").get<std::string>());
        const auto type = sql::type_of(item.at("type").get<std::string>());
        const auto origin = sql::origin_of(item.at("origin").get<std::string>());
        if (!kind || !type || !origin) continue;
        Field field;
        field.name = item.at("name");
        field.path = item.at("path");
        field.kind = *kind;
        field.type = *type;
        field.origin = *origin;
        field.declared = item.at("declared");
        field.scale = item.at("scale");
        field.precision = item.at("precision");
        columns.fields.push_back(std::move(field));
        columns.widths.push_back({item.at("width").at(0), item.at("width").at(1)});
    }
    return columns;
}

}  // namespace streams::file
