#include "run/secret_words.h"

namespace streams {

bool looks_secret(std::string_view text) {
    for (const std::string_view sign :
         {"token", "secret", "password", "passwd", "key", "credential"}) {
        if (text.find(sign) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace streams
