#include "batch/batch_builder.h"

#include "batch/test_loading.h"

namespace streams {
namespace {

using std::string_literals::operator""s;

TEST(BatchBuilder, PutsTheValuesOfDeclaredFieldsIntoTheirColumns) {
    auto loading = Loading::declared(R"({"type":"object","properties":{
        "id":{"type":"integer"},"name":{"type":["null","string"]},"total":{"type":"number"},
        "paid":{"type":"boolean"},"at":{"type":"string","format":"date-time"},
        "more":{"type":"object"}}})");
    EXPECT_EQ(loading.columns(),
              "id:Integer name:Text total:Double paid:Boolean at:Timestamp more:Json");
    EXPECT_EQ(loading.add(R"({"id":1,"name":"a\n\u00e9","total":1.5,"paid":true,
                              "at":"1970-01-01T00:00:01Z","more":{"a": [1, {}]}})"),
              Verdict::Stored);
    EXPECT_EQ(loading.add(R"({ "id" : -2 , "name" : null , "paid" : false })"), Verdict::Stored);
    const Batch batch = loading.builder().take();
    ASSERT_EQ(batch.rows, 2U);
    EXPECT_EQ(batch.columns[0].integer(0), 1);
    EXPECT_EQ(batch.columns[0].integer(1), -2);
    EXPECT_EQ(batch.columns[1].text(0), "a\n\u00e9");
    EXPECT_TRUE(batch.columns[1].is_null(1));
    EXPECT_EQ(batch.columns[2].real(0), 1.5);
    EXPECT_TRUE(batch.columns[2].is_null(1));
    EXPECT_TRUE(batch.columns[3].boolean(0));
    EXPECT_FALSE(batch.columns[3].boolean(1));
    EXPECT_EQ(batch.columns[4].integer(0), 1'000'000);
    EXPECT_EQ(batch.columns[5].text(0), R"({"a": [1, {}]})");
    EXPECT_EQ(batch.first_line, 1U);
    EXPECT_EQ(batch.last_line, 2U);
}

TEST(BatchBuilder, GivesARecordWithoutSchemaTheColumnsOfItsValues) {
    auto loading = Loading::inferred();
    EXPECT_EQ(loading.add(R"({"a":1,"b":"x","c":1.5,"d":true,"e":{},"f":[1],"g":null})"),
              Verdict::Stored);
    EXPECT_EQ(loading.columns(), "a:Integer b:Text c:Double d:Boolean e:Json f:Json");
    EXPECT_EQ(loading.add(R"({"h":"late","a":2})"), Verdict::Stored);
    EXPECT_EQ(loading.batches_closed, 0);
    EXPECT_EQ(loading.values("h"), "~|late");
}

TEST(BatchBuilder, AsksForAllColumnsOfARecordAtOnce) {
    Shape shape = Shape::inferred("s", {}, {});
    Loading loading(shape);
    const std::uint64_t before = loading.shape().revision();
    EXPECT_EQ(loading.add(R"({"a":1,"b":"x"})"), Verdict::Stored);
    EXPECT_EQ(loading.shape().revision(), before + 2);
}

TEST(BatchBuilder, SplitsAnotherKindIntoAColumnBesideTheFirst) {
    auto loading = Loading::inferred();
    for (const char* value : {"1", R"("x")", "true", "[1]", "2.5", R"({"a":1})"}) {
        EXPECT_EQ(loading.add("{\"v\":"s + value + "}"), Verdict::Stored) << value;
    }
    EXPECT_EQ(loading.columns(),
              "v:Decimal v__st:Text v__bo:Boolean v__js:Json v__js__5d9c09ff:Json");
    EXPECT_EQ(loading.batches_closed, 1);
}

TEST(BatchBuilder, RefusesAKindThatTheSchemaDoesNotPromise) {
    auto loading = Loading::declared(
        R"({"properties":{"total":{"type":["number","null"]},"n":{"type":"integer"},
            "any":{"type":["string","boolean"]},"o":{"type":"object"}}})");
    EXPECT_EQ(loading.add(R"({"total":"12,50"})"), Verdict::Refused);
    EXPECT_EQ(loading.error, "record-type");
    EXPECT_EQ(loading.what,
              R"(stream "s", field "total": a number or null was promised, the text "12,50" came)");
    EXPECT_EQ(loading.place, R"("12,50")");
    EXPECT_EQ(loading.add(R"({"n":1.5})"), Verdict::Refused);
    EXPECT_EQ(loading.what,
              R"(stream "s", field "n": an integer was promised, the number 1.5 came)");
    EXPECT_EQ(loading.add(R"({"n":null})"), Verdict::Refused);
    EXPECT_EQ(loading.add(R"({"o":[]})"), Verdict::Refused);
    EXPECT_EQ(loading.add(R"({"any":1})"), Verdict::Refused);
    EXPECT_EQ(loading.add(R"({"any":null})"), Verdict::Refused);
    EXPECT_EQ(loading.add(R"({"any":true,"n":1.0,"total":null,"o":{"x":1}})"), Verdict::Stored);
    EXPECT_EQ(loading.builder().rows(), 1U);
    EXPECT_EQ(loading.values("any"), "true");
}

