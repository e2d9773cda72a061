#include "message/header_reader.h"

#include <string>

#include "base/log.h"

namespace streams {
namespace {

constexpr int kHeaderLinesMax = 64;
constexpr std::size_t kExcerptBytes = 60;

std::string_view trim(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\v\f";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string lower(std::string_view text) {
    std::string lowered(text);
    for (char& letter : lowered) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter | 0x20);
    }
    return lowered;
}

std::unexpected<Error> bad_header(std::string what, std::string why = {}) {
    return std::unexpected(Error{ErrorKind::Data,
                                 "stream-header",
                                 std::move(what),
                                 {},
                                 std::move(why),
                                 "leave the header away: it has not been needed since 2017"});
}

std::string quoted(std::string_view text) {
    return '"' + ascii_excerpt(text, kExcerptBytes) + '"';
}

}  // namespace

Result<bool> HeaderReader::take(std::string_view line) {
    const std::string_view text = trim(line);
    if (place_ == Place::Body || text.empty()) return text.empty();
    if (text.front() == '{') {
        place_ = Place::Body;
        return false;
    }
    if (place_ == Place::Start) return take_first(text);
    if (++lines_ > kHeaderLinesMax) {
        return bad_header("the header has more than " + std::to_string(kHeaderLinesMax) + " lines",
                          "it ends with a line \"--\", or with the first message");
    }
    if (text == "--") {
        place_ = Place::Body;
        return true;
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        return bad_header(quoted(text) + " is no line of a header",
                          "a header has lines \"Key: value\" and ends with \"--\"");
    }
    const std::string_view value = trim(text.substr(colon + 1));
    if (lower(trim(text.substr(0, colon))) == "content-type" && lower(value) != "jsonline") {
        return bad_header("the stream has the content type " + quoted(value),
                          "only jsonline is read");
    }
    return true;
}

Result<bool> HeaderReader::take_first(std::string_view text) {
    constexpr std::string_view kProtocol = "stitchstream/";
    const std::string lowered = lower(text);
    if (!lowered.starts_with(kProtocol)) {
        place_ = Place::Body;
        return false;
    }
    place_ = Place::Header;
    lines_ = 1;
    if (lowered != "stitchstream/0.1") {
        return bad_header("the stream is " + quoted(text), "only stitchstream/0.1 is read");
    }
    return true;
}

}  // namespace streams
