#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "http/server.h"

namespace streams::replay {

/// One recorded answer.
struct Recorded {
    std::string scenario;
    std::string method;  ///< `GET`
    std::string target;  ///< `/repositories/1000/issues?per_page=3&page=2`
    http::Answer answer;
};

/// What is done about a request that was not recorded as it came.
struct Leniency {
    bool any_query = false;     ///< Compare the path and the parameter `page`, nothing else.
    bool others_empty = false;  ///< An unrecorded list of a recorded repository is `[]`.
};

/// Answers as recorded, with the recorded host replaced by this server's own.
///
/// Several answers to one request are given in their order, and then the last one for ever.
/// A request without a recorded answer gets 404 with the message `not recorded`.
/// **Threads.** `answer` may be called by any.
class Replay {
 public:
    Replay(std::vector<Recorded> recorded, Leniency leniency);

    http::Answer answer(const http::Asked& asked);

 private:
    const Recorded* next(const std::string& key);

    const std::vector<Recorded> recorded_;
    const Leniency leniency_;
    std::mutex mutex_;
    std::map<std::string, std::vector<std::size_t>> by_request_;  // Recorded ones, by place.
    std::map<std::string, std::size_t> given_;                    // Guarded by mutex_.
};

}  // namespace streams::replay