TEST(BatchBuilder, LeavesNothingOfARefusedRowBehind) {
    auto loading = Loading::declared(
        R"({"properties":{"a":{"type":"string"},"b":{"type":"integer"},"c":{"type":"boolean"}}})");
    EXPECT_EQ(loading.add(R"({"a":"kept","c":true,"b":1})"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"a":"gone","c":true,"b":"x"})"), Verdict::Refused);
    EXPECT_EQ(loading.add(R"({"b":2})"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"a":"too","c":false})"), Verdict::Stored);
    const Batch batch = loading.builder().take();
    ASSERT_EQ(batch.rows, 3U);
    EXPECT_EQ(batch.columns[0].text(0), "kept");
    EXPECT_TRUE(batch.columns[0].is_null(1));
    EXPECT_EQ(batch.columns[0].text(2), "too");
    EXPECT_TRUE(batch.columns[2].is_null(1));
    EXPECT_FALSE(batch.columns[2].boolean(2));
    EXPECT_EQ(batch.columns[2].nulls, 1U);
}

TEST(BatchBuilder, FindsBadJsonBehindARefusedValue) {
    auto loading = Loading::declared(R"({"properties":{"a":{"type":"string"}}})");
    for (const char* record :
         {R"({"a":1,"b":01})", R"({"a":1,"b":tru})", R"({"a":1,"b":[1,]})", R"({"a":1,"b":"\x"})",
          R"({"a":1,"b":1e})", R"({"a":1 "b":1})", R"({"a":1,"b":-})", R"({"a":1,})"}) {
        EXPECT_EQ(loading.add(record), Verdict::None) << record;
        EXPECT_EQ(loading.error, "json-syntax") << record;
    }
}

TEST(BatchBuilder, KnowsKeysHoweverTheyAreSpelled) {
    auto loading = Loading::inferred();
    EXPECT_EQ(loading.add(R"({"caf\u00e9":1,"a\"b":2,"\u0061":3})"), Verdict::Stored);
    EXPECT_EQ(loading.add("{\"caf\u00e9\":4,\"a\\u0022b\":5,\"a\":6}"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"a":9,"a\"b":8,"caf\u00e9":7})"), Verdict::Stored);
    EXPECT_EQ(loading.columns(), "caf\u00e9:Integer a\"b:Integer a:Integer");
    EXPECT_EQ(loading.values("caf\u00e9"), "1|4|7");
}

TEST(BatchBuilder, TellsKeysApartThatBeginAlike) {
    auto loading = Loading::inferred();
    const std::string longer(100, 'k');
    EXPECT_EQ(loading.add("{\"k\":1,\"kk\":2,\"" + longer + "\":3,\"" + longer + "k\":4,\"\":5}"),
              Verdict::Stored);
    EXPECT_EQ(loading.add("{\"kk\":6,\"\":7,\"" + longer + "k\":8,\"k\":9}"), Verdict::Stored);
    const Batch batch = loading.builder().take();
    EXPECT_EQ(batch.columns[0].integer(1), 9);
    EXPECT_EQ(batch.columns[1].integer(1), 6);
    EXPECT_TRUE(batch.columns[2].is_null(1));
    EXPECT_EQ(batch.columns[3].integer(1), 8);
    EXPECT_EQ(batch.columns[4].integer(1), 7);
}

TEST(BatchBuilder, KeepsTheLastOfDuplicateKeys) {
    auto loading = Loading::inferred();
    EXPECT_EQ(loading.add(R"({"a":1,"a":"x"})"), Verdict::Stored);
    EXPECT_EQ(loading.columns(), "a:Text");
    EXPECT_EQ(loading.add(R"({"a":"first","a":"second"})"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"a":"first","\u0061":null})"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"b":1,"b":null})"), Verdict::Stored);
    EXPECT_EQ(loading.columns(), "a:Text");
    EXPECT_EQ(loading.values("a"), "x|second|~|~");
    auto strict = Loading::declared(R"({"properties":{"n":{"type":"integer"}}})");
    EXPECT_EQ(strict.add(R"({"n":"bad","n":2})"), Verdict::Stored);
    EXPECT_EQ(strict.add(R"({"n":2,"n":"bad"})"), Verdict::Refused);
}

