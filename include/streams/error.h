#pragma once

#include <cstdio>
#include <cstdlib>
#include <expected>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace streams {

/// What a failure allows the caller to do next.
///
/// The list is closed. A pipeline decides by the kind alone whether to retry, to set one batch
/// aside or to stop; it never reads a message to find out.
enum class ErrorKind {
    Config,     ///< The user must change a setting; trying again cannot help.
    Data,       ///< These rows or this schema are wrong; the rest of the stream may go on.
    Transient,  ///< The other side is busy or away; the same call may succeed later.
    Failed,     ///< Disk full, no rights, a library that broke its word: stop and report.
    Busy,       ///< Locked or fenced by another run, or a state refused.
};

/// A failure: what it allows, a stable word for it, and what the person who has to act needs to
/// know.
struct Error {
    ErrorKind kind;
    std::string id;  ///< `token-refused`; known to `streams explain`, matched by tests and alerts.
    std::string what;    ///< One sentence.
    std::string where;   ///< File, line, stream, field, request; may be empty.
    std::string why;     ///< What the other side said; may be empty.
    std::string remedy;  ///< What to do; may be empty.
};

/// A value, or the reason why there is none.
template <typename T = void>
using Result = std::expected<T, Error>;

/// Makes a failed `Result` of any type.
inline std::unexpected<Error> fail(ErrorKind kind, std::string id, std::string what) {
    return std::unexpected(Error{kind, std::move(id), std::move(what), {}, {}, {}});
}

/// Puts what was being done in front of an error: `open table "orders": disk is full`.
inline std::unexpected<Error> while_doing(std::string_view activity, Error error) {
    error.what = std::string(activity) + ": " + error.what;
    return std::unexpected(std::move(error));
}

/// Stops the program when `rule` does not hold. For faults in our own code only: bad input, a
/// full disk or a lost connection is an `Error`.
inline void ensure(bool holds, const char* rule,
                   std::source_location where = std::source_location::current()) {
    if (holds) return;
    std::fprintf(stderr, "%s:%u: broken rule: %s\n", where.file_name(), where.line(), rule);
    std::abort();
}

}  // namespace streams

/// Leaves the enclosing function with the error of `expression`, if it has one.
#define STREAMS_TRY(expression)                                        \
    do {                                                               \
        if (auto streams_result = (expression); !streams_result) {     \
            return std::unexpected(std::move(streams_result).error()); \
        }                                                              \
    } while (false)
