#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "message/message.h"
#include "message/message_members.h"
#include "streams/error.h"

namespace streams {

/// Reads one line of any dialect, slowly: the reference for the fast way, and the one that says
/// what is wrong.
class ShapeReader {
 public:
    /// Fills in `message`, but for a record's own values, which it only checks. Views point into
    /// `line` or live until the next call.
    ///
    /// **Errors.** Those of `MessageParser::parse`, but for a header's and a `RecordReader`'s.
    Result<> read(std::string_view line, Message& message);

    /// The byte of the last error, counted from 0; -1 where there is none.
    std::int64_t column() const { return column_; }

 private:
    Result<> read_type(Message& message);
    Result<> read_members(Message& message);
    Result<> read_record(Message& message);
    Result<> read_schema(Message& message);
    Result<> read_state(Message& message);
    Result<> read_stream(Message& message);
    Result<> read_key(Message& message);
    Result<> read_names(Member member, std::vector<std::string>& names);
    Result<> read_version(Message& message, bool is_required);
    Result<> read_time(Message& message);

    std::unexpected<Error> not_json(std::string_view line, const JsonFault& fault);
    std::unexpected<Error> missing(Member member);
    std::unexpected<Error> wrong(Member member, std::string_view expected);
    std::unexpected<Error> airbyte(std::string_view type);
    bool is_airbyte() const;

    std::string_view line_;
    MessageMembers members_;
    std::string type_;  ///< In capitals.
    std::string time_text_;
    std::int64_t column_ = -1;
};

}  // namespace streams
