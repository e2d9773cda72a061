#include "manifest/resolve.h"

#include <gtest/gtest.h>

namespace streams::manifest {
namespace {

Result<Node> resolve(const std::string& text) {
    const auto node = parse_yaml("m.yaml", text);
    if (!node) return std::unexpected(node.error());
    return resolve_manifest("m.yaml", *node);
}

// A manifest with one stream whose requester has these lines.
std::string with_requester(const std::string& lines) {
    return R"(type: DeclarativeSource
version: 6.0.0
check: {type: CheckStream, stream_names: [users]}
definitions:
  base: {type: HttpRequester, url_base: "https://a.example", path: /base}
  loop: {$ref: "#/definitions/loop"}
streams:
  - type: DeclarativeStream
    name: users
    $parameters: {path: /users, token: t}
    retriever:
      record_selector: {extractor: {field_path: []}}
      requester:
)" + lines;
}

const Node* requester_of(const Node& root) {
    return root.find("streams")->items[0].find("retriever")->find("requester");
}

TEST(ResolveManifest, FillsTypesReferencesAndParameters) {
    const auto root = resolve(with_requester("        url_base: https://a.example\n"));
    ASSERT_TRUE(root) << root.error().what;
    const Node* requester = requester_of(*root);
    EXPECT_EQ(requester->text_of("type"), "HttpRequester");
    EXPECT_EQ(requester->text_of("path"), "/users");
    EXPECT_EQ(requester->find("$parameters")->text_of("token"), "t");

    const auto referring = resolve(
        with_requester("        $ref: \"#/definitions/base\"\n        http_method: POST\n"));
    ASSERT_TRUE(referring) << referring.error().what;
    EXPECT_EQ(requester_of(*referring)->text_of("path"), "/base");
    EXPECT_EQ(requester_of(*referring)->text_of("http_method"), "POST");
}

Error error_of(const std::string& lines) {
    const auto root = resolve(with_requester(lines));
    EXPECT_FALSE(root) << lines;
    return root ? Error{} : root.error();
}

TEST(ResolveManifest, NamesWhatIsUnknownAndWhatWasMeant) {
    const Error property = error_of("        url_bas: x\n");
    EXPECT_EQ(property.id, "property-unknown");
    EXPECT_EQ(property.where, "m.yaml:14:9");
    EXPECT_EQ(property.remedy, "did you mean \"url_base\"?");

    const Error component = error_of("        authenticator: {type: BearerAuthenticatr}\n");
    EXPECT_EQ(component.id, "component-unknown");
    EXPECT_EQ(component.where, "m.yaml:14:31");
    EXPECT_EQ(component.remedy, "did you mean \"BearerAuthenticator\"?");

    EXPECT_EQ(error_of("        authenticator: {type: BearerAuthenticator}\n").id,
              "property-missing");
    EXPECT_EQ(error_of("        $ref: \"#/definitions/none\"\n").id, "reference-unknown");
    EXPECT_EQ(error_of("        $ref: \"#/definitions/loop\"\n").id, "reference-cycle");
}

TEST(ResolveManifest, RefusesPythonByName) {
    const Error error = error_of(
        "        authenticator: {type: CustomAuthenticator, class_name: source_acme.Auth}\n");
    EXPECT_EQ(error.id, "custom-component");
    EXPECT_EQ(error.what, "CustomAuthenticator \"source_acme.Auth\" is Python");
    EXPECT_EQ(error.where, "m.yaml:14:31");
    EXPECT_EQ(error_of("        authenticator: {type: OAuthAuthenticator}\n").id,
              "component-later");
}

TEST(ResolveManifest, LeavesTheTypesOfValuesAlone) {
    const auto root = resolve(with_requester(
        "        url_base: https://a.example\n        request_body_json: {type: report}\n"));
    ASSERT_TRUE(root) << root.error().what;
}

}  // namespace
}  // namespace streams::manifest
