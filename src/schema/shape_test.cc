#include "schema/shape.h"

#include <gtest/gtest.h>

namespace streams {
namespace {

using std::string_literals::operator""s;

std::string name_of(Type type) {
    switch (type) {
        case Type::Boolean:
            return "Boolean";
        case Type::Integer:
            return "Integer";
        case Type::Double:
            return "Double";
        case Type::Decimal:
            return "Decimal";
        case Type::Text:
            return "Text";
        case Type::Timestamp:
            return "Timestamp";
        case Type::Date:
            return "Date";
        case Type::Time:
            return "Time";
        case Type::Uuid:
            return "Uuid";
        case Type::Binary:
            return "Binary";
        case Type::Json:
            break;
    }
    return "Json";
}

// `name:Type` of each column, joined by blanks; a decimal's scale and precision behind it.
std::string columns(const Shape& shape) {
    std::string text;
    for (const Field& field : shape.stream().fields) {
        text += (text.empty() ? "" : " ") + field.name + ":" + name_of(field.type);
        if (field.scale >= 0)
            text += "(" + std::to_string(field.precision) + "," + std::to_string(field.scale) + ")";
    }
    return text;
}

Shape declared(std::string_view schema, std::optional<std::vector<std::string>> key = {},
               const ShapePolicy& policy = {}) {
    auto shape = Shape::declared("s", schema, key, policy);
    EXPECT_TRUE(shape) << (shape ? "" : shape.error().what);
    return shape ? *std::move(shape) : Shape::inferred("s", {}, policy);
}

std::string properties(std::string_view members) {
    return "{\"type\":\"object\",\"properties\":{" + std::string(members) + "}}";
}

// The column of a property `v`.
std::string type_of(std::string_view property) {
    return columns(declared(properties("\"v\":" + std::string(property))));
}

std::string error_of(std::string_view schema) {
    const auto shape = Shape::declared("s", schema, {}, {});
    return shape ? "no error" : shape.error().id;
}

Growth column(std::string path, Kind kind, Type type) {
    return {Growth::Need::Column, std::move(path), kind, type};
}

TEST(Shape, GivesEachKindOfPropertyItsType) {
    EXPECT_EQ(type_of(R"({"type":"integer"})"), "v:Integer");
    EXPECT_EQ(type_of(R"({"type":["null","integer"]})"), "v:Integer");
    EXPECT_EQ(type_of(R"({"type":"number"})"), "v:Double");
    EXPECT_EQ(type_of(R"({"type":["integer","number"]})"), "v:Double");
    EXPECT_EQ(type_of(R"({"type":"number","multipleOf":0.01})"), "v:Decimal(0,2)");
    EXPECT_EQ(type_of(R"({"type":"number","multipleOf":1e-38})"), "v:Decimal(0,38)");
    EXPECT_EQ(type_of(R"({"type":"number","multipleOf":1})"), "v:Integer");
    EXPECT_EQ(type_of(R"({"type":"number","multipleOf":0.03})"), "v:Double");
    EXPECT_EQ(type_of(R"({"type":"string"})"), "v:Text");
    EXPECT_EQ(type_of(R"({"type":["string","null"],"format":"date-time"})"), "v:Timestamp");
    EXPECT_EQ(type_of(R"({"type":"string","format":"date"})"), "v:Date");
    EXPECT_EQ(type_of(R"({"type":"string","format":"time"})"), "v:Time");
    EXPECT_EQ(type_of(R"({"type":"string","format":"uuid"})"), "v:Uuid");
    EXPECT_EQ(type_of(R"({"type":"string","format":"email"})"), "v:Text");
    EXPECT_EQ(type_of(R"({"type":["null","string"],"format":"singer.decimal"})"), "v:Decimal");
    EXPECT_EQ(type_of(R"({"type":"string","format":"x-singer.decimal","precision":10,"scale":2})"),
              "v:Decimal(10,2)");
    EXPECT_EQ(type_of(R"({"type":"string","contentEncoding":"base64"})"), "v:Binary");
    EXPECT_EQ(type_of(R"({"type":"boolean"})"), "v:Boolean");
    EXPECT_EQ(type_of(R"({"type":"object","properties":{"a":{}}})"), "v:Json");
    EXPECT_EQ(type_of(R"({"type":"array","items":{}})"), "v:Json");
    EXPECT_EQ(type_of(R"({"type":["string","integer"]})"), "v:Json");
    EXPECT_EQ(type_of("{}"), "v:Json");
    EXPECT_EQ(type_of("true"), "v:Json");
    EXPECT_EQ(type_of(R"({"type":"null"})"), "");
}

TEST(Shape, FindsTheOneTypeAmongChoices) {
    EXPECT_EQ(type_of(R"({"anyOf":[{"type":"null"},{"type":"integer"}]})"), "v:Integer");
    EXPECT_EQ(type_of(R"({"oneOf":[{"type":"string","format":"date-time"},{"type":"null"}]})"),
              "v:Timestamp");
    EXPECT_EQ(
        type_of(R"({"anyOf":[{"type":"string","format":"date-time"},{"type":["null","string"]}]})"),
        "v:Text");
    EXPECT_EQ(type_of(R"({"anyOf":[{"type":"string"},{"type":"object"}]})"), "v:Json");
    EXPECT_EQ(type_of(R"({"enum":["a","b",null]})"), "v:Text");
    EXPECT_EQ(type_of(R"({"enum":[1,2]})"), "v:Integer");
    EXPECT_EQ(type_of(R"({"const":true})"), "v:Boolean");
    EXPECT_EQ(type_of(R"({"allOf":[{"type":["string","null"]},{"format":"date"}]})"), "v:Date");
}

TEST(Shape, FollowsReferencesWithinTheSchema) {
    EXPECT_EQ(columns(declared(R"({"definitions":{"t":{"type":"string","format":"date-time"}},
        "properties":{"a":{"$ref":"#/definitions/t"},"b":{"$ref":"#/$defs/x~1y%25"}},
        "$defs":{"x/y%":{"type":"integer"}}})")),
              "a:Timestamp b:Integer");
    EXPECT_EQ(columns(declared(R"({"$ref":"#/$defs/row","$defs":{"row":{"properties":{
        "a":{"type":"integer"}}}}})")),
              "a:Integer");
    EXPECT_EQ(columns(declared(R"({"allOf":[{"properties":{"a":{"type":"integer"}}},
        {"properties":{"b":{"type":"boolean"}}}]})")),
              "a:Integer b:Boolean");
}

