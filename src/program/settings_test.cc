#include "program/settings.h"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "base/file.h"
#include "program/critical.h"

namespace streams {
namespace {

ProgramShape persist_x() {
    ProgramShape shape{.kind = ProgramShape::Kind::Persister,
                       .program = "persist-x",
                       .version = "1",
                       .spec = Spec("x", "Loads x."),
                       .words = {{"sync", "", ""}, {"show", "[TABLE]", ""}},
                       .path_setting = "path"};
    shape.spec.append({.name = "path", .description = "The file.", .required = true});
    shape.spec.append({.name = "page_size",
                       .kind = Setting::Kind::Integer,
                       .description = "Rows.",
                       .fallback = "10",
                       .variable = "X_PAGE"});
    shape.spec.append({.name = "token", .description = "Secret.", .secret = true});
    shape.spec.append({.name = "pin", .kind = Setting::Kind::Integer, .secret = true});
    shape.spec.append({.name = "streams", .kind = Setting::Kind::List});
    shape.spec.append({.name = "fast", .kind = Setting::Kind::Boolean, .fallback = "true"});
    shape.spec.append({.name = "format", .choices = {"jsonl", "csv"}});
    shape.spec.append({.name = "options", .kind = Setting::Kind::Json});
    shape.abilities.schemes = {"xx"};
    return shape;
}

class SettingsOf : public testing::Test {
 protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "streams-settings-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string file(std::string_view name, std::string_view text) {
        const auto path = folder_ + '/' + std::string(name);
        EXPECT_TRUE(write_file_durably(path, text, 0600));
        return path;
    }

    Result<Settings> resolve(const std::vector<std::string>& arguments) {
        auto line = parse_command_line(shape_, arguments);
        if (!line) return std::unexpected(std::move(line).error());
        return resolve_settings(shape_, *line, environment_);
    }

    // What went wrong, in place of a value, where something did.
    std::string page_size(const std::vector<std::string>& arguments) {
        const auto settings = resolve(arguments);
        return settings ? settings->text("page_size") : settings.error().what;
    }

    Error error_of(const std::vector<std::string>& arguments) {
        auto settings = resolve(arguments);
        if (!settings) return settings.error();
        ADD_FAILURE() << "no error";
        return {};
    }

    ProgramShape shape_ = persist_x();
    Environment environment_;

