#include "streamers/manifest/manifest_argument.h"

#include <gtest/gtest.h>

namespace streams::manifest {
namespace {

TEST(ManifestArgument, IsFoundInBothSpellings) {
    EXPECT_EQ(manifest_argument({"sync", "--manifest", "a.yaml"}), "a.yaml");
    EXPECT_EQ(manifest_argument({"--manifest=b.yaml", "--limit", "1"}), "b.yaml");
    EXPECT_EQ(manifest_argument({"--manifests", "c.yaml"}), "");
    EXPECT_EQ(manifest_argument({"--manifest"}), "");
    EXPECT_EQ(manifest_argument({}), "");
}

}  // namespace
}  // namespace streams::manifest
