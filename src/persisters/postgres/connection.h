#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <libpq-fe.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sql/database.h"
#include "streams/error.h"

namespace streams::postgres {

/// Where the server is, and as whom we speak to it.
struct Address {
    std::string url;      ///< `postgresql://...`, or what libpq reads instead; may be empty.
    std::string sslmode;  ///< Empty: as the URL, the environment and libpq say.
    std::string name;     ///< What the server shows others of this connection.
};

/// The URL without the password.
std::string place_of(const Address& address);

/// One connection to a server. Knows no transaction: every statement goes as it is.
///
/// **Errors.** Those of `error_of`.
/// **Threads.** One.
class Connection {
 public:
    /// **Errors.** Those of `error_of_connecting`; Config `url`.
    static Result<std::unique_ptr<Connection>> open(const Address& address);

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() = default;

    const std::string& place() const { return place_; }
    bool is_good() const { return PQstatus(handle_.get()) == CONNECTION_OK; }
    /// 150020 is 15.20.
    int server_version() const { return PQserverVersion(handle_.get()); }

    /// Statements without parameters, one after another; answers are passed over.
    Result<> run(const std::string& statements);
    /// One statement.
    Result<sql::Answer> ask(const std::string& statement,
                            std::initializer_list<sql::Value> values = {});

    /// Begins a COPY FROM STDIN, sends pieces of it, ends it. Answers how many rows were taken.
    Result<> begin_copy(const std::string& statement);
    Result<> send(const std::vector<std::uint8_t>& bytes);
    Result<> end_copy();
    /// Ends it so that the server takes none of its rows.
    Result<> give_up_copy();

    /// SQLSTATE of the last statement that failed.
    const std::string& state() const { return state_; }

 private:
    struct Close {
        void operator()(PGconn* handle) const { PQfinish(handle); }
    };
    struct Clear {
        void operator()(PGresult* result) const { PQclear(result); }
    };
    using Answered = std::unique_ptr<PGresult, Clear>;

    explicit Connection(std::string place) : place_(std::move(place)) {}

    Result<> finish(std::chrono::seconds wait);
    Error error(const PGresult* result);
    Result<> drain();

    std::string place_;
    std::string state_;
    std::unique_ptr<PGconn, Close> handle_;
};

}  // namespace streams::postgres
