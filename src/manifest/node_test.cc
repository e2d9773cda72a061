#include "manifest/node.h"

#include <gtest/gtest.h>

namespace streams::manifest {
namespace {

TEST(Yaml, KeepsOrderPlacesAndTheKindsOfScalars) {
    const auto node = parse_yaml("m.yaml", "b: 1.10\na:\n  - 'x'\n  - true\n  - ~\n  - \"5\"\n");
    ASSERT_TRUE(node);
    EXPECT_EQ(json_of(*node).dump(), R"({"b":1.10,"a":["x",true,null,"5"]})");
    EXPECT_EQ(shown_place("m.yaml", node->find("a")->items[1].place), "m.yaml:4:5");
}

TEST(Yaml, MergesAnchors) {
    const auto node = parse_yaml("m.yaml", "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n");
    ASSERT_TRUE(node);
    EXPECT_EQ(json_of(*node->find("b")).dump(), R"({"y":3,"x":1})");
}

TEST(Yaml, SaysWhereItIsWrong) {
    const auto broken = parse_yaml("m.yaml", "a: [1\nb: 2\n");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().id, "manifest-syntax");
    EXPECT_TRUE(broken.error().where.starts_with("m.yaml:")) << broken.error().where;
    const auto twice = parse_yaml("m.yaml", "a: 1\na: 2\n");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().where, "m.yaml:2:1");
}

TEST(Yaml, StopsDocumentsThatGrowByAliases) {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int k = 0; k < 10; ++k) {
            text += (k == 0 ? "*a" : ", *a") + std::to_string(i - 1);
        }
        text += "]\n";
    }
    const auto node = parse_yaml("m.yaml", text);
    ASSERT_FALSE(node);
    EXPECT_EQ(node.error().id, "manifest-too-large");
}

}  // namespace
}  // namespace streams::manifest