 private:
    std::string folder_;
};

TEST_F(SettingsOf, ComeFromTheStrongestSource) {
    EXPECT_EQ(page_size({"--path=a"}), "10");
    EXPECT_EQ(resolve({"--path=a"})->origin("page_size"), "default");
    environment_.variables.emplace_back("X_PAGE", "11");
    EXPECT_EQ(page_size({"--path=a"}), "11");
    const auto first = file("1.json", R"({"page_size": 12, "path": "one"})");
    const auto second = file("2.yaml", "page_size: 13\n");
    EXPECT_EQ(page_size({"--config", first}), "12");
    const auto both = resolve({"-c", first, "-c", second});
    ASSERT_TRUE(both) << both.error().what;
    EXPECT_EQ(both->integer("page_size"), 13);
    EXPECT_EQ(both->text("path"), "one");
    environment_.variables.emplace_back("PERSIST_X_PAGE_SIZE", "14");
    EXPECT_EQ(page_size({"-c", first}), "14");
    EXPECT_EQ(page_size({"--url", "xx:a%20b?page_size=15", "-c", first}), "15");
    EXPECT_EQ(resolve({"--url", "xx:a%20b?page_size=15"})->text("path"), "a b");
    EXPECT_EQ(resolve({"--url", "xx:a?page_size=15", "--page-size", "16"})->integer("page_size"),
              16);
    EXPECT_EQ(resolve({"--page-size=16", "-c", first})->origin("page_size"), "--page-size");
}

TEST_F(SettingsOf, UnknownOnesAskWhatWasMeant) {
    const auto path = file("c.json", R"({"path": "a", "page_siez": 1})");
    const auto in_file = error_of({"-c", path});
    EXPECT_EQ(in_file.id, "unknown-setting");
    EXPECT_EQ(in_file.remedy, "did you mean \"page_size\"?");
    EXPECT_EQ(in_file.where, path);
    const auto flag = error_of({"--page-siez", "1"});
    EXPECT_EQ(flag.id, "unknown-flag");
    EXPECT_EQ(flag.remedy, "did you mean --page-size?");
    EXPECT_EQ(error_of({"--url", "xx:a?pth=1"}).remedy, "did you mean \"path\"?");
    EXPECT_EQ(error_of({"--zzzzzz", "1"}).remedy, "see: persist-x --help");
}

TEST_F(SettingsOf, RequiredOnesAreNamedWithTheWaysToGiveThem) {
    const auto missing = error_of({});
    EXPECT_EQ(missing.id, "setting-missing");
    EXPECT_EQ(missing.what, "persist-x needs the setting \"path\"");
    EXPECT_EQ(missing.remedy, "give --path, or \"path\" in --config");
}

TEST_F(SettingsOf, AreCheckedByKindWithoutShowingSecrets) {
    EXPECT_EQ(error_of({"--path=a", "--page-size", "ten"}).what,
              "setting \"page_size\": a whole number was expected, not \"ten\"");
    EXPECT_EQ(error_of({"--path=a", "--pin", "s3cret"}).what,
              "setting \"pin\": a whole number was expected");
    const auto path = file("c.json", R"({"path": "a", "token": {"secret": "s3cret"}})");
    const auto wrong = error_of({"-c", path});
    EXPECT_EQ(wrong.id, "setting-value");
    EXPECT_EQ(critical_text(wrong, {}, false).find("s3cret"), std::string::npos);
    EXPECT_EQ(error_of({"--path=a", "--format", "xml"}).what,
              "setting \"format\": one of jsonl, csv was expected, not \"xml\"");
    EXPECT_EQ(error_of({"-c", file("d.json", R"({"path": true})")}).id, "setting-value");
}

TEST_F(SettingsOf, TakeListsBooleansAndJson) {
    const auto flags = resolve({"--path=a", "--streams", "b", "--streams=c", "--no-fast"});
    ASSERT_TRUE(flags);
    EXPECT_EQ(flags->list("streams"), (std::vector<std::string>{"b", "c"}));
    EXPECT_FALSE(flags->boolean("fast"));
    const auto path =
        file("c.yaml", "path: a\nstreams: [x, 5]\nfast: false\noptions: {a: [1, no]}\n");
    const auto config = resolve({"-c", path});
    ASSERT_TRUE(config) << config.error().what;
    EXPECT_EQ(config->list("streams"), (std::vector<std::string>{"x", "5"}));
    EXPECT_FALSE(config->boolean("fast"));
    EXPECT_EQ(config->text("options"), R"({"a":[1,"no"]})");
    environment_.variables.emplace_back("PERSIST_X_STREAMS", R"(["q","r"])");
    EXPECT_EQ(resolve({"--path=a"})->list("streams"), (std::vector<std::string>{"q", "r"}));
}

TEST_F(SettingsOf, ExpandVariablesAndFilesOnce) {
    environment_.variables.emplace_back("TOKEN", "t${PATH}k");
    file("inner.txt", "from a file\n");
    const auto path = file("c.json", R"({"path": "${file:inner.txt}", "token": "$$x${TOKEN}$"})");
    const auto settings = resolve({"-c", path});
    ASSERT_TRUE(settings) << settings.error().what;
    EXPECT_EQ(settings->text("path"), "from a file");
    EXPECT_EQ(settings->text("token"), "$xt${PATH}k$");
    const auto missing = error_of({"-c", file("d.json", R"({"path": "${NOPE}"})")});
    EXPECT_EQ(missing.id, "variable-missing");
    EXPECT_NE(missing.what.find("NOPE"), std::string::npos);
}

TEST_F(SettingsOf, BadFilesAreNamedByPlaceAndNotQuoted) {
    const auto path = file("c.json", "{\n  \"token\": \"s3cret\" s3cret\n}");
    const auto json = error_of({"-c", path});
    EXPECT_EQ(json.id, "config-syntax");
    EXPECT_EQ(json.what, path + ":2:21: this is no JSON from here on");
    const auto cut = file("cut.json", "{\"token\": \"s3c");
    EXPECT_EQ(error_of({"-c", cut}).what, cut + ":1:15: this is no JSON: it ends too early");
    const auto yaml = file("c.yaml", "path: a\n  token: [s3cret\n");
    EXPECT_TRUE(error_of({"-c", yaml}).what.starts_with(yaml + ":2:8: this is no YAML"))
        << error_of({"-c", yaml}).what;
    EXPECT_EQ(error_of({"-c", file("l.json", "[1]")}).id, "config-syntax");
    EXPECT_EQ(error_of({"-c", "/no/such/file"}).id, "file-missing");
}

}  // namespace
}  // namespace streams