TEST(Shape, RefusesReferencesThatLeadAstrayByName) {
    EXPECT_EQ(error_of(properties(R"("a":{"$ref":"http://169.254.169.254/x"})")), "schema-ref");
    EXPECT_EQ(error_of(properties(R"("a":{"$ref":"file:///etc/passwd"})")), "schema-ref");
    EXPECT_EQ(error_of(properties(R"("a":{"$ref":"#/definitions/none"})")), "schema-ref");
    EXPECT_EQ(error_of(properties(R"("a":{"$ref":"#/%2"})")), "schema-ref");
    EXPECT_EQ(error_of(R"({"definitions":{"a":{"$ref":"#/definitions/b"},
        "b":{"$ref":"#/definitions/a"}},"properties":{"x":{"$ref":"#/definitions/a"}}})"),
              "schema-ref");
    const auto shape =
        Shape::declared("s", properties(R"("a":{"$ref":"#/definitions/none"})"), {}, {});
    EXPECT_NE(shape.error().what.find("#/definitions/none"), std::string::npos);
}

TEST(Shape, RefusesASchemaThatIsNone) {
    for (const char* schema :
         {"", "{", "[]", "1", "null", R"({"properties":[]})", R"({"properties":{"a":1}})",
          R"({"properties":{"a":{"type":"int"}}})"}) {
        EXPECT_EQ(error_of(schema), "schema-invalid") << schema;
    }
}

// Following each of its 2^40 paths would not end.
TEST(Shape, FollowsEachReferenceOfABombOnce) {
    std::string bomb = R"({"properties":{"v":{"$ref":"#/definitions/d0"}},"definitions":{)";
    for (int i = 0; i < 40; ++i) {
        const std::string next = "{\"$ref\":\"#/definitions/d" + std::to_string(i + 1) + "\"}";
        bomb += "\"d" + std::to_string(i) + "\":{\"allOf\":[" + next + "," + next + "]},";
    }
    const auto shape =
        Shape::declared("s", bomb + R"("d40":{"type":"string","maxLength":3}}})", {}, {});
    ASSERT_TRUE(shape);
    EXPECT_EQ(columns(*shape), "v:Text");
    EXPECT_LE(shape->rules().validator->nodes.size(), 42U);
}

TEST(Shape, TakesAHundredThousandFieldsInLinearTime) {
    std::string members;
    for (int i = 0; i < 100'000; ++i) {
        members += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) +
                   R"(":{"type":["null","string"],"format":"date-time"})";
    }
    const Shape shape = declared(properties(members));
    EXPECT_EQ(shape.stream().fields.size(), 100'000U);
    EXPECT_EQ(shape.stream().fields[99'999].name, "f99999");
    EXPECT_EQ(error_of(properties(members + R"(,"more":{"type":"string"})")), "fields-max");
}

TEST(Shape, KeepsTheOrderOfTheSchema) {
    EXPECT_EQ(columns(declared(properties(
                  R"("z":{"type":"string"},"a":{"properties":{"x":{}},"type":"object"},"m":{})"))),
              "z:Text a:Json m:Json");
}

TEST(Shape, AcceptsASchemaWithoutProperties) {
    for (const char* schema : {"{}", R"({"type":"object"})", "true", R"({"type":"string"})"}) {
        EXPECT_EQ(columns(declared(schema)), "") << schema;
    }
}

TEST(Shape, FindsTheKeyInEveryDialect) {
    const std::string schema = properties(
        R"("a":{"type":"string","key":true},"b":{"type":"integer","key":"true"},
           "c":{"type":"string","key":1},"d":{"type":"object","properties":{"e":{"key":true}}})");
    EXPECT_EQ(declared(schema).key(), std::vector{"a"s});
    EXPECT_EQ(declared(schema).stream().load, Load::Upsert);
    const Shape given = declared(schema, std::vector{"b"s, "a"s, "b"s});
    EXPECT_EQ(given.key(), (std::vector{"b"s, "a"s}));
    EXPECT_EQ(given.stream().key, (std::vector<std::size_t>{1, 0}));
    const Shape none = declared(schema, std::vector<std::string>{});
    EXPECT_EQ(none.stream().load, Load::Append);
    EXPECT_TRUE(none.complete());
}

TEST(Shape, TakesAnEqualSchemaForNoChange) {
    Shape shape = declared(properties(R"("a":{"type":"string"},"b":{"type":"integer"})"),
                           std::vector{"a"s, "b"s});
    const auto before = shape.revision();
    ASSERT_TRUE(shape.declare_again(
        R"({"properties":{"b":{"type":"integer"},"a":{"type":"string"}}, "type":"object"})",
        std::vector{"b"s, "a"s}));
    EXPECT_EQ(shape.revision(), before);
}

TEST(Shape, RefusesAnotherKey) {
    const std::string schema = properties(R"("a":{"type":"string"},"b":{"type":"integer"})");
    Shape shape = declared(schema, std::vector{"a"s});
    const auto changed = shape.declare_again(schema, std::vector{"b"s});
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().id, "key-changed");
    EXPECT_EQ(changed.error().kind, ErrorKind::Config);
    Shape kind = declared(schema, std::vector{"a"s});
    EXPECT_FALSE(kind.declare_again(properties(R"("a":{"type":"integer"},"b":{"type":"integer"})"),
                                    std::vector{"a"s}));
}

TEST(Shape, GrowsWithALaterSchema) {
    Shape shape = declared(properties(R"("a":{"type":"integer"},"t":{"type":"string",
        "format":"date-time"},"d":{"type":"number","multipleOf":0.01},"gone":{"type":"string"})"));
    ASSERT_TRUE(shape.declare_again(properties(R"("a":{"type":"string"},"t":{"type":"string"},
            "d":{"type":"number","multipleOf":0.001},"n":{"type":"boolean"})"),
                                    {}));
    EXPECT_EQ(columns(shape), "a:Integer t:Text d:Decimal(0,3) gone:Text a__st:Text n:Boolean");
    ASSERT_TRUE(shape.declare_again(properties(R"("a":{"type":"integer"})"), {}));
    EXPECT_EQ(columns(shape), "a:Integer t:Text d:Decimal(0,3) gone:Text a__st:Text n:Boolean");
}

TEST(Shape, TakesOverARecordsColumnsWhenTheSchemaComesLate) {
    Shape shape = Shape::inferred("s", {}, {});
    const std::vector<Growth> growths = {column("id", Kind::Number, Type::Integer),
                                         column("x", Kind::Text, Type::Text)};
    ASSERT_TRUE(shape.grow(growths));
    ASSERT_TRUE(shape.declare_again(properties(R"("id":{"type":"integer"},"x":{"type":"number"})"),
                                    std::vector{"id"s}));
    EXPECT_EQ(columns(shape), "id:Integer x:Text x__de:Double");
    EXPECT_EQ(shape.stream().key, std::vector<std::size_t>{0});
    EXPECT_TRUE(shape.stream().fields[0].declared);
}

TEST(Shape, WidensNumbersToDecimal) {
    Shape shape = Shape::inferred("s", {}, {});
    ASSERT_TRUE(shape.grow(std::vector{column("a", Kind::Number, Type::Integer),
                                       column("b", Kind::Number, Type::Double)}));
    ASSERT_TRUE(
        shape.grow(std::vector<Growth>{{Growth::Need::Width, "a", Kind::Number, Type::Decimal},
                                       {Growth::Need::Width, "b", Kind::Number, Type::Decimal}}));
    EXPECT_EQ(columns(shape), "a:Decimal b:Decimal");
}

TEST(Shape, GivesTextsThatBreakTheirFormatAColumn) {
    Shape shape = declared(properties(R"("at":{"type":"string","format":"date-time"})"));
    ASSERT_TRUE(
        shape.grow(std::vector<Growth>{{Growth::Need::Format, "at", Kind::Text, Type::Text}}));
    EXPECT_EQ(columns(shape), "at:Timestamp at__st:Text");
}

// The destination's columns are what an earlier run decided: the same as in one run.
TEST(Shape, ComesToTheSameColumnsHoweverTheRunsWereCut) {
    const std::vector<std::vector<Growth>> records = {
        {column("a", Kind::Number, Type::Integer)},
        {column("a", Kind::Text, Type::Text), column("B", Kind::Text, Type::Text)},
        {column("b", Kind::Boolean, Type::Boolean)},
        {{Growth::Need::Width, "a", Kind::Number, Type::Decimal}},
        {column("a__st", Kind::Text, Type::Text)}};
    ShapePolicy policy;
    policy.naming.folds_case = true;
    Shape whole = Shape::inferred("s", {}, policy);
    for (const auto& growths : records) ASSERT_TRUE(whole.grow(growths));
    for (std::size_t cut = 1; cut < records.size(); ++cut) {
        Shape first = Shape::inferred("s", {}, policy);
        for (std::size_t i = 0; i < cut; ++i) ASSERT_TRUE(first.grow(records[i]));
        Shape second = Shape::inferred("s", {}, policy);
        ASSERT_TRUE(second.merge_stored(first.stream().fields));
        for (std::size_t i = cut; i < records.size(); ++i) ASSERT_TRUE(second.grow(records[i]));
        EXPECT_EQ(columns(second), columns(whole)) << cut;
    }
}

TEST(Shape, KeepsTheTypesThatAreStored) {
    const std::vector<Field> stored = {
        {.name = "id", .path = "id", .kind = Kind::Number, .type = Type::Decimal},
        {.name = "at", .path = "at", .kind = Kind::Text, .type = Type::Text},
        {.name = "old", .path = "old", .kind = Kind::Text, .type = Type::Text},
        {.name = "any", .path = "any", .kind = Kind::Any, .type = Type::Json},
        {.name = "_sdc_table_version",
         .kind = Kind::Number,
         .type = Type::Integer,
         .origin = Origin::TableVersion}};
    Shape shape =
        declared(properties(R"("at":{"type":"string","format":"date-time"},"id":{"type":"integer"},
            "any":{"type":"string"},"new":{"type":"string"})"),
                 std::vector{"id"s});
    ASSERT_TRUE(shape.merge_stored(stored));
    EXPECT_EQ(columns(shape),
              "id:Decimal at:Text old:Text any:Json _sdc_table_version:Integer new:Text");
    EXPECT_EQ(shape.stream().key, std::vector<std::size_t>{0});
    EXPECT_TRUE(shape.stream().versioned);
}

// What `shape` says to a later schema.
std::string refusal(Shape shape, std::string_view schema) {
    const auto again = shape.declare_again(schema, {});
    return again ? "" : again.error().what;
}

TEST(Shape, RefusesEachDifferenceFromFrozenColumns) {
    ShapePolicy policy;
    policy.frozen = true;
    const auto first = properties(R"("a":{"type":"integer"},"t":{"type":"string"})");
    const Shape shape = declared(first, {}, policy);
    EXPECT_EQ(refusal(shape, first), "");
    EXPECT_EQ(refusal(shape, properties(R"("t":{"type":["null","string"],"maxLength":3},
            "a":{"type":["integer","null"]})")),
              "");
    const auto changed = [&](std::string_view members) {
        return refusal(shape, properties(members));
    };
    EXPECT_EQ(changed(R"("a":{"type":"integer"},"t":{"type":"string"},"n":{"type":"boolean"})"),
              R"(stream "s", field "n": it is new (true or false), and has no column)");
    EXPECT_EQ(changed(R"("a":{"type":"number"},"t":{"type":"string"})"),
              R"(stream "s", field "a": its column holds whole numbers of 64 bits, and would have )"
              "to take numbers of double precision");
    EXPECT_EQ(changed(R"("a":{"type":"string"},"t":{"type":"string"})"),
              R"(stream "s", field "a": its column cannot take text, which would need a column )"
              "beside it");
    EXPECT_EQ(changed(R"("t":{"type":"string"})"),
              R"(stream "s", field "a": the schema has it no longer, and its column is there)");
}

TEST(Shape, HoldsRecordsToFrozenColumns) {
    ShapePolicy policy;
    policy.frozen = true;
    Shape shape = Shape::inferred("s", {}, policy);
    const std::vector<Growth> first = {column("a", Kind::Number, Type::Integer),
                                       column("b", Kind::Text, Type::Text)};
    ASSERT_TRUE(shape.allows(first));
    ASSERT_TRUE(shape.grow(first));
    for (const Growth& growth :
         {column("c", Kind::Text, Type::Text), column("a", Kind::Text, Type::Text),
          Growth{Growth::Need::Width, "a", Kind::Number, Type::Decimal},
          Growth{Growth::Need::Format, "b", Kind::Text, Type::Text}}) {
        const auto allowed = shape.allows(std::vector{growth});
        ASSERT_FALSE(allowed) << growth.path;
        EXPECT_EQ(allowed.error().id, "schema-frozen");
        EXPECT_FALSE(shape.grow(std::vector{growth}));
    }
    EXPECT_TRUE(shape.grow(std::vector<Growth>{{Growth::Need::Version, {}}}));
    EXPECT_EQ(columns(shape), "a:Integer b:Text _sdc_table_version:Integer");
}

// A run goes on as the run before it would have.
TEST(Shape, HoldsALaterRunToTheFrozenColumnsThatAreStored) {
    ShapePolicy policy;
    policy.frozen = true;
    const auto first = properties(R"("a":{"type":"integer"},"t":{"type":"string"})");
    const Shape stored = declared(first, {}, policy);
    const std::vector<std::string> later = {
        first, properties(R"("a":{"type":"integer"})"),
        properties(R"("a":{"type":"number"},"t":{"type":"string"})"),
        properties(R"("a":{"type":"integer"},"t":{"type":"string"},"n":{})")};
    for (const std::string& schema : later) {
        const auto merged = declared(schema, {}, policy).merge_stored(stored.stream().fields);
        EXPECT_EQ(merged ? "" : merged.error().what, refusal(stored, schema)) << schema;
    }
}

TEST(Shape, RefusesAKeyOfAnotherKindThanTheStoredOne) {
    const std::vector<Field> stored = {
        {.name = "id", .path = "id", .kind = Kind::Text, .type = Type::Text}};
    Shape shape = declared(properties(R"("id":{"type":"integer"})"), std::vector{"id"s});
    const auto merged = shape.merge_stored(stored);
    ASSERT_FALSE(merged);
    EXPECT_EQ(merged.error().id, "key-changed");
}

constexpr auto kAwkward = R"("o":{"type":"object"},"l":{"type":["array","null"]},
    "m":{"type":["string","integer","null"]},"x":{},"n":{"type":"number"},"i":{"type":"integer"})";

TEST(Shape, ChoosesTypesByItsPolicy) {
    const auto with = [](const ShapePolicy& policy) {
        return columns(declared(properties(kAwkward), {}, policy));
    };
    EXPECT_EQ(with({}), "o:Json l:Json m:Json x:Json n:Double i:Integer");
    EXPECT_EQ(with({.nested = Nested::Text}), "o:Text l:Text m:Json x:Json n:Double i:Integer");
    EXPECT_EQ(with({.mixed = Mixed::Text}), "o:Json l:Json m:Text x:Text n:Double i:Integer");
    EXPECT_EQ(with({.mixed = Mixed::Split}), "o:Json l:Json x:Json n:Double i:Integer");
    EXPECT_EQ(with({.exact_numbers = true}), "o:Json l:Json m:Json x:Json n:Decimal i:Integer");
}

TEST(Shape, GivesEachKindOfAMixedFieldAColumnAsValuesCome) {
    const ShapePolicy policy{.mixed = Mixed::Split};
    Shape shape = declared(properties(kAwkward), {}, policy);
    ASSERT_TRUE(shape.grow(std::vector{column("m", Kind::Number, Type::Integer)}));
    ASSERT_TRUE(shape.grow(std::vector{column("m", Kind::Text, Type::Text)}));
    EXPECT_EQ(columns(shape), "o:Json l:Json x:Json n:Double i:Integer m:Integer m__st:Text");
    Shape later = declared(properties(kAwkward), {}, policy);
    ASSERT_TRUE(later.merge_stored(shape.stream().fields));
    EXPECT_EQ(columns(later), columns(shape));
}

TEST(Shape, RefusesAColumnThatWasMadeByAnotherWord) {
    const auto merged = [](const ShapePolicy& before, const ShapePolicy& now) {
        const Shape first = declared(properties(kAwkward), {}, before);
        Shape later = declared(properties(kAwkward), {}, now);
        const auto done = later.merge_stored(first.stream().fields);
        return done ? "" : done.error().id + ", " + done.error().remedy.substr(29, 14);
    };
    const ShapePolicy nested{.nested = Nested::Text};
    const ShapePolicy mixed{.mixed = Mixed::Text};
    EXPECT_EQ(merged({}, nested), "column-spelling, --nested json;");
    EXPECT_EQ(merged(nested, {}), "column-spelling, --nested text;");
    EXPECT_EQ(merged(nested, nested), "");
    EXPECT_EQ(merged({}, mixed), "column-spelling, --mixed json; ");
    EXPECT_EQ(merged(mixed, {}), "column-spelling, --mixed text; ");
    EXPECT_EQ(merged({}, {.mixed = Mixed::Split}), "column-spelling, --mixed json; ");
    EXPECT_EQ(merged({}, {.exact_numbers = true}), "");
}

TEST(Shape, AddsTheColumnsOfOurs) {
    ShapePolicy policy;
    policy.extracted_at = policy.sequence = true;
    Shape shape = declared(
        properties(R"("_sdc_extracted_at":{"type":"string"},"a":{"type":"string"})"), {}, policy);
    ASSERT_EQ(shape.stream().fields.size(), 4U);
    EXPECT_EQ(shape.stream().fields[0].name, "_sdc_extracted_at");
    EXPECT_TRUE(shape.stream().fields[2].name.starts_with("_sdc_extracted_at__"));
    EXPECT_EQ(shape.stream().fields[3].name, "_sdc_sequence");
    ASSERT_TRUE(shape.grow(std::vector<Growth>{{Growth::Need::Version, {}}}));
    EXPECT_EQ(shape.stream().fields[4].name, "_sdc_table_version");
    EXPECT_TRUE(shape.stream().versioned);
}

TEST(Shape, TellsWhatTheSchemaPromises) {
    const Shape shape = declared(properties(R"("total":{"type":["number","null"]})"));
    EXPECT_EQ(shape.promise("total"), R"({"type":["number","null"]})");
    EXPECT_EQ(shape.promise("other"), "");
}

TEST(Shape, TakesTheLoadThatTheUserWants) {
    ShapePolicy policy;
    policy.load = Load::Append;
    EXPECT_EQ(declared(properties(R"("a":{"key":true})"), {}, policy).stream().load, Load::Append);
}

}  // namespace
}  // namespace streams
