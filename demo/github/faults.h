#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "http/server.h"

namespace streams::demo {

/// The fault that the repository `fault/NAME` or `fault/NAME-anything` has; empty: there is none
/// of that name. README.md says what each does.
std::string_view fault_of(std::string_view name);

/// A request to a repository that has a fault.
struct Trouble {
    const http::Asked& asked;  // Owned by the caller; outlives this.
    std::string fault;
    std::string repository;  ///< `fault/flaky-2`
    std::string list;        ///< The path after the repository: `/issues`, or empty.
    std::string api;         ///< `http://127.0.0.1:40213`
    std::chrono::sys_seconds now;
};

/// Makes the faults. A fault that passes does so for each list of each repository by itself.
/// **Threads.** Any.
class Faults {
 public:
    /// The answer in place of the real one; none where the real one shall go out.
    std::optional<http::Answer> answer(const Trouble& trouble);

    /// Changes a real answer that goes out.
    static void alter(const Trouble& trouble, http::Answer& answer);

 private:
    /// How often this was asked before.
    int times_before(const Trouble& trouble);

    std::mutex mutex_;
    std::map<std::string, int> times_;  // Guarded by mutex_.
};

/// The body of an error, in GitHub's form.
std::string error_body(std::string_view message, int status);

/// An error with that body.
http::Answer error_answer(int status, std::string_view message);

/// `url` on the host `localhost`, which is this server under another name, below `/foreign`: what
/// comes there with a token is refused, since a token belongs to one host.
std::string other_host(const std::string& url);

}  // namespace streams::demo
