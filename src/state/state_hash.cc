#include "state/state_hash.h"

#include "base/hash.h"
#include "state/canonical_json.h"

namespace streams {

Result<std::string> state_hash(std::string_view value) {
    const auto canonical = canonical_json(value);
    if (!canonical) return std::unexpected(canonical.error());
    return sha256_hex(*canonical);
}

}  // namespace streams