TEST(BatchBuilder, AsksForTheFieldsThatTheSchemaRequires) {
    auto loading = Loading::declared(
        R"({"required":["a"],"properties":{"a":{"type":["null","string"]},"b":{}}})");
    EXPECT_EQ(loading.add(R"({"b":1})"), Verdict::Refused);
    EXPECT_EQ(loading.error, "record-required");
    EXPECT_EQ(loading.add(R"({"a":null})"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"a":null,"a":"x"})"), Verdict::Stored);
}

TEST(BatchBuilder, RefusesKeysThatAreMissingNullOrNested) {
    auto loading = Loading::declared(R"({"properties":{"id":{"type":["null","integer"]},"x":{}}})",
                                     std::vector{"id"s});
    EXPECT_EQ(loading.add(R"({"x":1})"), Verdict::Refused);
    EXPECT_EQ(loading.error, "key-missing");
    EXPECT_EQ(loading.add(R"({"id":null})"), Verdict::Refused);
    EXPECT_EQ(loading.error, "key-null");
    EXPECT_EQ(loading.add(R"({"id":1})"), Verdict::Stored);
    auto any = Loading::declared(R"({})", std::vector{"id"s});
    EXPECT_FALSE(any.shape().complete());
    EXPECT_EQ(any.add(R"({"id":"a"})"), Verdict::Stored);
    EXPECT_TRUE(any.shape().complete());
    EXPECT_EQ(any.shape().stream().load, Load::Upsert);
    EXPECT_EQ(any.add(R"({"id":[1]})"), Verdict::Refused);
    EXPECT_EQ(any.error, "key-nested");
    EXPECT_EQ(any.add(R"({"id":1})"), Verdict::Refused);
    EXPECT_EQ(any.error, "record-type");
    EXPECT_EQ(any.add(R"({"id":true})"), Verdict::Refused);
    EXPECT_EQ(any.add(R"({"id":""})"), Verdict::Stored);
}

TEST(BatchBuilder, RefusesFieldsThatTheSchemaRulesOut) {
    auto loading =
        Loading::declared(R"({"additionalProperties":false,"properties":{"a":{"type":"string"}}})");
    EXPECT_EQ(loading.add(R"({"a":"x","b":1})"), Verdict::Refused);
    EXPECT_EQ(loading.error, "record-field");
    auto typed = Loading::declared(
        R"({"additionalProperties":{"type":"integer"},"properties":{"a":{"type":"string"}}})");
    EXPECT_EQ(typed.add(R"({"a":"x","b":1})"), Verdict::Stored);
    EXPECT_EQ(typed.columns(), "a:Text b:Integer");
    EXPECT_EQ(typed.add(R"({"c":"x"})"), Verdict::Refused);
    EXPECT_EQ(typed.add(R"({"b":1.5})"), Verdict::Refused);
}

TEST(BatchBuilder, AddsNewFieldsBesideTheSchemasOwn) {
    auto loading = Loading::declared(R"({"properties":{"a":{"type":"string"}}})");
    EXPECT_EQ(loading.add(R"({"a":"x","b":{"c":1}})"), Verdict::Stored);
    EXPECT_EQ(loading.columns(), "a:Text b:Json");
    EXPECT_FALSE(loading.shape().stream().fields[1].declared);
}

TEST(BatchBuilder, RefusesHalfOfASurrogatePair) {
    auto loading = Loading::inferred();
    for (const char* text : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud83d x")"}) {
        EXPECT_EQ(loading.value(text), "refused: text-surrogate") << text;
    }
    EXPECT_EQ(loading.value(R"("\ud83d\ude00")"), "v=\U0001F600");
    EXPECT_EQ(loading.value(R"("a\u0000b")"), "v=a\0b"s);
    EXPECT_EQ(loading.add(R"({"\ud800":1})"), Verdict::Refused);
}

TEST(BatchBuilder, KeepsTheBytesOfAnyValueInAColumnOfAnyKind) {
    auto loading = Loading::declared(R"({"properties":{"v":{}}})");
    for (const char* value : {R"("a\u00e9")", "1.50", "-0", "true", R"({"b" : [ ]})", "[1,\t2]"}) {
        EXPECT_EQ(loading.value(value), "v="s + value);
    }
    EXPECT_EQ(loading.value("null"), "null");
}

