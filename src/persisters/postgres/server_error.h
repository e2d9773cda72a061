#pragma once

#include <string>
#include <string_view>

#include "streams/error.h"

namespace streams::postgres {

/// What the server, or libpq, said.
struct Complaint {
    std::string state;  ///< SQLSTATE; empty where libpq itself speaks.
    std::string message;
    std::string detail;  ///< Which value, which constraint; may be empty.
};

/// What it means to a person.
///
/// | SQLSTATE                      | kind, id                          |
/// |-------------------------------|-----------------------------------|
/// | none, 08, 57P                 | Transient `connection-lost`       |
/// | 28                            | Config `login-refused`            |
/// | 3D                            | Config `database-unknown`         |
/// | 42501                         | Failed `no-rights`                |
/// | 53100                         | Failed `disk-full`                |
/// | 53300, 40                     | Transient `server-busy`           |
/// | 55P03, 55006                  | Busy `destination-busy`           |
/// | 25006                         | Failed `read-only`                |
/// | 22, 23, 54, P0                | Data `row-refused`                |
/// | anything else                 | Failed `postgres`                 |
Error error_of(const Complaint& complaint, const std::string& place);

/// Of a connection that was not made. libpq tells the SQLSTATE within its text.
Error error_of_connecting(std::string_view message, const std::string& place);

}  // namespace streams::postgres
