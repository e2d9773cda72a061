#include "schema/schema_text.h"

#include <utility>

#include "schema/exact_number.h"

namespace streams {
namespace {

using Json = nlohmann::json;

// Lines that are nested deeper are no messages either.
constexpr std::size_t kDepthMax = 1'024;

// Notes the keys of the root's `properties`, whose order a map of members does not keep.
class SchemaBuilder final : public nlohmann::json_sax<Json> {
 public:
    explicit SchemaBuilder(SchemaText& text) : text_(text) {}

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t& text) override {
        const std::string shortest = Json(value).dump();
        if (compare(read_exact(text), read_exact(shortest)) == 0) return add(value);
        return add(Json::binary({text.begin(), text.end()}));
    }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t& /*value*/) override { return false; }
    bool start_object(std::size_t /*elements*/) override { return open(Json::object()); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t /*elements*/) override { return open(Json::array()); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        if (open_.size() == 1) is_inside_ = name == "properties";
        if (open_.size() == 2 && is_inside_) text_.order.push_back(name);
        key_ = std::move(name);
        return true;
    }
    bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                     const nlohmann::detail::exception& /*error*/) override {
        return false;
    }

    bool is_too_deep() const { return open_.size() >= kDepthMax; }

 private:
    bool add(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json value) {
        if (open_.size() >= kDepthMax) return false;
        open_.push_back(&place(std::move(value)));
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }
    Json& place(Json value) {
        if (open_.empty()) return text_.root = std::move(value);
        Json& outer = *open_.back();
        if (!outer.is_array()) return outer[key_] = std::move(value);
        outer.push_back(std::move(value));
        return outer.back();
    }

    SchemaText& text_;
    std::vector<Json*> open_;
    std::string key_;
    bool is_inside_ = false;
};

}  // namespace

Result<SchemaText> parse_schema(std::string_view text) {
    SchemaText parsed;
    SchemaBuilder builder(parsed);
    if (Json::sax_parse(text, &builder)) return parsed;
    if (builder.is_too_deep()) {
        return fail(ErrorKind::Data, "schema-size",
                    "the schema is nested deeper than " + std::to_string(kDepthMax) + " levels");
    }
    return fail(ErrorKind::Data, "schema-invalid", "the schema is not JSON");
}

}  // namespace streams
