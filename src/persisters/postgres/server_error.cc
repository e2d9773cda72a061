#include "persisters/postgres/server_error.h"

#include <algorithm>
#include <array>

namespace streams::postgres {
namespace {

struct Meaning {
    std::string_view state;  ///< The first letters of a SQLSTATE.
    ErrorKind kind;
    const char* id;
    const char* what;  ///< Behind the place.
    const char* remedy;
};

// The first that fits counts.
constexpr auto kMeanings = std::to_array<Meaning>({
    {"08", ErrorKind::Transient, "connection-lost", "lost the connection", "run it again"},
    {"57P", ErrorKind::Transient, "connection-lost", "lost the connection: the server ended it",
     "run it again once the server is up"},
    {"28", ErrorKind::Config, "login-refused", "refuses the user or the password",
     "check user and password of --url (or PGUSER, PGPASSWORD, ~/.pgpass)"},
    {"3D", ErrorKind::Config, "database-unknown", "has no such database",
     "name one that exists in --url: postgresql://HOST/DATABASE"},
    {"42501", ErrorKind::Failed, "no-rights", "does not give this user the right",
     "grant it, or load as another user or into another schema: --schema NAME"},
    {"53100", ErrorKind::Failed, "disk-full", "the server's disk is full",
     "make room on the server, and run it again"},
    {"53300", ErrorKind::Transient, "server-busy", "has no connection left", "run it again later"},
    {"40", ErrorKind::Transient, "server-busy", "gave up because of others who write there",
     "run it again"},
    {"55P03", ErrorKind::Busy, "destination-busy", "another program holds the table for too long",
     "let it end its transaction, or wait for it: --wait 10m"},
    {"55006", ErrorKind::Busy, "destination-busy", "another program holds it",
     "let it end its transaction, or wait for it: --wait 10m"},
    {"25006", ErrorKind::Failed, "read-only", "may only be read: a standby, perhaps",
     "name the server that may be written"},
    {"22", ErrorKind::Data, "row-refused", "the database refuses a row", ""},
    {"23", ErrorKind::Data, "row-refused", "the database refuses a row",
     "see the constraints and triggers of the table"},
    {"P0", ErrorKind::Data, "row-refused", "the database refuses a row",
     "see the constraints and triggers of the table"},
    {"54", ErrorKind::Data, "row-refused", "a row is beyond a limit of the database", ""},
});

bool is_state(std::string_view word) {
    return word.size() == 5 && std::ranges::all_of(word, [](char letter) {
               return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z');
           });
}

// `FATAL:  28P01: password authentication failed`.
std::string state_in(std::string_view message) {
    for (auto at = message.find(":  "); at != std::string_view::npos;
         at = message.find(":  ", at + 1)) {
        const auto word = message.substr(at + 3, 5);
        if (is_state(word) && message.substr(at + 8, 1) == ":") return std::string(word);
    }
    return {};
}

std::string first_line(std::string_view text) {
    return std::string(text.substr(0, text.find('\n')));
}

}  // namespace

Error error_of(const Complaint& complaint, const std::string& place) {
    const std::string_view given = complaint.state;
    const auto state = given.empty() ? std::string_view("08") : given;
    auto why = first_line(complaint.message);
    if (!complaint.detail.empty()) why += "; " + first_line(complaint.detail);
    const auto* const found = std::ranges::find_if(
        kMeanings, [&](const Meaning& meaning) { return state.starts_with(meaning.state); });
    if (found == kMeanings.end()) {
        return {ErrorKind::Failed,
                "postgres",
                place + ": " + why,
                {},
                "SQLSTATE " + complaint.state,
                {}};
    }
    return {found->kind, found->id, place + ": " + found->what, {}, why, found->remedy};
}

Error error_of_connecting(std::string_view message, const std::string& place) {
    auto state = state_in(message);
    if (!state.empty()) {
        const auto words = message.substr(message.find(state) + state.size() + 2);
        return error_of({std::move(state), std::string(words), {}}, place);
    }
    const bool is_ours = message.starts_with("invalid ") || message.starts_with("missing ");
    if (is_ours) {
        return {ErrorKind::Config,
                "url",
                "--url cannot be read",
                {},
                first_line(message),
                "write it so: postgresql://USER@HOST:PORT/DATABASE?sslmode=require"};
    }
    return {ErrorKind::Transient,         "destination-unreachable",
            place + " cannot be reached", {},
            first_line(message),          "start the server, or check host and port of --url"};
}

}  // namespace streams::postgres
