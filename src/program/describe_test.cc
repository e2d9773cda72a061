#include "program/describe.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "program/help.h"
#include "program/identity.h"

namespace streams {
namespace {

ProgramShape persist_x() {
    ProgramShape shape{.kind = ProgramShape::Kind::Persister,
                       .program = "persist-x",
                       .version = "1.2",
                       .spec = Spec("x", "Loads x."),
                       .options = {},
                       .words = {{"sync", "", "Loads the stream (default)."}},
                       .abilities = {.capabilities = {"end"},
                                     .schemes = {"x"},
                                     .tier = "A",
                                     .tier_reason = "One transaction."}};
    shape.spec.append(
        {.name = "base_url", .description = "Where.", .required = true, .identity = true});
    shape.spec.append(
        {.name = "token", .description = "Key.", .variable = "X_TOKEN", .secret = true});
    shape.spec.append(
        {.name = "size", .kind = Setting::Kind::Integer, .description = "Rows.", .fallback = "5"});
    shape.options.push_back({.setting = {.name = "dry_run",
                                         .kind = Setting::Kind::Boolean,
                                         .description = "Stores nothing."},
                             .letter = 'n'});
    shape.options.push_back({.setting = {.name = "end_fd"}, .hidden = true});
    return shape;
}

TEST(Describe, TellsSettingsAsJsonSchemaWithMarks) {
    EXPECT_EQ(
        describe(persist_x()).dump(),
        R"({"name":"x","kind":"persister","version":"1.2","description":"Loads x.","protocol":1,)"
        R"("capabilities":["end"],"schemes":["x"],"settings":{"type":"object","properties":{)"
        R"("base_url":{"type":"string","description":"Where.","identity":true},)"
        R"("token":{"type":"string","description":"Key.","variable":"X_TOKEN","secret":true},)"
        R"("size":{"type":"integer","description":"Rows.","default":5}},)"
        R"("required":["base_url"],"additionalProperties":false},"tier":"A",)"
        R"("tier_reason":"One transaction.","memory_extra_bytes":0})");
}

TEST(HelpText, ListsWordsSettingsAndOptionsButNoHiddenOnes) {
    const auto text = help_text(persist_x());
    EXPECT_TRUE(
        text.starts_with("persist-x 1.2  Loads x.\n\nusage  persist-x [sync] [flags] < stream\n"))
        << text;
    EXPECT_NE(text.find("--base-url TEXT  Where. (required)\n"), std::string::npos) << text;
    EXPECT_NE(text.find("--size N         Rows. (default: 5)\n"), std::string::npos) << text;
    EXPECT_NE(text.find("-n, --dry-run"), std::string::npos) << text;
    EXPECT_EQ(text.find("end-fd"), std::string::npos) << text;
    EXPECT_EQ(text.find("--url URL"), std::string::npos) << text;
}

TEST(IdentityOf, HashesTheFirstThingOfEachIdentitySetting) {
    const auto shape = persist_x();
    const Settings one({{"base_url", {"a b", ""}}, {"token", {"t", ""}}});
    const Settings more({{"base_url", {"a c", ""}}, {"token", {"u", ""}}});
    const Settings other({{"base_url", {"b", ""}}});
    EXPECT_EQ(identity_of(shape.spec, one), identity_of(shape.spec, more));
    EXPECT_NE(identity_of(shape.spec, one), identity_of(shape.spec, other));
    EXPECT_EQ(identity_of(shape.spec, Settings()), "");
}

}  // namespace
}  // namespace streams
