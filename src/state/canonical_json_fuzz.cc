// The canonical form is the same for every spelling, and its own canonical form.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "state/canonical_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using streams::ensure;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto canonical = streams::canonical_json(text);
    if (!canonical) return 0;
    const auto again = streams::canonical_json(*canonical);
    // A lone surrogate has no UTF-8, so its canonical form cannot be read back.
    ensure(again ? *again == *canonical : again.error().id == "utf8", "canonical is canonical");
    const auto value = nlohmann::json::parse(text, nullptr, false);
    if (value.is_discarded() || !again) return 0;
    const auto same = nlohmann::json::parse(*canonical, nullptr, false);
    ensure(!same.is_discarded() && same == value, "the value is the same");
    return 0;
}
