#include "manifest/template.h"

#include <gtest/gtest.h>

#include "manifest/time_format.h"

namespace streams::manifest {
namespace {

constexpr std::int64_t kNow = 1'484'685'125'000'000;

Result<Template> compile(const std::string& source, const Node* parameters = nullptr) {
    Node text;
    text.kind = Node::Kind::Scalar;
    text.text = source;
    text.place = {7, 3};
    return Template::compile("m.yaml", text, parameters, {"record", "stream_partition"});
}

TEST(Template, RendersTextValuesAndConditions) {
    const Json config = *parse_json(R"({"repo":"o/r"})");
    const Json record = *parse_json(R"({"n":12345678901234567890,"p":1.10,"l":[]})");
    const Scope scope = Scope(kNow).with("config", config).with("record", record);
    EXPECT_EQ(compile("/repos/{{ config['repo'] }}/x")->text(scope), "/repos/o/r/x");
    EXPECT_EQ(compile("{{ record.n }}")->value(scope)->dump(), "12345678901234567890");
    EXPECT_EQ(compile("{{ record.p }}")->value(scope)->dump(), "1.10");
    EXPECT_EQ(compile("{{ record.l }}")->holds(scope), false);
    EXPECT_EQ(compile("{{ now_utc().strftime('%Y') }}")->text(scope), "2017");
    EXPECT_EQ(compile("plain")->text(scope), "plain");
    EXPECT_TRUE(compile("plain")->is_literal());
}

TEST(Template, KnowsTheParametersOfItsComponentAndTheNamesOfThePartition) {
    const auto parameters = parse_yaml("m.yaml", "name: users");
    const Json partition = *parse_json(R"({"repo":"o/r"})");
    const Scope scope = Scope(kNow).with("stream_partition", partition);
    EXPECT_EQ(compile("{{ parameters.name }} {{ stream_slice.repo }}", &*parameters)->text(scope),
              "users o/r");
}

TEST(Template, SaysWhereItIsWrong) {
    const auto broken = compile("{{ config[ }}");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().id, "template-syntax");
    EXPECT_EQ(broken.error().where, "m.yaml:7:3");
    const auto unknown = compile("{{ recrd.x }}");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().id, "template-variable");
    EXPECT_EQ(unknown.error().remedy, "did you mean \"record\"?");
    const auto failed = compile("{{ 1 / 0 }}")->text(Scope(kNow));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().id, "template-failed");
    EXPECT_EQ(failed.error().where, "m.yaml:7:3");
}

TEST(Template, IsBoundedInSteps) {
    const auto endless = compile(
        "{% for a in record.l %}{% for b in record.l %}{% for c in record.l %}{% for d in record.l "
        "%}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}");
    ASSERT_TRUE(endless) << endless.error().what;
    Json many = Json::list();
    for (int i = 0; i < 1000; ++i) many.items().push_back(Json::integer(i));
    Json record = Json::object();
    record.set("l", std::move(many));
    const auto text = endless->text(Scope(kNow).with("record", record));
    ASSERT_FALSE(text);
    EXPECT_NE(text.error().what.find("steps"), std::string::npos) << text.error().what;
}

TEST(TimeFormat, ReadsWritesAndAdds) {
    EXPECT_EQ(parse_time("2017-01-17T20:32:05Z", "%Y-%m-%dT%H:%M:%SZ"), kNow);
    EXPECT_EQ(parse_time("2017-01-17T21:32:05+01:00", ""), kNow);
    EXPECT_EQ(parse_time("soon", ""), std::nullopt);
    EXPECT_EQ(format_time(kNow, "%Y-%m-%dT%H:%M:%SZ"), "2017-01-17T20:32:05Z");
    EXPECT_EQ(format_time(add_duration(kNow, "P1M", -1).value_or(0), ""),
              "2016-12-17T20:32:05+00:00");
}

}  // namespace
}  // namespace streams::manifest
