#pragma once

#include "streams/error.h"

namespace streams {

/// What a program's exit status means. A program that a signal stopped in good order ends with 128
/// + its number: 130, 143.
enum class ExitStatus : int {
    Done = 0,
    Failed = 1,       ///< Disk full, no rights, the streamer failed.
    Config = 2,       ///< Wrong usage or configuration.
    Data = 3,         ///< Data refused.
    Unreachable = 4,  ///< Source or destination away, after retries.
    Busy = 5,         ///< Locked or fenced by another run, or a state refused.
};

constexpr int exit_status_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::Config:
            return static_cast<int>(ExitStatus::Config);
        case ErrorKind::Data:
            return static_cast<int>(ExitStatus::Data);
        case ErrorKind::Transient:
            return static_cast<int>(ExitStatus::Unreachable);
        case ErrorKind::Busy:
            return static_cast<int>(ExitStatus::Busy);
        case ErrorKind::Failed:
            break;
    }
    return static_cast<int>(ExitStatus::Failed);
}

}  // namespace streams
