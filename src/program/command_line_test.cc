#include "program/command_line.h"

#include <gtest/gtest.h>

namespace streams {
namespace {

ProgramShape shape() {
    ProgramShape shape{
        .kind = ProgramShape::Kind::Streamer,
        .program = "stream-x",
        .version = "1",
        .spec = Spec("x", "Streams x."),
        .options = {},
        .words = {
            {"sync", "", "Writes."}, {"discover", "", "Lists."}, {"show", "[TABLE]", "Shows."}}};
    shape.spec.append({.name = "page_size", .kind = Setting::Kind::Integer});
    shape.options.push_back({.setting = {.name = "state"}, .letter = 's', .value = "FILE"});
    shape.options.push_back(
        {.setting = {.name = "dry_run", .kind = Setting::Kind::Boolean}, .letter = 'n'});
    shape.options.push_back({.setting = {.name = "discover", .kind = Setting::Kind::Boolean},
                             .hidden = true,
                             .means_word = "discover"});
    shape.options.push_back(
        {.setting = {.name = "test", .kind = Setting::Kind::Boolean}, .value = "schema"});
    shape.options.push_back({.setting = {.name = "wait", .fallback = "10s"}});
    return shape;
}

Result<CommandLine> parse(const std::vector<std::string>& arguments) {
    return parse_command_line(shape(), arguments);
}

TEST(CommandLineOf, TakesTheWordFirstAndSyncWithoutOne) {
    EXPECT_EQ(parse({})->word, "sync");
    EXPECT_EQ(parse({"sync", "-n"})->word, "sync");
    EXPECT_EQ(parse({"discover"})->word, "discover");
    EXPECT_EQ(parse({"--discover"})->word, "discover");
    EXPECT_EQ(parse({"show", "orders"})->operands, std::vector<std::string>{"orders"});
    EXPECT_EQ(parse({"-n", "show"}).error().what,
              "\"show\" is not expected here: the word comes first");
    EXPECT_EQ(parse({"shwo"}).error().remedy, "did you mean show?");
    EXPECT_EQ(parse({"show", "a", "b"}).error().id, "usage");
}

TEST(CommandLineOf, TakesTheShortFormsOf2017) {
    const auto line =
        parse({"sync", "-c", "a.json", "-cb.json", "-s", "state.json", "-n", "-d", "-q"});
    ASSERT_TRUE(line) << line.error().what;
    EXPECT_EQ(line->config_files, (std::vector<std::string>{"a.json", "b.json"}));
    EXPECT_EQ(line->options.text("state"), "state.json");
    EXPECT_TRUE(line->options.boolean("dry_run"));
    EXPECT_TRUE(line->options.boolean("debug"));
    EXPECT_TRUE(line->options.boolean("quiet"));
}

TEST(CommandLineOf, TakesFlagsWithAnOptionalValue) {
    EXPECT_EQ(parse({"--test"})->options.text("test"), "true");
    EXPECT_EQ(parse({"--test=schema"})->options.text("test"), "schema");
}

TEST(CommandLineOf, FillsInWhatOptionsAreByDefault) {
    EXPECT_EQ(parse({})->options.text("wait"), "10s");
    EXPECT_EQ(parse({"--wait", "5s"})->options.text("wait"), "5s");
}

TEST(CommandLineOf, NeedsAValueWhereOneBelongs) {
    EXPECT_EQ(parse({"--page-size"}).error().what, "--page-size needs a value");
    EXPECT_EQ(parse({"--page-size", "x"}).error().id, "setting-value");
    EXPECT_EQ(parse({"-x"}).error().id, "unknown-flag");
}

TEST(CommandLineOf, CountsTheOperandsOfAProgramWithoutWords) {
    ProgramShape run{
        .program = "streams run", .spec = Spec("run", ""), .operands = "SOURCE DESTINATION"};
    EXPECT_EQ(parse_command_line(run, {"a"}).error().what, "streams run needs SOURCE DESTINATION");
    EXPECT_TRUE(parse_command_line(run, {"--help"}));
    EXPECT_EQ(parse_command_line(run, {"a", "--", "-b"})->operands,
              (std::vector<std::string>{"a", "-b"}));
    EXPECT_EQ(parse_command_line(run, {"a", "b", "c"}).error().id, "usage");
}

TEST(Nearest, FindsTyposAndBeginningsAndNothingFarAway) {
    const std::vector<std::string> names = {"--page-size", "--path", "--on-bad-record"};
    EXPECT_EQ(nearest("--pgae-size", names), "--page-size");
    EXPECT_EQ(nearest("--pat", names), "--path");
    EXPECT_EQ(nearest("--on-bad", names), "--on-bad-record");
    EXPECT_EQ(nearest("--zzzz", names), "");
    EXPECT_EQ(nearest(std::string(100'000, 'x'), names), "");
}

}  // namespace
}  // namespace streams
