#include "persisters/postgres/server_error.h"

#include <gtest/gtest.h>

namespace streams::postgres {
namespace {

TEST(ServerError, ASqlStateDecidesWhatMayBeDone) {
    EXPECT_EQ(error_of({"40P01", "deadlock", {}}, "p").kind, ErrorKind::Transient);
    EXPECT_EQ(error_of({"55P03", "timeout", {}}, "p").kind, ErrorKind::Busy);
    EXPECT_EQ(error_of({"53100", "no space", {}}, "p").id, "disk-full");
    EXPECT_EQ(error_of({"23505", "twice", "Key (a)=(1)"}, "p").why, "twice; Key (a)=(1)");
    EXPECT_EQ(error_of({"XX000", "odd", {}}, "p").id, "postgres");
}

TEST(ServerError, NoSqlStateIsALostConnection) {
    EXPECT_EQ(error_of({"", "server closed the connection", {}}, "p").id, "connection-lost");
}

TEST(ServerError, ARefusalToConnectIsReadFromItsText) {
    const auto refused = error_of_connecting(
        "connection to server at \"h\", port 1 failed: FATAL:  28P01: password authentication "
        "failed for user \"u\"\nLOCATION:  auth_failed\n",
        "p");
    EXPECT_EQ(refused.id, "login-refused");
    EXPECT_EQ(refused.why, "password authentication failed for user \"u\"");
    EXPECT_EQ(error_of_connecting("connection refused", "p").kind, ErrorKind::Transient);
    EXPECT_EQ(error_of_connecting("invalid port number", "p").id, "url");
}

}  // namespace
}  // namespace streams::postgres