TEST(BatchBuilder, WidensInTheMiddleOfAStream) {
    auto loading = Loading::declared(schema_of(R"({"type":"integer"})"));
    EXPECT_EQ(loading.add(R"({"v":1})"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"v":9223372036854775808})"), Verdict::Stored);
    EXPECT_EQ(loading.batches_closed, 1);
    EXPECT_EQ(loading.columns(), "v:Decimal");
    EXPECT_EQ(loading.add(R"({"v":1e2})"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"v":1.5})"), Verdict::Refused);
    EXPECT_EQ(loading.values("v"), "9223372036854775808|100");
}

TEST(BatchBuilder, HoldsTenThousandColumns) {
    auto loading = Loading::inferred();
    std::string record = "{";
    for (int i = 0; i < 10'000; ++i) {
        record += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + "\":" + std::to_string(i);
    }
    EXPECT_EQ(loading.add(record + "}"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"f9999":1,"f5":2})"), Verdict::Stored);
    const Batch batch = loading.builder().take();
    EXPECT_EQ(batch.columns[9'999].integer(0), 9'999);
    EXPECT_EQ(batch.columns[9'999].integer(1), 1);
    EXPECT_EQ(batch.columns[5].integer(1), 2);
    EXPECT_TRUE(batch.columns[6].is_null(1));
}

TEST(BatchBuilder, FollowsNewColumnsInPlaceOnly) {
    auto loading = Loading::declared(R"({"properties":{"a":{"type":"integer"}}})");
    EXPECT_EQ(loading.add(R"({"a":1})"), Verdict::Stored);
    ASSERT_TRUE(loading.shape().declare_again(
        R"({"properties":{"a":{"type":"integer"},"b":{"type":"boolean"}}})", {}));
    EXPECT_TRUE(loading.builder().reshape());
    EXPECT_EQ(loading.add(R"({"a":2,"b":true})"), Verdict::Stored);
    ASSERT_TRUE(loading.shape().declare_again(
        R"({"properties":{"a":{"type":"number"},"b":{"type":"boolean"}}})", {}));
    EXPECT_FALSE(loading.builder().reshape());
    EXPECT_EQ(loading.values("b"), "~|true");
    EXPECT_TRUE(loading.builder().reshape());
}

TEST(BatchBuilder, GivesRecordsAsTheyCame) {
    Loading loading(Shape::inferred("s", {}, {}), {.columns = false, .records = true});
    EXPECT_EQ(loading.add(R"({ "a" : 1.0 , "b":"\u0061" })"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"a":"another kind"})"), Verdict::Stored);
    const Batch batch = loading.builder().take();
    EXPECT_TRUE(batch.columns.empty());
    EXPECT_EQ(batch.records.text(0), R"({ "a" : 1.0 , "b":"\u0061" })");
    EXPECT_EQ(batch.records.text(1), R"({"a":"another kind"})");
}

TEST(BatchBuilder, JudgesRecordsThatItGivesAsTheyCame) {
    auto shape = Shape::declared(
        "s", R"({"required":["b"],"properties":{"id":{"type":"integer"},"b":{"type":"boolean"}}})",
        std::vector{"id"s}, {});
    ASSERT_TRUE(shape);
    Loading loading(*shape, {.columns = false, .records = true});
    EXPECT_EQ(loading.add(R"({"id":1,"b":true,"more":[1]})"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"id":"1","b":true})"), Verdict::Refused);
    EXPECT_EQ(loading.add(R"({"id":1})"), Verdict::Refused);
    EXPECT_EQ(loading.add(R"({"b":true})"), Verdict::Refused);
    EXPECT_EQ(loading.add(R"({"id":null,"b":true})"), Verdict::Refused);
    EXPECT_EQ(loading.builder().rows(), 1U);
}

TEST(BatchBuilder, KeepsTheBytesOfJsonThatIsText) {
    auto loading = Loading::declared(
        R"({"properties":{"o":{"type":"object"},"m":{"type":["string","number","object"]}}})", {},
        {.nested = Nested::Text, .mixed = Mixed::Text});
    EXPECT_EQ(loading.columns(), "o:Text m:Text");
    EXPECT_EQ(loading.add(R"({"o":{"b":-0, "a":1,"b":1.50},"m":"\u0041\""})"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"o":{},"m":1e2})"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"m":{ "x" : [] }})"), Verdict::Stored);
    const Batch batch = loading.builder().take();
    ASSERT_EQ(batch.columns.size(), 2U);
    EXPECT_EQ(batch.columns[0].type, Type::Text);
    EXPECT_EQ(batch.columns[1].text(0), R"("\u0041\"")");
    EXPECT_EQ(batch.columns[1].text(1), "1e2");
    EXPECT_EQ(batch.columns[1].text(2), R"({ "x" : [] })");
    EXPECT_EQ(batch.columns[0].text(0), R"({"b":-0, "a":1,"b":1.50})");
    EXPECT_EQ(loading.add(R"({"m":"a"})"), Verdict::Stored);
    EXPECT_EQ(loading.values("m"), R"("a")");
}

TEST(BatchBuilder, RefusesDigitsBeyondMicrosecondsWhereTimesAreExact) {
    for (const bool stores : {true, false}) {
        const ShapePolicy policy{.exact_times = true};
        auto shape = Shape::declared("s", schema_of(R"({"type":"string","format":"date-time"})"),
                                     {}, policy);
        ASSERT_TRUE(shape);
        Loading loading(*std::move(shape), {.values = stores});
        EXPECT_EQ(loading.add(R"({"v":"2026-01-02T03:04:05.123456Z"})"), Verdict::Stored);
        EXPECT_EQ(loading.add(R"({"v":"2026-01-02T03:04:05.1234560Z"})"), Verdict::Refused);
        EXPECT_EQ(loading.add(R"({"v":"2026-01-02T03:04:05.1234561Z"})"), Verdict::Refused);
        EXPECT_EQ(loading.error, "time-digits");
        EXPECT_EQ(loading.place, R"("2026-01-02T03:04:05.1234561Z")");
        EXPECT_EQ(loading.add(R"({"v":"\u0032026-01-02T03:04:05.1234561Z"})"), Verdict::Refused);
        EXPECT_EQ(loading.place, R"("\u0032026-01-02T03:04:05.1234561Z")");
        EXPECT_EQ(loading.builder().rows(), 1U);
    }
}

TEST(BatchBuilder, FillsTheColumnsOfOurs) {
    ShapePolicy policy;
    policy.extracted_at = policy.received_at = policy.sequence = true;
    auto loading = Loading::declared(schema_of(R"({"type":"integer"})"), {}, policy);
    loading.reader.set_sequence(7);
    EXPECT_EQ(loading.add(R"({"v":1})", R"(,"time_extracted":"1970-01-01T00:00:02Z")"),
              Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"v":2})", R"(,"version":5)"), Verdict::Stored);
    EXPECT_EQ(loading.columns(),
              "v:Integer _sdc_extracted_at:Timestamp _sdc_received_at:Timestamp "
              "_sdc_sequence:Integer _sdc_table_version:Integer");
    EXPECT_TRUE(loading.shape().stream().versioned);
    const Batch batch = loading.builder().take();
    EXPECT_EQ(batch.columns[1].integer(0), 2'000'000);
    EXPECT_TRUE(batch.columns[1].is_null(1));
    EXPECT_EQ(batch.columns[3].integer(0), 7);
    EXPECT_EQ(batch.columns[3].integer(1), 8);
    EXPECT_TRUE(batch.columns[4].is_null(0));
    EXPECT_EQ(batch.columns[4].integer(1), 5);
}

