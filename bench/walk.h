#pragma once

#include <cstdint>
#include <ctime>
#include <simdjson.h>
#include <string_view>

#include "message/chunk_reader.h"

/// The limit that parsing is held against: every value of a line is visited and read, and nothing
/// is done with it.
namespace streams::bench {

inline double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

inline bool walk(simdjson::ondemand::value value, std::uint64_t& sum);

inline bool walk_object(simdjson::ondemand::object& object, std::uint64_t& sum) {
    for (auto field : object) {
        simdjson::ondemand::raw_json_string key;
        simdjson::ondemand::value child;
        if (field.key().get(key) || field.value().get(child)) return false;
        sum += static_cast<unsigned char>(*key.raw());
        if (!walk(child, sum)) return false;
    }
    return true;
}

inline bool walk_array(simdjson::ondemand::array& array, std::uint64_t& sum) {
    for (auto element : array) {
        simdjson::ondemand::value child;
        if (element.get(child) || !walk(child, sum)) return false;
    }
    return true;
}

inline bool walk(simdjson::ondemand::value value, std::uint64_t& sum) {
    switch (value.raw_json_token().front()) {
        case '{': {
            simdjson::ondemand::object object;
            return !value.get_object().get(object) && walk_object(object, sum);
        }
        case '[': {
            simdjson::ondemand::array array;
            return !value.get_array().get(array) && walk_array(array, sum);
        }
        case '"': {
            std::string_view text;
            if (value.get_string().get(text)) return false;
            sum += text.size();
            return true;
        }
        case 't':
        case 'f': {
            bool truth = false;
            if (value.get_bool().get(truth)) return false;
            sum += truth ? 1 : 0;
            return true;
        }
        case 'n':
            return bool(value.is_null());
        default: {
            simdjson::ondemand::number number;
            if (value.get_number().get(number)) return false;
            sum += number.is_double() ? static_cast<std::uint64_t>(number.get_double() != 0)
                                      : number.get_uint64();
            return true;
        }
    }
}

/// `line` has `kLinePadding` readable bytes behind it.
inline bool walk_line(simdjson::ondemand::parser& parser, std::string_view line,
                      std::uint64_t& sum) {
    simdjson::ondemand::document document;
    simdjson::ondemand::value value;
    const simdjson::padded_string_view padded(line.data(), line.size(), line.size() + kLinePadding);
    return !parser.iterate(padded).get(document) && !document.get_value().get(value) &&
           walk(value, sum);
}

}  // namespace streams::bench
