#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace streams::http {

/// Whether two names are equal but for the case of ASCII letters, as names of headers are.
inline bool same_name(std::string_view left, std::string_view right) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(left, right, [&](char a, char b) { return lower(a) == lower(b); });
}

/// The headers of a request or an answer, in their order; a name may be there several times.
class Headers {
 public:
    using Header = std::pair<std::string, std::string>;

    Headers() = default;
    Headers(std::initializer_list<Header> headers) : headers_(headers) {}

    /// The first value of `name`, or null. Valid until the headers change.
    const std::string* find(std::string_view name) const {
        for (const Header& header : headers_) {
            if (same_name(header.first, name)) return &header.second;
        }
        return nullptr;
    }
    bool has(std::string_view name) const { return find(name) != nullptr; }

    /// Every value of `name`, in order.
    std::vector<std::string> all(std::string_view name) const {
        std::vector<std::string> values;
        for (const Header& header : headers_) {
            if (same_name(header.first, name)) values.push_back(header.second);
        }
        return values;
    }

    void add(std::string name, std::string value) {
        headers_.emplace_back(std::move(name), std::move(value));
    }

    /// Leaves `value` as the only one of `name`.
    void set(std::string name, std::string value) {
        remove(name);
        add(std::move(name), std::move(value));
    }
    void remove(std::string_view name) {
        std::erase_if(headers_,
                      [&](const Header& header) { return same_name(header.first, name); });
    }

    std::size_t size() const { return headers_.size(); }
    auto begin() const { return headers_.begin(); }
    auto end() const { return headers_.end(); }
    bool operator==(const Headers&) const = default;

 private:
    std::vector<Header> headers_;
};

}  // namespace streams::http