TEST(BatchBuilder, CountsItsBytes) {
    auto loading = Loading::inferred();
    EXPECT_EQ(loading.builder().bytes(), 0U);
    loading.add(R"({"a":")" + std::string(1'000, 'x') + R"("})");
    EXPECT_GE(loading.builder().bytes(), 1'000U);
    EXPECT_LE(loading.builder().bytes(), 1'100U);
    loading.builder().take();
    EXPECT_EQ(loading.builder().bytes(), 0U);
}

TEST(BatchReader, DoesNotKnowAStreamThatNobodyAdded) {
    BatchReader reader;
    MessageParser parser;
    std::string line = R"({"type":"RECORD","stream":"new","record":{"a":{"b":[]},"c":1}})";
    const std::size_t size = line.size();
    line.append(kLinePadding, ' ');
    reader.begin(1);
    const auto parsed = parser.parse(std::string_view(line).substr(0, size), reader);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(reader.verdict(), Verdict::Unknown);
    EXPECT_EQ(reader.builder(), nullptr);
    EXPECT_EQ((*parsed)->record, R"({"a":{"b":[]},"c":1})");
}

TEST(BatchReader, ReadsARecordWhoseStreamComesLater) {
    auto loading = Loading::inferred();
    EXPECT_EQ(loading.line(R"({"record":{"a":1},"stream":"s","type":"record"})"), Verdict::Stored);
    EXPECT_EQ(loading.values("a"), "1");
}

}  // namespace
}  // namespace streams
