#include "persisters/postgres/connection.h"

#include <cerrno>
#include <charconv>
#include <poll.h>

#include "persisters/postgres/server_error.h"
#include "program/url.h"

namespace streams::postgres {
namespace {

constexpr std::chrono::seconds kConnectWait{20};

void ignore_notice(void* /*context*/, const PGresult* /*result*/) {}

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? std::string() : std::string(text);
}

std::uint64_t changed_rows(PGresult* result) {
    const std::string_view count = PQcmdTuples(result);
    std::uint64_t rows = 0;
    std::from_chars(count.data(), count.data() + count.size(), rows);
    return rows;
}

sql::Answer answer_of(PGresult* result) {
    sql::Answer answer;
    answer.changed = changed_rows(result);
    const int columns = PQnfields(result);
    for (int row = 0; row < PQntuples(result); ++row) {
        auto& cells = answer.rows.emplace_back();
        cells.reserve(static_cast<std::size_t>(columns));
        for (int column = 0; column < columns; ++column) {
            auto& cell = cells.emplace_back();
            if (PQgetisnull(result, row, column) != 0) continue;
            cell = std::string(PQgetvalue(result, row, column),
                               static_cast<std::size_t>(PQgetlength(result, row, column)));
        }
    }
    return answer;
}

}  // namespace

std::string place_of(const Address& address) {
    if (address.url.empty()) return "PostgreSQL";
    return scheme_of(address.url).empty() ? "PostgreSQL" : without_credentials(address.url);
}

Result<std::unique_ptr<Connection>> Connection::open(const Address& address) {
    std::unique_ptr<Connection> connection(new Connection(place_of(address)));
    std::vector<const char*> names = {"dbname",          "application_name",    "client_encoding",
                                      "keepalives_idle", "keepalives_interval", "keepalives_count"};
    std::vector<const char*> values = {
        address.url.c_str(), address.name.c_str(), "UTF8", "30", "10", "3"};
    if (!address.sslmode.empty()) {
        names.push_back("sslmode");
        values.push_back(address.sslmode.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    connection->handle_.reset(PQconnectStartParams(names.data(), values.data(), 1));
    ensure(connection->handle_ != nullptr, "there is memory for a connection");
    STREAMS_TRY(connection->finish(kConnectWait));
    PQsetNoticeReceiver(connection->handle_.get(), ignore_notice, nullptr);
    return connection;
}

// Verbose while connecting, because only so libpq tells the SQLSTATE of a refusal.
Result<> Connection::finish(std::chrono::seconds wait) {
    auto* handle = handle_.get();
    PQsetErrorVerbosity(handle, PQERRORS_VERBOSE);
    const auto end = std::chrono::steady_clock::now() + wait;
    auto status = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
        struct pollfd ready = {};
        ready.fd = PQsocket(handle);
        ready.events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        const int polled =
            ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
        if (polled < 0 && errno == EINTR) continue;
        if (polled <= 0) {
            return std::unexpected(error_of_connecting("it does not answer", place_));
        }
        status = PQconnectPoll(handle);
    }
    if (status != PGRES_POLLING_OK) {
        return std::unexpected(error_of_connecting(PQerrorMessage(handle), place_));
    }
    PQsetErrorVerbosity(handle, PQERRORS_DEFAULT);
    return {};
}

Error Connection::error(const PGresult* result) {
    state_ = field(result, PG_DIAG_SQLSTATE);
    auto message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (message.empty()) message = PQerrorMessage(handle_.get());
    if (!is_good() && state_.empty()) state_ = "08006";
    auto detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    if (detail.empty()) detail = field(result, PG_DIAG_CONTEXT);
    return error_of({state_, std::move(message), std::move(detail)}, place_);
}

Result<> Connection::run(const std::string& statements) {
    const Answered result(PQexec(handle_.get(), statements.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
    return std::unexpected(error(result.get()));
}

Result<sql::Answer> Connection::ask(const std::string& statement,
                                    std::initializer_list<sql::Value> values) {
    std::vector<std::string> texts;
    std::vector<const char*> given;
    texts.reserve(values.size());
    for (const auto& value : values) {
        if (std::holds_alternative<std::monostate>(value)) {
            given.push_back(nullptr);
            continue;
        }
        const auto* number = std::get_if<std::int64_t>(&value);
        if (number == nullptr && std::get<std::string_view>(value).contains('\0')) {
            return fail(ErrorKind::Data, "text-nul",
                        "a name or a state holds NUL, which PostgreSQL cannot store");
        }
        texts.push_back(number != nullptr ? std::to_string(*number)
                                          : std::string(std::get<std::string_view>(value)));
        given.push_back(texts.back().c_str());
    }
    const Answered result(PQexecParams(handle_.get(), statement.c_str(),
                                       static_cast<int>(given.size()), nullptr, given.data(),
                                       nullptr, nullptr, 0));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        return std::unexpected(error(result.get()));
    }
    return answer_of(result.get());
}

Result<> Connection::begin_copy(const std::string& statement) {
    const Answered result(PQexec(handle_.get(), statement.c_str()));
    if (PQresultStatus(result.get()) == PGRES_COPY_IN) return {};
    return std::unexpected(error(result.get()));
}

Result<> Connection::send(const std::vector<std::uint8_t>& bytes) {
    const auto* const data = reinterpret_cast<const char*>(bytes.data());
    if (PQputCopyData(handle_.get(), data, static_cast<int>(bytes.size())) == 1) return {};
    return drain();
}

// What the server says to a COPY; the first complaint counts.
Result<> Connection::drain() {
    Result<> outcome;
    while (const Answered result{PQgetResult(handle_.get())}) {
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_COMMAND_OK || !outcome) continue;
        outcome = std::unexpected(error(result.get()));
        if (!is_good()) break;
    }
    if (outcome && !is_good()) outcome = std::unexpected(error(nullptr));
    return outcome;
}

Result<> Connection::end_copy() {
    if (PQputCopyEnd(handle_.get(), nullptr) != 1) {
        const auto drained = drain();
        return drained ? std::unexpected(error(nullptr)) : drained;
    }
    return drain();
}

Result<> Connection::give_up_copy() {
    PQputCopyEnd(handle_.get(), "a row does not fit");
    const auto drained = drain();
    return is_good() || drained ? Result<>() : drained;
}

}  // namespace streams::postgres
